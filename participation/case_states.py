"""The life of a service case, in one table. Whether it is solved is said by the citizen, never by the office."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CaseState(TextChoices):
    RECEIVED = "received", _("Diterima, menunggu diteruskan")
    ROUTED = "routed", _("Dikerjakan perangkat daerah")
    ANSWERED = "answered", _("Dijawab, menunggu kata warga")
    REOPENED = "reopened", _("Dibuka lagi oleh warga")
    SILENT = "silent", _("Ditutup tanpa tanggapan warga")
    SOLVED = "solved", _("Selesai menurut warga")
    MERGED = "merged", _("Digabung dengan aduan yang sama")
    DECLINED = "declined", _("Bukan wewenang kami")
    WITHDRAWN = "withdrawn", _("Ditarik oleh warga")


NEXT: dict[str, frozenset[str]] = {
    CaseState.RECEIVED: frozenset({CaseState.ROUTED, CaseState.MERGED, CaseState.DECLINED, CaseState.WITHDRAWN}),
    CaseState.ROUTED: frozenset({CaseState.ANSWERED, CaseState.RECEIVED, CaseState.MERGED, CaseState.WITHDRAWN}),
    CaseState.ANSWERED: frozenset({CaseState.SOLVED, CaseState.REOPENED, CaseState.SILENT}),
    CaseState.REOPENED: frozenset({CaseState.ANSWERED, CaseState.RECEIVED}),
    CaseState.SILENT: frozenset({CaseState.REOPENED}),
}

INITIAL = frozenset({CaseState.RECEIVED})
WITH_AGENCY = frozenset({CaseState.ROUTED, CaseState.REOPENED})
OVER = frozenset({CaseState.SILENT, CaseState.SOLVED, CaseState.MERGED, CaseState.DECLINED, CaseState.WITHDRAWN})
FROM_CITIZEN = frozenset({CaseState.SOLVED, CaseState.REOPENED, CaseState.WITHDRAWN})


class NotAllowed(Exception):
    """This step does not lead there from where the case stands; the message says so to people."""


def allows(old: str, new: str) -> bool:
    """Whether a case may go from `old` to `new`."""
    return new in NEXT.get(old, ())
