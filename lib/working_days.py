"""Counting working days: Monday to Friday without the holidays the caller knows.

A clock counts from the day after it starts, on the calendar of its own time zone, and ends when the office
closes on the last day. National holidays and joint leave (cuti bersama) stop it; the caller hands them in.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFICE_CLOSES = time(16, 0)
SATURDAY = 5


@dataclass(frozen=True)
class Deadline:
    """When a clock ends, and the weekdays in between that did not count because they are holidays."""

    at: datetime
    skipped: tuple[date, ...]


def is_one(day: date, holidays: Collection[date] = ()) -> bool:
    """Whether offices work on `day`."""
    return day.weekday() < SATURDAY and day not in holidays


def add(start: date, days: int, holidays: Collection[date] = ()) -> date:
    """The date of the `days`-th working day after `start`; the day itself does not count."""
    found = start
    while days > 0:
        found += timedelta(days=1)
        if is_one(found, holidays):
            days -= 1
    return found


def between(start: date, end: date, holidays: Collection[date] = ()) -> int:
    """How many working days lie after `start` up to and with `end`; 0 when `end` is not later."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_one(day, holidays) for day in days)


def deadline(
    start: datetime, days: int, holidays: Collection[date], zone: ZoneInfo, closes: time = OFFICE_CLOSES
) -> Deadline:
    """The end of a clock of `days` working days that starts at the instant `start`, where `zone` is."""
    first = start.astimezone(zone).date()
    last = add(first, days, holidays)
    skipped = sorted(day for day in holidays if first < day < last and day.weekday() < SATURDAY)
    return Deadline(datetime.combine(last, closes, zone), tuple(skipped))


def late(due: datetime, at: datetime, holidays: Collection[date], zone: ZoneInfo) -> int:
    """How many working days have begun since the day of `due`; 0 on that day itself, and before it."""
    return between(due.astimezone(zone).date(), at.astimezone(zone).date(), holidays)
