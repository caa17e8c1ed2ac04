"""The life of a performance plan (SKP): written by the employee, agreed by the superior, opened again with a reason."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlanState(TextChoices):
    DRAFT = "draft", _("Sedang ditulis")
    PROPOSED = "proposed", _("Menunggu persetujuan atasan")
    AGREED = "agreed", _("Disepakati")


INITIAL = frozenset({PlanState.DRAFT})
NEXT: dict[str, frozenset[str]] = {
    PlanState.DRAFT: frozenset({PlanState.PROPOSED}),
    PlanState.PROPOSED: frozenset({PlanState.DRAFT, PlanState.AGREED}),
    PlanState.AGREED: frozenset({PlanState.DRAFT}),
}


def allows(old: str, new: str) -> bool:
    """Whether a plan may step from `old` to `new`."""
    return new in NEXT.get(old, ())
