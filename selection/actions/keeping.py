"""All that has to happen by itself when its time has come."""

from ledger.actions import witnessing
from lib import duties
from selection.actions import announcement, attestation, batches, closing, objection_clock, objection_letters, redaction

DUTIES = (
    closing.close_due,
    batches.record_batch,
    announcement.announce_due,
    attestation.open_due,
    redaction.apply_due,
    objection_clock.keep,
    objection_letters.tell_waiting,
    witnessing.ask,
)


def keep(at) -> None:
    """Close, bind what was sent, announce, open what was signed outside, redact what was ordered, ask the witnesses.

    One that fails stops no other.
    """
    duties.run(DUTIES, at)
