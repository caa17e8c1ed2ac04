"""What exams keep by themselves. One line for each duty; each is a row with a due time and may run twice."""

from exams.actions import item_files, sitting, statistics
from lib import duties

DUTIES = (
    sitting.end_overdue,
    statistics.count_ended,
    sitting.forget_old,
    item_files.empty_old,
)


def keep(at) -> None:
    """Do what is due at `at`."""
    duties.run(DUTIES, at)
