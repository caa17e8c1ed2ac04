"""The life of a finding, in one table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FindingState(TextChoices):
    DRAFT = "draft", _("Ditulis")
    CONFIRMED = "confirmed", _("Dikonfirmasi dua anggota")
    SENT = "sent", _("Menunggu jawaban instansi")
    ANSWERED = "answered", _("Jawaban sedang dinilai tim")
    ASSESSED = "assessed", _("Jawaban sudah dinilai tim")
    ESCALATED = "escalated", _("Diteruskan ke lembaga lain")
    CLOSED = "closed", _("Selesai")


NEXT: dict[str, frozenset[str]] = {
    FindingState.DRAFT: frozenset({FindingState.CONFIRMED}),
    FindingState.CONFIRMED: frozenset({FindingState.SENT}),
    FindingState.SENT: frozenset({FindingState.ANSWERED, FindingState.ESCALATED}),  # escalated: only when overdue
    FindingState.ANSWERED: frozenset({FindingState.SENT, FindingState.ASSESSED}),  # what lacks something goes back
    FindingState.ASSESSED: frozenset({FindingState.CLOSED, FindingState.ESCALATED}),
    FindingState.ESCALATED: frozenset({FindingState.CLOSED}),
}

FINAL = frozenset(FindingState) - NEXT.keys()


class NotAllowed(Exception):
    """The table has no such step."""


def allows(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())
