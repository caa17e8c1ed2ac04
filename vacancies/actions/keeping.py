"""What the vacancies keep by themselves: letters to people who asked for news, and addresses nobody confirmed."""

from lib import duties
from vacancies.actions import alerts

DUTIES = (alerts.send_digests, alerts.remind_closing, alerts.sweep)


def keep(at) -> None:
    """Write what is due at `at`."""
    duties.run(DUTIES, at)
