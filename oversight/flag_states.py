"""The life of a red flag, in one table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FlagState(TextChoices):
    OPEN = "open", _("Belum dinilai")
    EXPLAINED = "explained", _("Ada penjelasannya")
    FALSE_ALARM = "false_alarm", _("Alarm palsu")
    FINDING = "finding", _("Menjadi temuan")


NEXT: dict[str, frozenset[str]] = {
    FlagState.OPEN: frozenset({FlagState.EXPLAINED, FlagState.FALSE_ALARM, FlagState.FINDING}),
}

FINAL = frozenset(FlagState) - NEXT.keys()


def allows(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())
