"""The life of an application, in one table.

Whoever asks "may it move?", "what comes next?" or "is it over?" asks here. Results are not
states: what a stage decided about a person is an `Outcome`.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    DRAFT = "draft", _("Belum dikirim")
    SUBMITTED = "submitted", _("Terkirim")
    WITHDRAWN = "withdrawn", _("Ditarik oleh pelamar")
    EXCLUDED = "excluded", _("Dikeluarkan")
    CLOSED = "closed", _("Selesai")


NEXT: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.WITHDRAWN, State.EXCLUDED, State.CLOSED}),
    State.EXCLUDED: frozenset({State.SUBMITTED}),  # by a granted objection alone
}

INITIAL = frozenset({State.DRAFT, State.SUBMITTED})  # imported participants are born submitted
FINAL = frozenset(State) - NEXT.keys()


class NotAllowed(Exception):
    """The table has no such step."""


def allows(old: str, new: str) -> bool:
    """Whether an application may go from `old` to `new`."""
    return new in NEXT.get(old, ())
