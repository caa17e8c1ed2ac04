"""Reads that several pages and actions share."""

from django.db.models import Exists, OuterRef, Q

from selection.models import Application, OutcomeSet, Review
from selection.states import State


def current_set(stage) -> OutcomeSet | None:
    """The computation in force for `stage`: its newest applied set."""
    return stage.outcome_sets.filter(state=OutcomeSet.State.APPLIED).order_by("-version").first()


def previous_result(stage):
    """The nearest earlier stage of the recruitment that ends with a result, or None."""
    return stage.recruitment.stages.announcing().filter(order__lt=stage.order).order_by("-order").first()


def participants(stage):
    """The applications that take part in `stage`: those whom the previous result let through.

    Without an earlier result: all that were submitted, also those withdrawn or excluded since
    (they get their code instead of vanishing from the list).
    """
    everybody = Application.objects.filter(recruitment=stage.recruitment).exclude(state=State.DRAFT)
    everybody = everybody.filter(Q(submitted_at__isnull=False))
    earlier = previous_result(stage)
    if earlier is None:
        return everybody
    passed = current_set(earlier)
    if passed is None:
        # Imported participants enter at a later stage without a result of ours before it.
        return everybody if stage.recruitment.mirrors_national else everybody.none()
    return everybody.filter(outcomes__set=passed, outcomes__advances=True)


def agreed_reviews(stage):
    """One decided review per file that carries its final verdict: seat 3, or seat 1 where seat 2 agrees."""
    decided = Review.objects.filter(stage=stage, decided_at__isnull=False)
    second = decided.filter(application=OuterRef("application"), seat=2, verdict=OuterRef("verdict"))
    return decided.filter(Q(seat=3) | (Q(seat=1) & Exists(second)))
