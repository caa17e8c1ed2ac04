"""Counting working days: Monday to Friday without the holidays the caller knows."""

from collections.abc import Collection
from datetime import date, timedelta


def add(start: date, days: int, holidays: Collection[date] = ()) -> date:
    """The date of the `days`-th working day after `start`; the day itself does not count."""
    found = start
    while days > 0:
        found += timedelta(days=1)
        if found.weekday() < 5 and found not in holidays:
            days -= 1
    return found
