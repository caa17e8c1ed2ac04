"""The shape of an indicator: one SELECT of what it counts, from which number and list of rows both follow."""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from django.db import connection

SHARE, RATIO, COUNT = "share", "ratio", "count"
COLUMNS = ("happened", "label", "url", "numerator", "denominator", "seconds")


@dataclass(frozen=True)
class Measure:
    """One indicator. `counted` selects COLUMNS of whatever happened until `%(at)s`, one row per thing counted.

    A share is numerator of denominator in per cent; a ratio is the one divided by the other; a count has no
    denominator (null). `seconds` is how long it took, null where that means nothing. `target` in the unit of the
    value, with `least` saying whether it is the least or the most that is aimed at. `looks_back` in months: older
    months keep the number they had, because what they counted may be erased since.
    """

    name: str
    title: str
    formula: str
    things: str
    source: str
    counted: str
    kind: str = SHARE
    target: Decimal | None = None
    looks_back: int | None = None

    def months(self, at, zone: str, span: str) -> list[tuple]:
        """(first day of the period, numerator, denominator, median, ninth tenth in seconds) for each period with rows."""
        return self._ask(
            """SELECT date_trunc(%(span)s, happened AT TIME ZONE %(zone)s)::date AS period, sum(numerator)::bigint,
                sum(denominator)::bigint, percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds)::bigint,
                percentile_disc(0.9) WITHIN GROUP (ORDER BY seconds)::bigint
            FROM counted GROUP BY period ORDER BY period""",
            at=at, zone=zone, span=span,
        )  # fmt: skip

    def rows(self, at, zone: str, first, last, limit: int, skip: int = 0) -> list[dict]:
        """What was counted from the day `first` to before `last`, what is missing first; `skip` of them left out."""
        found = self._ask(
            """SELECT * FROM counted WHERE (happened AT TIME ZONE %(zone)s)::date >= %(first)s
                AND (happened AT TIME ZONE %(zone)s)::date < %(last)s
            ORDER BY coalesce(numerator < denominator, false) DESC, happened DESC, label, url
            LIMIT %(limit)s OFFSET %(skip)s""",
            at=at, zone=zone, first=first, last=last, limit=limit, skip=skip,
        )  # fmt: skip
        return [dict(zip(COLUMNS, row, strict=True)) for row in found]

    def _ask(self, query: str, **parameters) -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(f"WITH counted ({', '.join(COLUMNS)}) AS ({self.counted}) {query}", parameters)
            return cursor.fetchall()


def value(kind: str, numerator: int | None, denominator: int | None) -> Decimal | None:
    """The number to show, rounded down so that only all of them make 100; None where nothing was counted."""
    if numerator is None or (kind != COUNT and not denominator):
        return None
    if kind == COUNT:
        return Decimal(numerator)
    exact = Decimal(numerator) / denominator * (100 if kind == SHARE else 1)
    return exact.quantize(Decimal("0.1"), ROUND_FLOOR)
