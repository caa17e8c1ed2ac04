"""Do seats reach everybody? Who asked and who got a seat, by office, grade, sex and distance, where it points at nobody.

A group is told of when LEAST people or more asked; together with as many others as a subtraction would need
(`lib/small_cells.py`). Both counts are rounded to five, so that one person who comes or goes hardly shows.
"""

from collections import Counter
from dataclasses import dataclass

from lib.small_cells import unsaid
from workforce.filters import offices
from workforce.models import Employee, Enrolment, Shield

ROUND = 5


@dataclass(frozen=True)
class Group:
    """One group: how many asked and how many of them got a seat, rounded; None where it is not said."""

    name: str
    asked: int | None
    seated: int | None


@dataclass(frozen=True)
class Table:
    label: str
    rows: list[Group]


def tables() -> list[Table]:
    """One table per question, over everybody who asked for a seat in a training whose list is settled. Three queries."""
    State = Enrolment.State
    rows = list(
        Enrolment.objects.filter(state__in=[State.SEATED, State.WAITING], training__cancelled_at=None).values_list(
            "user_id", "state", "distance"
        )
    )
    hidden = set(Shield.objects.standing().values_list("employee_id", flat=True))
    people = {
        one.user_id: one
        for one in Employee.objects.serving().filter(user__isnull=False).select_related("position")
        if one.pk not in hidden
    }
    office_of = {unit: name for name, inside in offices().values() for unit in inside}
    distances = dict(Enrolment.Distance.choices)
    questions = {
        "Perangkat daerah": lambda one, _far: office_of.get(one.position.unit_id) if one and one.position else None,
        "Golongan": lambda one, _far: one.grade if one else None,
        "Jenis kelamin": lambda one, _far: one.get_sex_display() if one else None,
        "Jarak": lambda _one, far: str(distances[far]) if far else None,
    }
    made = []
    for label, ask in questions.items():
        asked, seated = Counter(), Counter()
        for user, state, far in rows:
            if name := ask(people.get(user), far):
                asked[name] += 1
                seated[name] += state == State.SEATED
        made.append(Table(label, told(asked, seated)))
    return made


def told(asked: Counter, seated: Counter) -> list[Group]:
    """The groups in the order of their names; counts that would point at somebody are None."""
    quiet = unsaid(asked)
    if len(asked) - len(quiet) + bool(quiet) < 2:  # "all of them" is a fact about each
        quiet = set(asked)
    return [
        Group(name, None, None) if name in quiet else Group(name, _round(asked[name]), _round(seated[name]))
        for name in sorted(asked)
    ]


def _round(n: int) -> int:
    return ROUND * round(n / ROUND)
