"""The indicators are counted anew every night, set-based, into rows that are never changed."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from oversight.indicators import MEASURES, Measure, groups
from oversight.models import Indicator, PassRate
from selection.models import Announcement

TURN = 0x6A740020  # the advisory lock of whoever counts
SETTLED = timedelta(days=30)  # after this the groups of a result are counted, once
SECONDS = 120


def night_of(at) -> date:
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def compute_due(at) -> int:
    """Count everything once a day, by the office's calendar; returns how many rows were written.

    Any number may ring: one counts, the others find it done. A day on which nobody rang is left out, and the next
    count says the same about the periods before it.
    """
    if Indicator.objects.filter(night=night_of(at)).exists():
        return 0
    return compute(at)


@transaction.atomic(durable=True)
def compute(at) -> int:
    """Write down what changed since the last count, and the present month and year in any case."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
    if Indicator.objects.filter(night=night_of(at)).exists():
        return 0
    known = newest()
    rows = [row for measure in MEASURES.values() for span in Indicator.Span for row in _rows(measure, span, known, at)]
    Indicator.objects.bulk_create(rows)
    return len(rows) + count_groups(at)


def newest() -> dict[tuple, Indicator]:
    """(name, span, period) → the newest row."""
    found = Indicator.objects.order_by("name", "span", "period", "-night").distinct("name", "span", "period")
    return {(one.name, one.span, one.period): one for one in found}


def _rows(measure: Measure, span: str, known: dict, at) -> list[Indicator]:
    night = night_of(at)
    present = night.replace(day=1) if span == Indicator.Span.MONTH else night.replace(month=1, day=1)
    found = {period: rest for period, *rest in measure.months(at, settings.TIME_ZONE, span)}
    # What was counted once and is gone since, say a stage whose plan was withdrawn, is told as nothing.
    gone = {period for name, kind, period in known if (name, kind) == (measure.name, span)} - found.keys()
    empty = [0, None if measure.kind == "count" else 0, None, None]
    rows = []
    for period, (numerator, denominator, median, tenth) in sorted(
        (found | {one: empty for one in gone | {present} if one not in found}).items()
    ):
        before = known.get((measure.name, span, period))
        same = before and (before.numerator, before.denominator, before.median, before.tenth) == (
            numerator, denominator, median, tenth,
        )  # fmt: skip
        end = period if span == Indicator.Span.MONTH else period.replace(month=12)
        if period != present and (same or (before and _is_settled(measure, end, night))):
            continue
        rows.append(
            Indicator(
                name=measure.name, span=span, period=period, numerator=numerator, denominator=denominator,
                median=median, tenth=tenth, night=night, at=at,
            )
        )  # fmt: skip
    return rows


def _is_settled(measure: Measure, end: date, night: date) -> bool:
    """Whether a period whose last month is `end` is so long ago that its number stays, since rows may be erased by now."""
    months = (night.year - end.year) * 12 + night.month - end.month
    return measure.looks_back is not None and months > measure.looks_back


def count_groups(at) -> int:
    """Write how many of each group passed, for results public since SETTLED; once per stage, from its newest version."""
    due = Announcement.objects.public().filter(version=1, public_at__lte=at - SETTLED, stage__pass_rates=None)
    rows = []
    for first in due.select_related("stage"):
        last = first.stage.announcements.public().filter(public_at__lte=at).order_by("-version").first()
        for grouping in groups.SOURCES:
            cells = groups.counted(last.outcome_set_id, grouping)
            if grouping == groups.LEVEL and all(not cell.group for cell in cells):
                continue  # a mirrored selection: the portal does not know
            rows += [
                PassRate(
                    stage=first.stage, announcement=last, grouping=grouping, group=cell.group, took=cell.took,
                    passed=cell.passed, at=at,
                )
                for cell in groups.suppressed(cells)
            ]  # fmt: skip
    PassRate.objects.bulk_create(rows)
    return len(rows)
