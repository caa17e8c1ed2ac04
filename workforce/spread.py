"""How far the assessors of a panel lie apart: median, spread and what is marked. Rule: docs/adr on panels."""

from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from workforce import components, participants
from workforce.actions import sheets


@dataclass(frozen=True)
class Line:
    """One participant in one component: values by member, their mean, the middle, the spread, and who is marked."""

    application: object
    values: dict[int, Decimal | None]
    mean: Decimal | None
    middle: Decimal | None
    spread: Decimal | None
    marked: frozenset[int]


def compare(stage, component: str, points: int) -> list[Line] | None:
    """The lines of a component, once everybody locked the sheet; None before. `points` off the middle is marked."""
    now = sheets.Sheets(stage.recruitment_id)
    if now.missing(stage, component):
        return None
    values = now.values(stage, component)
    return [_line(one, values.get(one.pk, {}), points) for one in participants.of_stage(stage)]


def _line(application, values, points: int) -> Line:
    given = {member: value for member, value in values.items() if value is not None}
    if not given or len(given) != len(values):
        return Line(application, values, None, None, None, frozenset())
    middle = Decimal(median(given.values()))
    marked = frozenset(member for member, value in given.items() if abs(value - middle) >= points)
    spread = max(given.values()) - min(given.values())
    return Line(application, values, sheets.mean(given.values()), middle, spread, marked)


@dataclass(frozen=True)
class Part:
    """How far one component of one stage is: sheets locked of needed, and once all are, the spread in public numbers."""

    stage: object
    key: str
    label: str
    locked: int
    needed: int
    widest: Decimal | None
    marked: int


def parts_of(panel) -> list[Part]:
    """Every scored component in its order, as the panel's public page shows it: no name, no participant."""
    stages = components.ranked_stages(panel.recruitment)
    now = sheets.Sheets(panel.recruitment_id)
    found = []
    for stage in stages:
        for component in components.scored_in(stage, stages):
            key = component["key"]
            waiting = {one.pk for one in now.missing(stage, key)}
            locked = sum(one.member_id not in waiting for one in now.in_force(stage, key))
            needed = locked + len(waiting)
            values = {} if waiting or not needed else now.values(stage, key)
            lines = [_line(None, one, panel.outlier_points) for one in values.values()]
            widest = max((one.spread for one in lines if one.spread is not None), default=None)
            marked = sum(len(one.marked) for one in lines)
            found.append(Part(stage, key, component["label"], locked, needed, widest, marked))
    return found
