"""Public numbers on citizen reports: counts and times, and nothing where few people could be told apart."""

from collections import Counter
from dataclasses import dataclass

from django.db import connection

from lib.indonesian_text import MONTHS
from oversight.models.report import Topic
from oversight.report_states import ReportState

LEAST = 5


@dataclass(frozen=True)
class Line:
    """One line of a table; `count` is None where it is not shown."""

    label: str
    count: int | None


def numbers() -> dict:
    """The tables of the statistics page."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT month, topic, state, reports FROM report_counts()")
        rows = cursor.fetchall()
        cursor.execute("SELECT answered, hours FROM report_answer_hours()")
        answered, hours = cursor.fetchone()
    months, topics, states = Counter(), Counter(), Counter()
    for month, topic, state, count in rows:
        months[month] += count
        topics[topic] += count
        states[state] += count
    return {
        "months": lines({f"{MONTHS[month.month - 1]} {month.year}": months[month] for month in sorted(months)}),
        "topics": lines({str(label): topics[value] for value, label in Topic.choices}),
        "states": lines({str(label): states[value] for value, label in ReportState.choices}),
        "answer_days": round(float(hours) / 24, 1) if answered >= LEAST else None,
        "least": LEAST,
        "any": bool(rows),
    }


def lines(counted: dict[str, int]) -> list[Line]:
    """A table in which counts from 1 to LEAST - 1 stay hidden, and never one alone: the sum would tell it."""
    hidden = {label for label, count in counted.items() if 0 < count < LEAST}
    if len(hidden) == 1:
        rest = {label: count for label, count in counted.items() if label not in hidden and count}
        if rest:
            hidden.add(min(rest, key=rest.get))
    return [Line(label, None if label in hidden else count) for label, count in counted.items()]
