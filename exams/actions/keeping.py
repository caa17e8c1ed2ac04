"""What exams keep by themselves. One line for each duty; each is a row with a due time and may run twice."""

from exams.actions import item_files, local_scores, overdue, sitting, statistics, tested_components
from lib import duties

DUTIES = (
    overdue.end_overdue,  # rung by `end` too; here, so that what follows finds everybody ended
    local_scores.close_over,
    tested_components.give_back,
    statistics.count_ended,
    sitting.forget_old,
    item_files.empty_old,
)


def keep(at) -> None:
    """Do what is due at `at`."""
    duties.run(DUTIES, at)


def end(at) -> None:
    """Score whoever's time is over. Rung every second, for people wait for it."""
    duties.run((overdue.end_overdue,), at)


def show(at) -> None:
    """What only worker and pages may do: a slip of a score opens a name, and the keeper reads none."""
    duties.run((local_scores.show_scores,), at)
