"""All checks, and the one way to look: bounded in time."""

from django.db import connection, transaction

from oversight.invariants import announcements, clocks, objections, oversight, people, record, results, trainings
from oversight.invariants.shape import Invariant, Sight

INVARIANTS: dict[str, Invariant] = {
    one.name: one
    for one in (
        *announcements.CHECKS,
        *results.CHECKS,
        *people.CHECKS,
        *objections.CHECKS,
        *record.CHECKS,
        *oversight.CHECKS,
        *clocks.CHECKS,
        *trainings.CHECKS,
    )
}
SECONDS = 20  # for one statement: a check that takes longer says so instead of holding others up


def look(name: str, at) -> Sight:
    """What the check `name` sees now. Raises DatabaseError where it would take too long."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        cursor.execute("SELECT set_config('idle_in_transaction_session_timeout', '5min', true)")
        return INVARIANTS[name].see(at)
