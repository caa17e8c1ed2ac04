"""What the directory keeps by itself. Each duty is a row with a due time and may run twice."""

from lib import duties
from workforce.actions import erasure, feedback, training_after, training_draw, training_need

DUTIES = (
    erasure.erase_due,
    training_draw.keep,
    training_after.ask_due,
    training_after.forget_gone,
    training_need.sweep,
    feedback.remind_due,
    feedback.close_due,
)


def keep(at) -> None:
    """Do what is due at `at`."""
    duties.run(DUTIES, at)
