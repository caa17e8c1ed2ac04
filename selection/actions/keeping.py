"""All that has to happen by itself when its time has come."""

from ledger.actions import witnessing
from lib import duties
from selection.actions import announcement, batches, closing

DUTIES = (closing.close_due, batches.record_batch, announcement.announce_due, witnessing.ask)


def keep(at) -> None:
    """Close, bind what was sent, announce, ask the witnesses; one that fails does not stop the rest."""
    duties.run(DUTIES, at)
