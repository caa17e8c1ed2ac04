"""The superior assesses, the person replies, the office opens and closes the year and notes how marks were compared."""

from collections import Counter
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from workforce.actions.plans import NotPossible, is_superior
from workforce.models import (
    AppraisalYear,
    Assessment,
    AssessmentReply,
    CalibrationNote,
    Employee,
    FeedbackRound,
    Period,
    Plan,
    UnitRating,
)
from workforce.plan_states import PlanState
from workforce.predicate import TABLE, Mark

BEGINS = {Period.Q1: 3, Period.Q2: 6, Period.Q3: 9, Period.Q4: 12, Period.YEAR: 11}  # month from which it is assessed


def can_be_assessed(year: int, period: str, today: date) -> bool:
    """Whether enough of the period has passed: a quarter in its last month, the year from November on."""
    return today >= date(year, BEGINS[Period(period)], 1)


@transaction.atomic(durable=True)
def open_year(year: int, *, by, at) -> AppraisalYear:
    """Plans of this year may be written. Twice is once."""
    return AppraisalYear.objects.get_or_create(year=year, defaults={"opened_by": by, "opened_at": at})[0]


@transaction.atomic(durable=True)
def assess(
    plan: Plan, period: str, *, result: str, behaviour: str, note: str, reason: str = "", by, at, today
) -> Assessment:
    """One more version of the assessment of a period; the predicate comes from the table of PermenPANRB 6/2022.

    Locks the plan. Raises NotPossible when `by` is not the superior, too early, or when a change has no reason.
    """
    plan = Plan.objects.select_for_update(no_key=True, of=("self",)).select_related("employee", "year").get(pk=plan.pk)
    if not is_superior(plan, by):
        raise NotPossible(_("Hanya atasan menurut garis pelaporan yang dapat menilai."))
    if plan.state != PlanState.AGREED or plan.year.closed_at:
        raise NotPossible(_("Yang dinilai adalah rencana yang disepakati, selama tahunnya belum ditutup."))
    if not can_be_assessed(plan.year_id, period, today):
        raise NotPossible(_("Masa ini belum dapat dinilai."))
    before = plan.assessments.filter(period=period).count()
    if before and not reason.strip():
        raise NotPossible(_("Penilaian ini sudah ada. Tulis alasan perubahannya."))
    return Assessment.objects.create(
        plan=plan, period=period, version=before + 1, result=result, behaviour=behaviour,
        predicate=TABLE[Mark(result), Mark(behaviour)], note=note.strip(), reason=reason.strip() if before else "",
        assessor=Employee.objects.get(user=by), by=by, at=at,
    )  # fmt: skip


@transaction.atomic(durable=True)
def reply(assessment: Assessment, text: str, *, at) -> AssessmentReply:
    """The person's words stand beside the assessment."""
    return AssessmentReply.objects.create(assessment=assessment, text=text.strip(), at=at)


@transaction.atomic(durable=True)
def rate_unit(year: AppraisalYear, unit, *, predicate: str, ground: str, by, at) -> UnitRating:
    """Which guidance superiors of the unit are shown."""
    return UnitRating.objects.create(year=year, unit=unit, predicate=predicate, ground=ground, by=by, at=at)


@transaction.atomic(durable=True)
def note_calibration(year: AppraisalYear, unit, *, text: str, by, at) -> CalibrationNote:
    """What was said where the marks of a unit were compared; it changes no mark."""
    return CalibrationNote.objects.create(year=year, unit=unit, text=text, by=by, at=at)


def newest(plans) -> dict[int, Assessment]:
    """The yearly assessment that counts, by plan. One query."""
    rows = Assessment.objects.filter(plan__in=plans, period=Period.YEAR).order_by("plan", "version")
    return {one.plan_id: one for one in rows}


def spread(plans) -> Counter:
    """How many of `plans` have which predicate of the year."""
    return Counter(one.predicate for one in newest(plans).values())


@transaction.atomic(durable=True)
def close_year(year: AppraisalYear, *, by, at) -> int:
    """Nothing of the year changes any more, and the predicates go into the profiles all at once.

    Returns how many. Locks the year. Raises NotPossible. All at once, because a figure that moved with each
    assessment would say whose it was.
    """
    year = AppraisalYear.objects.select_for_update(no_key=True).get(pk=year.pk)
    if year.closed_at:
        raise NotPossible(_("Tahun ini sudah ditutup."))
    if year.opened_by_id == by.pk:
        raise NotPossible(_("Anda yang membuka tahun ini. Minta rekan lain menutupnya."))
    if FeedbackRound.objects.filter(year=year, closed_at=None).exists():
        raise NotPossible(_("Tunggu sampai survei 360 tahun ini ditutup."))
    year.closed_by, year.closed_at = by, at
    year.save(update_fields=["closed_by", "closed_at"])
    if AppraisalYear.objects.filter(year__gt=year.pk, closed_at__isnull=False).exists():
        return 0
    found = newest(Plan.objects.filter(year=year))
    people = {one.employee_id: found[one.pk].predicate for one in Plan.objects.filter(year=year) if one.pk in found}
    changed = list(Employee.objects.select_for_update(no_key=True).filter(pk__in=people, erased_at=None).order_by("pk"))
    for one in changed:
        one.skp = people[one.pk]
    Employee.objects.bulk_update(changed, ["skp"], batch_size=500)
    return len(changed)
