"""The team's own reading, as totals: how often it looked, by month."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Q
from django.db.models.functions import TruncMonth

from accounts.models import FileAccess
from accounts.roles import TEAM_ROLES
from accounts.team_role import as_team
from oversight.models import Reading

MONTHS = 12
REPORT = "laporan warga"  # the purpose under which a look at a citizen report is written down


@transaction.atomic(durable=True)
def note(kind: str, *, at) -> None:
    """One more look of the team at a page of `kind`, in the month of `at`. Who looked is not kept."""
    month = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date().replace(day=1)
    with as_team(), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO oversight_reading (month, kind, n) VALUES (%s, %s, 1)
            ON CONFLICT (month, kind) DO UPDATE SET n = oversight_reading.n + 1""",
            [month, kind],
        )


def totals() -> list[dict]:
    """Per month, the newest first: looks at each kind of page, at applicants' files, and at citizens' reports."""
    found: dict = {}
    for one in Reading.objects.order_by("-month")[: MONTHS * len(Reading.Kind)]:
        found.setdefault(one.month, {})[one.kind] = one.n
    files = (
        FileAccess.objects.filter(role__in=TEAM_ROLES)
        .order_by()
        .annotate(month=TruncMonth("at", tzinfo=ZoneInfo(settings.TIME_ZONE)))
    )
    of_report = Q(purpose=REPORT)
    for one in files.values("month").annotate(
        n_files=Count("pk", filter=~of_report), n_reports=Count("pk", filter=of_report)
    ):
        found.setdefault(one["month"].date(), {}).update(files=one["n_files"], reports=one["n_reports"])
    months = sorted(found, reverse=True)[:MONTHS]
    kinds = [kind.value for kind in Reading.Kind]
    return [
        {"month": month} | {kind: found[month].get(kind, 0) for kind in [*kinds, "files", "reports"]}
        for month in months
    ]
