"""What participation keeps by itself. One line for each duty; each is a row with a due time and may run twice."""

from lib import duties
from participation.actions import case_keeping, contributions, origins, questions, registrations

DUTIES = (
    registrations.move_up_due,
    registrations.remind_due,
    registrations.forget_due,
    contributions.sweep,
    case_keeping.escalate_late,
    case_keeping.close_silent,
    case_keeping.forget_unconfirmed,
    questions.sweep,
    origins.count_due,
)


def keep(at) -> None:
    """Do what is due at `at`."""
    duties.run(DUTIES, at)
