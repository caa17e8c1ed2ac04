"""Does the record stand still? Facts that became true must be signed within minutes, or somebody has to look."""

from datetime import datetime, timedelta

from django.db import connection

from ledger import log

PATIENCE = timedelta(minutes=10)


def since(at: datetime) -> datetime | None:
    """Since when facts have been waiting, longer than PATIENCE, while nothing was signed; None while all is well.

    A fact waits until its entry is below a signed checkpoint, so that a signer that is gone counts too.
    """
    last = log.signed()
    if last and last.signed_at > at - PATIENCE:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT least("
            " (SELECT at FROM ledger_pending WHERE n IS NULL AND refused = '' ORDER BY id LIMIT 1),"
            " (SELECT added_at FROM ledger_entry WHERE n = %s))",
            [last.size if last else 0],
        )
        oldest = cursor.fetchone()[0]
    return oldest if oldest and oldest < at - PATIENCE else None
