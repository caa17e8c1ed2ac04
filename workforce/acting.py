"""How long somebody may act for a vacant post.

Surat Edaran Kepala BKN 1/SE/I/2021: a Plt. serves at most three months and may be extended once, by three more. It
sets no number of days for a Plh., who stands in while the holder is away.
"""

from dataclasses import dataclass
from datetime import date

from workforce.models import Appointment

MONTHS = 3
SOURCE = "SE Kepala BKN Nomor 1/SE/I/2021"


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last one of that month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


@dataclass(frozen=True)
class Acting:
    """An acting appointment with the first day of its chain, whether it was extended, and its limit."""

    appointment: Appointment
    first: date
    extended: bool

    @property
    def limit(self) -> date | None:
        """The day from which it is too long; None for a Plh."""
        if self.appointment.kind != Appointment.Kind.ACTING:
            return None
        return months_later(self.first, 2 * MONTHS if self.extended else MONTHS)

    def is_over(self, today: date) -> bool:
        return self.limit is not None and today >= self.limit


def of(appointment: Appointment, others: list[Appointment]) -> Acting:
    """`appointment` with the chain of `others` that it extends: the same person acting in the same post, seamlessly."""
    first, extended = appointment.since, False
    by_key = {one.pk: one for one in others}
    step = appointment
    while step.extends_id and step.extends_id in by_key:
        step = by_key[step.extends_id]
        first, extended = step.since, True
    return Acting(appointment, first, extended)
