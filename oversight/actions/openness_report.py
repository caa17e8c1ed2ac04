"""Openness reports write and publish themselves: each month on the first at nine, each recruitment when it is over.

Whoever rings (keeper, beat, command) calls `publish_due`; a lock and the unique month or recruitment make one
report out of any number of calls, and what nobody rang for is made up for at the next ring.
"""

import logging
import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from ledger import queries
from ledger.actions import record, recording
from oversight.models import OpennessReport
from oversight.openness import content, rendering
from publishing.actions import publication
from publishing.models import Publication
from selection import retention
from selection.rendering import folder as folders
from vacancies.models import Recruitment

logger = logging.getLogger(__name__)
HOUR = time(9)  # on the first of the next month, on the office's clocks
COMMENTS = timedelta(days=30)
TURN = 0x6A740030  # the advisory lock of whoever writes a report
SECONDS = 120
Kind = OpennessReport.Kind


class NotDue(Exception):
    """The month is not over, or lies before the first vacancy was published here."""


def month_of(at) -> date:
    return at.astimezone(_zone()).date().replace(day=1)


def next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def due_at(month: date) -> datetime:
    """When the report of `month` is due: the first of the next month at nine."""
    return datetime.combine(next_month(month), HOUR, _zone())


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def months_due(at) -> list[date]:
    """Months whose report is due and not written, the oldest first.

    Reports begin with the last full month in which something was published here; from then on none is left out.
    """
    written = OpennessReport.objects.filter(kind=Kind.MONTHLY).order_by("month")
    first = written.values_list("month", flat=True).first() or _first_month(at)
    found, month = [], first
    while month and due_at(month) <= at:
        found.append(month)
        month = next_month(month)
    done = set(written.values_list("month", flat=True))
    return [month for month in found if month not in done]


def _first_month(at) -> date | None:
    last = month_before(month_of(at))
    newest = last if due_at(last) <= at else month_before(last)  # on the first, before nine
    return newest if _published_before(next_month(newest)) else None


def _published_before(day: date) -> bool:
    return Recruitment.objects.filter(published_at__lt=_midnight(day)).exists()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _zone())


def closings_due(at) -> list[tuple[Recruitment, datetime]]:
    """Recruitments that are over and have no closing report, with the instant at which they were over."""
    waiting = Recruitment.objects.filter(published_at__lte=at, closing_report=None).order_by("published_at", "pk")
    ended = ((one, retention.ended_at(one, at)) for one in waiting)
    return [(one, when) for one, when in ended if when is not None]


def publish_due(at) -> int:
    """Write what is due, open what the signed record holds; returns how many opened. One that fails stops no other."""
    for month in months_due(at):
        _attempt(write_month, month, at)
    for recruitment, ended in closings_due(at):
        _attempt(write_closing, recruitment, at, ended=ended)
    opened = 0
    for report in OpennessReport.objects.filter(public_at=None).select_related("fact").order_by("pk"):
        try:
            opened += open_(report, at=at)
        except Exception:
            logger.exception("report %s was not opened; the next ring tries again", report)
    return opened


def _attempt(write, what, at, **more) -> None:
    try:
        write(what, at=at, **more)
    except Exception:
        logger.exception("the report about %s was not written; the next ring tries again", what)
        return
    try:
        recording.record_waiting(at)
    except Exception:
        logger.exception("the record was not continued: reports stay closed")


@transaction.atomic(durable=True)
def write_month(month: date, *, at) -> OpennessReport | None:
    """Write the report of `month` as it was at its end; None when it was written already. Raises NotDue."""
    begin, end = _midnight(month), _midnight(next_month(month))
    if due_at(month) > at:
        raise NotDue(_("Laporan bulan ini terbit setelah bulannya selesai."))
    if not _published_before(next_month(month)):
        raise NotDue(_("Bulan itu belum ada lowongan yang terbit di portal ini."))
    _take_turn()
    if OpennessReport.objects.filter(month=month).exists():
        return None
    number = f"KTB-{month:%Y-%m}"
    return _write(content.of_month(number, begin, end), Kind.MONTHLY, at, month=month, due_at=due_at(month))


@transaction.atomic(durable=True)
def write_closing(recruitment: Recruitment, *, at, ended) -> OpennessReport | None:
    """Write the closing report of a recruitment that was over at `ended`; None when it was written already."""
    _take_turn()
    if OpennessReport.objects.filter(recruitment=recruitment).exists():
        return None
    year = at.astimezone(_zone()).year
    taken = OpennessReport.objects.filter(kind=Kind.CLOSING, number__startswith=f"PNP-{year}-").count()
    number = f"PNP-{year}-{taken + 1}"
    return _write(
        content.of_recruitment(number, recruitment, at), Kind.CLOSING, at, recruitment=recruitment, due_at=ended
    )


def _take_turn() -> None:
    """One writes at a time, and may take longer than a page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', '2min', true)")


def _write(about: dict, kind: str, at, **fields) -> OpennessReport:
    """Render, bind in the record, and queue the news, all in the caller's transaction."""
    settings.PREPARED_ROOT.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=settings.PREPARED_ROOT, prefix=".") as place:
        folder = Path(place) / "report"
        folder.mkdir()
        digest = rendering.render(about, folder)
        if not rendering.prepared_folder(digest).exists():
            folder.rename(rendering.prepared_folder(digest))
    fact = record.append("report.published", at=at, number=about["number"], about=str(kind), digest=digest)
    report = OpennessReport.objects.create(
        number=about["number"], kind=kind, written_at=at, content=about, digest=digest, fact=fact, **fields
    )
    publication.publish(
        source=source_of(report),
        subject=_("%(title)s sudah terbit") % {"title": about["title"]},
        body=_("%(title)s, nomor %(number)s, terbuka untuk dibaca dan dikomentari sampai %(days)s hari lagi.")
        % {"title": about["title"], "number": report.number, "days": COMMENTS.days},
        url=rendering.address(report.number),
        at=at,
        opened=False,
        for_all=True,
    )
    return report


def source_of(report: OpennessReport) -> str:
    return f"openness:{report.number}"


def open_(report: OpennessReport, *, at) -> bool:
    """Let everybody read a written report; False when another process did, or the record does not hold it yet."""
    if not queries.is_signed(report.fact):
        return False
    folders.put_in_place(rendering.prepared_folder(report.digest), rendering.public_folder(report.number))
    return _open(report.pk, at)


@transaction.atomic(durable=True)
def _open(pk: int, at) -> bool:
    report = OpennessReport.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    if report.public_at:
        return False
    report.public_at = max(at, report.written_at)
    report.comments_until = report.public_at + COMMENTS
    report.save(update_fields=["public_at", "comments_until"])
    Publication.objects.filter(source=source_of(report)).update(opened_at=report.public_at)
    return True
