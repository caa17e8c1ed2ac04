"""Distributions per office of fields that nobody reads of one person: only where they point at nobody.

An office is told of when it has LEAST people or more. Inside it a value that fewer than FEW share is not said, together
with as many others as a subtraction would need; if then fewer than two groups can be told apart, nothing is said, since
"all of them" is a fact about each. Counts are rounded to five, so that one person who comes or goes hardly shows.
There is no line for the whole city: it would be the sum that gives the unsaid away.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from workforce.field_policy import FIELDS, Openness
from workforce.filters import offices
from workforce.models import Employee

LEAST, FEW, ROUND = 10, 3, 5
VALUES = {
    "grade": lambda one: one.grade,
    "sex": lambda one: one.get_sex_display(),
    "skp": lambda one: one.get_skp_display(),
}


@dataclass(frozen=True)
class Table:
    """One field: its values, and per office the rounded count of each, None where it is not said."""

    label: str
    values: list[str]
    rows: list[tuple[str, list[int | None]]]


def tables(at: datetime) -> list[Table]:
    """One table for each field that FIELDS calls aggregated, over those who are shown. Two queries."""
    keys = [key for key, line in FIELDS.items() if line.openness is Openness.AGGREGATED]
    counts: dict[str, dict[str, Counter]] = {key: {} for key in keys}
    office_of = {unit: name for name, inside in offices().values() for unit in inside}
    people = Employee.objects.shown(at).filter(position__isnull=False).select_related("position")
    for one in people.only("grade", "sex", "skp", "position__unit_id"):
        office = office_of.get(one.position.unit_id)
        for key in keys if office else []:
            if value := VALUES[key](one):
                counts[key].setdefault(office, Counter())[str(value)] += 1
    made = []
    for key in keys:
        made.append(_table(FIELDS[key].label, counts[key]))
    return made


def _table(label: str, counts: dict[str, Counter]) -> Table:
    """Only values that some office tells have a column: a heading alone would say that somebody is like that."""
    every = sorted({value for row in counts.values() for value in row})
    cells = {office: dict(zip(every, told(row, every), strict=True)) for office, row in sorted(counts.items())}
    values = [value for value in every if any(row[value] for row in cells.values())]
    return Table(label, values, [(office, [row[value] for value in values]) for office, row in cells.items()])


def told(counts: Counter, values: list[str]) -> list[int | None]:
    """The counts of one office in the order of `values`, rounded, None where they are not said."""
    size = sum(counts.values())
    groups = {value: n for value, n in counts.items() if n}
    hidden = {value for value, n in groups.items() if n < FEW}
    by_size = sorted(groups, key=lambda value: (groups[value], value))
    while hidden and (len(hidden) < 2 or sum(groups[value] for value in hidden) < FEW):
        rest = [value for value in by_size if value not in hidden]
        if not rest:
            break
        hidden.add(rest[0])
    apart = len(groups.keys() - hidden) + bool(hidden)
    if size < LEAST or apart < 2:
        return [None] * len(values)
    return [None if value in hidden else ROUND * round(counts.get(value, 0) / ROUND) for value in values]
