"""The life of a finding, in one table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FindingState(TextChoices):
    DRAFT = "draft", _("Ditulis")
    SENT = "sent", _("Menunggu jawaban instansi")
    ANSWERED = "answered", _("Jawaban dinilai tim")
    CLOSED = "closed", _("Selesai")


NEXT: dict[str, frozenset[str]] = {
    FindingState.DRAFT: frozenset({FindingState.SENT}),
    FindingState.SENT: frozenset({FindingState.ANSWERED}),
    FindingState.ANSWERED: frozenset({FindingState.SENT, FindingState.CLOSED}),  # an unconvincing answer goes back
}

FINAL = frozenset(FindingState) - NEXT.keys()


class NotAllowed(Exception):
    """The table has no such step."""


def allows(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())
