"""How fast agencies answer, over the last year: told only where there is enough to tell, so that no single case decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

WINDOW = timedelta(days=365)
FEWEST = 5  # below it no share and no time: one quick answer would lead the table

# A clock that ended with an answer, or that ran out and still runs. One that was passed on or withdrawn is neither.
ANSWERS = """
SELECT a.name, count(*), count(*) FILTER (WHERE c.ended_at <= c.due_at),
    count(*) FILTER (WHERE c.ended_at IS NULL),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY coalesce(c.ended_at, %(at)s) - c.started_at),
    percentile_disc(0.9) WITHIN GROUP (ORDER BY coalesce(c.ended_at, %(at)s) - c.started_at)
FROM participation_caseclock c LEFT JOIN vacancies_agency a ON a.id = c.agency_id
WHERE c.kind = %(kind)s AND c.started_at > %(since)s AND c.started_at <= %(at)s
    AND (c.ended_at IS NOT NULL AND c.met OR c.ended_at IS NULL AND c.due_at < %(at)s)
GROUP BY a.id, a.name ORDER BY a.name NULLS FIRST, a.id
"""
SAID = """
SELECT coalesce(a.name, ''), count(*) FILTER (WHERE s.new = 'solved'), count(*) FILTER (WHERE s.new = 'reopened'),
    count(*) FILTER (WHERE s.new = 'received' AND s.old <> '')
FROM participation_casestep s LEFT JOIN vacancies_agency a ON a.id = s.agency_id
WHERE s.at > %(since)s AND s.at <= %(at)s GROUP BY a.id, a.name
"""


@dataclass(frozen=True)
class Row:
    """One agency: `answered` and late ones that still wait are the `base`; times are how long they took so far."""

    agency: str  # "" is the desk, which routes
    base: int
    in_time: int
    waiting_late: int
    half: timedelta | None
    nine_tenths: timedelta | None
    solved: int = 0
    reopened: int = 0
    passed_on: int = 0

    @property
    def is_told(self) -> bool:
        """Whether there are enough for a share and for times."""
        return self.base >= FEWEST

    @property
    def share(self) -> int | None:
        """Per cent answered in time, rounded down: nobody is called perfect who is not."""
        return self.in_time * 100 // self.base if self.is_told else None


def response_times(at: datetime) -> list[Row]:
    """The desk first, then every agency that had something to answer within the year before `at`."""
    with connection.cursor() as cursor:
        period = {"at": at, "since": at - WINDOW}
        cursor.execute(SAID, period)
        said = {name: rest for name, *rest in cursor.fetchall()}
        found = []
        for kind in ("route", "answer"):
            cursor.execute(ANSWERS, period | {"kind": kind})
            for name, base, in_time, waiting, half, nine in cursor.fetchall():
                few = base < FEWEST
                words = said.get(name, (0, 0, 0)) if name else (0, 0, 0)
                times = (None, None) if few else (half, nine)
                found.append(Row(name or "", base, in_time, waiting, *times, *words))
    return found
