"""The life of a mailing, in one table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MailingState(TextChoices):
    RUNNING = "running", _("Berjalan")
    PAUSED = "paused", _("Dijeda")
    DONE = "done", _("Selesai")
    STOPPED = "stopped", _("Dihentikan")


INITIAL = frozenset({MailingState.RUNNING})
NEXT: dict[str, frozenset[str]] = {
    MailingState.RUNNING: frozenset({MailingState.PAUSED, MailingState.STOPPED, MailingState.DONE}),
    MailingState.PAUSED: frozenset({MailingState.RUNNING, MailingState.STOPPED}),
}

FINAL = frozenset(MailingState) - NEXT.keys()


def allows(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())
