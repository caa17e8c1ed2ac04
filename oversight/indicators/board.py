"""The indicators as people read them: the number, of how many, against what was promised, and which way it goes."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from lib.indonesian_text import MONTHS, number, span
from oversight.indicators.measures import MEASURES
from oversight.indicators.shape import COUNT, RATIO, SHARE, Measure, value
from oversight.models import Indicator

FEW = 5  # below this a share says more than is known: only the counts are told
NOTHING = _("belum ada data")
HEIGHT = 40


@dataclass(frozen=True)
class Bar:
    """One month: its name, its number in words, and how high its bar stands; None where nothing was counted."""

    x: int
    y: int
    height: int | None
    month: str
    words: str
    of: str


@dataclass
class Figure:
    """One indicator in one year."""

    measure: Measure
    row: Indicator | None
    before: Indicator | None
    months: dict[date, Indicator] = field(default_factory=dict)

    @property
    def value(self) -> Decimal | None:
        return _value(self.measure, self.row)

    @property
    def words(self) -> str:
        return in_words(self.measure, self.row)

    @property
    def of(self) -> str:
        return counts(self.measure, self.row)

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None without a target or without data."""
        if self.measure.target is None or self.value is None:
            return None
        return self.value >= self.measure.target

    @property
    def target(self) -> str:
        return _("paling sedikit %(n)s persen") % {"n": plain(self.measure.target)} if self.measure.target else ""

    @property
    def gap(self) -> Decimal:
        """How far below the target, as a part of it: what the worst is measured by."""
        return (self.measure.target - self.value) / self.measure.target

    @property
    def trend(self) -> str:
        """Against the year before, in words."""
        now, then = self.value, _value(self.measure, self.before)
        if now is None or then is None:
            return ""
        year = self.before.period.year
        if now == then:
            return _("sama dengan %(year)s") % {"year": year}
        words = _("naik %(n)s%(unit)s dari %(year)s") if now > then else _("turun %(n)s%(unit)s dari %(year)s")
        unit = _(" poin") if self.measure.kind == SHARE else ""
        return words % {"n": plain(abs(now - then)), "unit": unit, "year": year}

    @property
    def clock(self) -> str:
        if self.row is None or self.row.median is None:
            return ""
        return _("Separuhnya selesai dalam %(half)s, sembilan dari sepuluh dalam %(most)s.") % {
            "half": span(timedelta(seconds=self.row.median)),
            "most": span(timedelta(seconds=self.row.tenth)),
        }

    @property
    def bars(self) -> list[Bar]:
        values = {month: _value(self.measure, row) for month, row in self.months.items()}
        top = max([one for one in values.values() if one is not None] + [self.measure.target or Decimal(1)])
        made = []
        for place, month in enumerate(sorted(values)):
            row, one = self.months[month], values[month]
            height = None if one is None else max(1, round(HEIGHT * one / top))
            made.append(
                Bar(
                    place * 20, HEIGHT - (height or 0), height, MONTHS[month.month - 1], in_words(self.measure, row),
                    counts(self.measure, row),
                )
            )  # fmt: skip
        return made

    @property
    def spoken(self) -> str:
        """The bars in one sentence, for whoever does not see them."""
        return "; ".join(f"{bar.month}: {bar.words}" for bar in self.bars)


def _value(measure: Measure, row: Indicator | None) -> Decimal | None:
    if row is None or (measure.kind == COUNT and row.numerator == 0):
        return None
    return value(measure.kind, row.numerator, row.denominator)


def plain(one: Decimal) -> str:
    """97,5; without a useless zero."""
    return number(one.normalize() if one != one.to_integral() else one.quantize(Decimal(1)))


def in_words(measure: Measure, row: Indicator | None) -> str:
    """91,4 persen; 12,3 untuk setiap kursi; 412; or that there is no data, never 100."""
    one = _value(measure, row)
    if one is None:
        return NOTHING
    if measure.kind == SHARE and row.denominator < FEW:
        return counts(measure, row)
    return {SHARE: _("%(n)s persen"), RATIO: "%(n)s", COUNT: "%(n)s"}[measure.kind] % {"n": plain(one)}


def counts(measure: Measure, row: Indicator | None) -> str:
    """29 dari 32 tahap."""
    if _value(measure, row) is None:
        return NOTHING
    if measure.kind == COUNT:
        return f"{number(row.numerator)} {measure.things}"
    words = _("%(n)s dari %(of)s %(things)s") if measure.kind == SHARE else _("%(n)s untuk %(of)s %(things)s")
    return words % {"n": number(row.numerator), "of": number(row.denominator), "things": measure.things}


def of_year(rows, year: int) -> list[Figure]:
    """Every indicator in `year` out of the newest rows: what misses its target most comes first, no data last."""
    figures = []
    for measure in MEASURES.values():
        mine = {(one.span, one.period): one for one in rows if one.name == measure.name}
        years = [mine.get((Indicator.Span.YEAR, date(which, 1, 1))) for which in (year, year - 1)]
        months = {
            period: row for (kind, period), row in mine.items() if kind == Indicator.Span.MONTH and period.year == year
        }
        figures.append(Figure(measure, *years, months))
    return sorted(figures, key=_order)


def _order(figure: Figure) -> tuple:
    if figure.value is None:
        return (3, 0)
    if figure.met is None:
        return (2, 0)
    return (1, 0) if figure.met else (0, -figure.gap)
