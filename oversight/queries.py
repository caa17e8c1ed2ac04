"""Reads of the oversight that several pages share."""

from oversight.invariants import INVARIANTS
from oversight.models import Indicator, InvariantRun


def newest_runs() -> dict[str, InvariantRun]:
    """The last look at each check, by name; one index probe per check, however many looks there were."""
    names = InvariantRun.objects.raw(
        """SELECT r.* FROM unnest(%s::text[]) AS wanted(name) CROSS JOIN LATERAL (
            SELECT * FROM oversight_invariantrun WHERE name = wanted.name ORDER BY at DESC, id DESC LIMIT 1) r""",
        [list(INVARIANTS)],
    )
    return {one.name: one for one in names}


def newest_indicators(year: int | None = None) -> list[Indicator]:
    """The newest row of each indicator and period; of `year` and the one before it where a year is given."""
    rows = Indicator.objects.order_by("name", "span", "period", "-night").distinct("name", "span", "period")
    if year is not None:
        rows = rows.filter(period__year__in=[year, year - 1])
    return list(rows)


def years_counted() -> list[int]:
    """Years for which something was counted, the newest first."""
    years = Indicator.objects.filter(span=Indicator.Span.YEAR).values_list("period", flat=True).distinct()
    return sorted({period.year for period in years}, reverse=True)
