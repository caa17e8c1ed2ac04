"""What participation keeps by itself. One line for each duty; each is a row with a due time and may run twice."""

from lib import duties

DUTIES = ()


def keep(at) -> None:
    """Do what is due at `at`."""
    duties.run(DUTIES, at)
