"""Reads that several pages and actions share."""

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, Subquery

from accounts.models import FileAccess
from selection import verdicts
from selection.models import Application, Outcome, OutcomeSet, Recheck, Reopening, Review
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


def agreed_reviews(*stages):
    """One decided first review per file that carries its final verdict: seat 3, or seat 1 where seat 2 agrees."""
    decided = Review.objects.filter(stage__in=stages, decided_at__isnull=False, reopening=None)
    second = decided.filter(
        application=OuterRef("application"), stage=OuterRef("stage"), seat=2, verdict=OuterRef("verdict")
    )
    return decided.filter(Q(seat=3) | (Q(seat=1) & Exists(second)))


def reviews_in_force(stage):
    """As `agreed_reviews`, but of a file that was checked again because of a finding the newest review that counts."""
    newest = (
        Reopening.objects.counting()
        .filter(recheck__isnull=False, application=OuterRef("application"), stage=OuterRef("stage"))
        .order_by("-second_at", "-pk")
        .values("pk")[:1]
    )
    reviews = Review.objects.filter(stage=stage, decided_at__isnull=False).alias(newest=Subquery(newest))
    first = Q(newest=None, pk__in=agreed_reviews(stage).values("pk"))
    return reviews.filter(first | Q(reopening=F("newest"), verifier=F("reopening__second_by")))


def review_behind(outcome: Outcome) -> Review | None:
    """The review that this outcome of a file stage rests on: of its first two, or of those after a finding."""
    if outcome.decided_by != verdicts.CHECKED_AGAIN:
        return agreed_reviews(outcome.set.stage).filter(application=outcome.application_id).first()
    return (
        Review.objects.filter(
            application=outcome.application_id,
            reopening__stage=outcome.set.stage_id,
            reopening__recheck__result__version__lte=outcome.set.version,
            verifier=F("reopening__second_by"),
        )
        .exclude(reopening__recheck__state=Recheck.State.CANCELLED)
        .order_by("-reopening__second_at", "-pk")
        .first()
    )


def passes_taken_away(announcement):
    """Outcomes of a correction whose people were announced to have passed, and have not any more."""
    before = Outcome.objects.filter(
        set=announcement.supersedes.outcome_set_id, application=OuterRef("application"), advances=True
    )
    return Outcome.objects.filter(Exists(before), set=announcement.outcome_set_id, advances=False)


def looks_at_files(recruitment):
    """Every look at a file of `recruitment`, the newest first."""
    files = Application.objects.filter(recruitment=recruitment).values("ref")
    return FileAccess.objects.filter(subject__in=files).order_by("-at", "-pk")


def peeks_at_files(recruitment):
    """Looks at files that were sealed at that moment: the pages refuse them, so each is an event of its own."""
    registration = recruitment.stages.filter(kind="registration").first()
    if not recruitment.sealed_until_closing or registration is None:
        return FileAccess.objects.none()
    looks = looks_at_files(recruitment)
    return looks if registration.closed_at is None else looks.filter(at__lt=registration.closed_at)


def places_digest(recruitment_id: int) -> str:
    """SHA-256 in hex over code, kind of need and quota of every formation: what a ranking rests on beside the scores."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT encode(sha256(convert_to(coalesce(
                   string_agg(code || ' ' || need || ' ' || quota, E'\\n' ORDER BY code COLLATE "C"), ''), 'UTF8')), 'hex')
            FROM vacancies_formation WHERE recruitment_id = %s""",
            [recruitment_id],
        )
        return cursor.fetchone()[0]
