"""How long a case may take, in working days as the national complaint service gives them (SP4N-LAPOR!)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from lib import working_days
from participation.models import CaseClock, ServiceCase
from vacancies.models import Holiday

ROUTE_DAYS = 3
NORMATIVE_DAYS = 5  # a question or an aspiration
COMPLAINT_DAYS = 14  # a complaint that needs no examination
SUPERVISED_DAYS = 60  # a complaint that needs one
CONFIRM_DAYS = 10  # for the citizen to say whether it is solved


def answer_days(case: ServiceCase) -> int:
    """Working days an agency has for this case."""
    if case.kind != ServiceCase.Kind.COMPLAINT:
        return NORMATIVE_DAYS
    return SUPERVISED_DAYS if case.supervised else COMPLAINT_DAYS


def start(case: ServiceCase, kind: str, *, at: datetime, agency=None) -> CaseClock:
    """A running clock of this kind. Runs in the caller's transaction; the one before has ended."""
    days = {CaseClock.Kind.ROUTE: ROUTE_DAYS, CaseClock.Kind.CONFIRM: CONFIRM_DAYS}.get(kind) or answer_days(case)
    return CaseClock.objects.create(
        case=case, kind=kind, agency=agency, days=days, started_at=at, due_at=due_at(at, days)
    )


def end(case: ServiceCase, *, at: datetime, met: bool) -> CaseClock | None:
    """Stop the running clock; `met` says that it ended with what was waited for."""
    clock = case.clocks.filter(ended_at=None).first()
    if clock:
        clock.ended_at, clock.met = at, met
        clock.save(update_fields=["ended_at", "met"])
    return clock


def due_at(started_at: datetime, days: int) -> datetime:
    """The close of the office on the last of `days` working days."""
    holidays = set(Holiday.objects.filter(date__gte=started_at.date()).values_list("date", flat=True))
    return working_days.deadline(started_at, days, holidays, ZoneInfo(settings.TIME_ZONE)).at
