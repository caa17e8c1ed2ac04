"""Counting what citizens reported, hour by hour, so that a report that disappears is noticed.

The record holds a digest under a salt of its own for each hour, whether something came in or not. The keeper reads
no report: the database counts and hashes keys, and nothing of what was said.
"""

import secrets
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from ledger.actions import record
from oversight.models import ReportTally

BEGINNING = datetime(2020, 1, 1, tzinfo=UTC)
SETTLED = timedelta(minutes=10)  # after the hour: what was sent in its last second is written by then
TURN = 4_040_701


@transaction.atomic(durable=True)
def tally_due(at) -> int:
    """Count the hours that are over since the last tally and record the digest; returns how many tallies were made.

    One tally covers all hours that were missed. Any number may ring: they take turns by a lock, and an hour
    is counted once by constraint.
    """
    until = (at - SETTLED).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [TURN])
        if not cursor.fetchone()[0]:
            return 0
        last = ReportTally.objects.order_by("until").last()
        since = last.until if last else BEGINNING
        if since >= until:
            return 0
        salt = secrets.token_bytes(32)
        cursor.execute("SELECT reports, messages, digest FROM report_sum(%s, %s, %s)", [since, until, salt])
        reports, messages, digest = cursor.fetchone()
    fact = record.append("reports.tallied", at=until, until=record.instant(until), digest=digest)
    ReportTally.objects.create(
        since=since, until=until, reports=reports, messages=messages, salt=salt, digest=digest, fact=fact
    )
    return 1
