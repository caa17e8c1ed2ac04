"""What the pages of an appraisal show of a plan, and whose plans a superior may open."""

from django.http import Http404

from accounts.models import User
from workforce.models import (
    AppraisalYear,
    CalibrationNote,
    Employee,
    Evidence,
    Plan,
    ReportingLine,
    UnitRating,
    Value,
)
from workforce.queries import HIGHEST


def my_employee(user: User) -> Employee:
    """The profile of this account. Raises Http404."""
    found = Employee.objects.serving().filter(user=user).select_related("position__unit").first()
    if found is None:
        raise Http404
    return found


def below(superior: Employee):
    """The people whose line in force leads to `superior`, without those under a shield: nobody finds them."""
    lines = ReportingLine.objects.standing().filter(superior=superior)
    return Employee.objects.serving().unshielded().filter(pk__in=lines.values("employee"))


def plan_below(superior: Employee, pk: int) -> Plan:
    """A plan that its writer has sent, of somebody whose line in force leads to `superior`. Raises Http404."""
    found = Plan.objects.filter(pk=pk, employee__in=below(superior)).exclude(state="draft", steps=None)
    found = found.select_related("employee__position__unit", "year").first()
    if found is None:
        raise Http404
    return found


def units_of(employee: Employee) -> list[int]:
    """The unit of the person and those above it."""
    unit, found = employee.position.unit if employee.position else None, []
    while unit is not None and len(found) < HIGHEST:
        found.append(unit.pk)
        unit = unit.parent
    return found


def calibration_for(employee: Employee, year: AppraisalYear):
    """What was noted where the marks of the person's unit were compared."""
    return CalibrationNote.objects.filter(year=year, unit__in=units_of(employee)).select_related("unit")


def rating_for(employee: Employee, year: AppraisalYear) -> UnitRating | None:
    """The newest predicate of the nearest unit that has one."""
    units = units_of(employee)
    rows = {}
    for one in UnitRating.objects.filter(year=year, unit__in=units).select_related("unit").order_by("at", "pk"):
        rows[one.unit_id] = one
    return next((rows[unit] for unit in units if unit in rows), None)


def read_plan(plan: Plan) -> dict:
    """The plan with everything that was said about it. Four queries."""
    assessments = list(plan.assessments.select_related("assessor").prefetch_related("replies"))
    last = {one.period: one.pk for one in assessments}
    return {
        "behaviour": [(value.label, plan.behaviour.get(value.value, "")) for value in Value],
        "evidence": Evidence.objects.filter(plan=plan),
        "assessments": [(one, last[one.period] == one.pk) for one in assessments],
        "steps": plan.steps.select_related("by"),
    }
