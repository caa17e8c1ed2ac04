"""Reads of the oversight that several pages share."""

from oversight.invariants import INVARIANTS
from oversight.models import InvariantRun


def newest_runs() -> dict[str, InvariantRun]:
    """The last look at each check, by name; one index probe per check, however many looks there were."""
    names = InvariantRun.objects.raw(
        """SELECT r.* FROM unnest(%s::text[]) AS wanted(name) CROSS JOIN LATERAL (
            SELECT * FROM oversight_invariantrun WHERE name = wanted.name ORDER BY at DESC, id DESC LIMIT 1) r""",
        [list(INVARIANTS)],
    )
    return {one.name: one for one in names}
