"""The life of an objection, in one table.

Refusing takes one person who had no part in the result; granting takes two, because it reverses what was announced.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ObjectionState(TextChoices):
    DRAFT = "draft", _("Belum dikirim")
    FILED = "filed", _("Menunggu putusan")
    PROPOSED = "proposed", _("Menunggu orang kedua")
    GRANTED = "granted", _("Dikabulkan")
    REFUSED = "refused", _("Ditolak")


NEXT: dict[str, frozenset[str]] = {
    ObjectionState.DRAFT: frozenset({ObjectionState.FILED}),
    ObjectionState.FILED: frozenset({ObjectionState.PROPOSED, ObjectionState.REFUSED}),
    ObjectionState.PROPOSED: frozenset({ObjectionState.GRANTED, ObjectionState.FILED}),  # the second person may differ
}

FINAL = frozenset(ObjectionState) - NEXT.keys()
WAITING = (ObjectionState.FILED, ObjectionState.PROPOSED)


class NotAllowed(Exception):
    """The table has no such step."""


def allows(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())
