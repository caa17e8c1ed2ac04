"""When the team owes a reporter its first answer."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from lib import working_days
from vacancies.models import Holiday

ANSWER_DAYS = 5  # working days, as the national complaint service gives an agency (SP4N-LAPOR!)


def answer_due(received_at: datetime) -> datetime:
    """The close of the office on the fifth working day after the day of `received_at`."""
    holidays = set(Holiday.objects.filter(date__gte=received_at.date()).values_list("date", flat=True))
    return working_days.deadline(received_at, ANSWER_DAYS, holidays, ZoneInfo(settings.TIME_ZONE)).at
