"""The life of a citizen report, in one table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReportState(TextChoices):
    RECEIVED = "received", _("Diterima")
    IN_HAND = "in_hand", _("Ditangani tim")
    ASKED = "asked", _("Menunggu pelapor")
    CLOSED = "closed", _("Selesai")
    ERASED = "erased", _("Selesai, isinya sudah dihapus")


NEXT: dict[str, frozenset[str]] = {
    ReportState.RECEIVED: frozenset({ReportState.IN_HAND, ReportState.ASKED, ReportState.CLOSED}),
    ReportState.IN_HAND: frozenset({ReportState.ASKED, ReportState.CLOSED}),
    ReportState.ASKED: frozenset({ReportState.IN_HAND, ReportState.CLOSED}),
    # The reporter writes again, or its time is over.
    ReportState.CLOSED: frozenset({ReportState.IN_HAND, ReportState.ERASED}),
}

INITIAL = frozenset({ReportState.RECEIVED})
OVER = frozenset({ReportState.CLOSED, ReportState.ERASED})


def allows(old: str, new: str) -> bool:
    """Whether a report may go from `old` to `new`."""
    return new in NEXT.get(old, ())
