"""All that has to happen by itself when its time has come."""

from ledger.actions import witnessing
from lib import duties
from selection.actions import announcement, attestation, batches, closing

DUTIES = (
    closing.close_due,
    batches.record_batch,
    announcement.announce_due,
    attestation.open_due,
    witnessing.ask,
)


def keep(at) -> None:
    """Close, bind what was sent, announce, open what was signed outside, ask the witnesses; one that fails stops no other."""
    duties.run(DUTIES, at)
