"""What happens to reports by itself: the team hears once a working day that some wait, and old ones lose their content.

Runs in the keeper, which may read no report: it is told how many wait, and asks the database to empty what is old.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from lib import working_days
from oversight.actions.telling import tell_members
from oversight.models import Team
from publishing.models import Publication
from vacancies.models import Holiday

MORNING = 8  # o'clock; a letter for each report would tell the minute of its arrival


def tell_waiting(at) -> int:
    """Tell each team on the morning of a working day how many reports wait for it; returns how many were told."""
    local = at.astimezone(ZoneInfo(settings.TIME_ZONE))
    today = local.date()
    if local.hour < MORNING or not _is_working_day(today):
        return 0
    if Publication.objects.filter(source__startswith=f"reports:{today}:").exists():
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT team_id, waiting FROM report_waiting()")
        waiting = cursor.fetchall()
    for team_id, count in waiting:
        _tell(Team.objects.get(pk=team_id), count, today, at)
    return len(waiting)


@transaction.atomic(durable=True)
def _tell(team: Team, count: int, today, at) -> None:
    tell_members(
        team.memberships,
        source=f"reports:{today}:{team.pk}",
        subject=_("Laporan warga menunggu tim"),
        body=_("%(count)s laporan warga menunggu jawaban tim. Isinya hanya terbuka di ruang pengawas.")
        % {"count": count},
        url="/pengawasan/ruang/laporan/",
        at=at,
    )


def _is_working_day(day) -> bool:
    return working_days.is_one(day, set(Holiday.objects.filter(date=day).values_list("date", flat=True)))


@transaction.atomic(durable=True)
def forget_old(at) -> int:
    """Empty what was said in reports that were closed REPORT_RETENTION_DAYS ago; returns how many messages."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT report_forget(%s)", [at - timedelta(days=settings.REPORT_RETENTION_DAYS)])
        return cursor.fetchone()[0]
