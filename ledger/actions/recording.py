"""What has to happen to the record by itself, rung by keeper and beat alike."""

from ledger.actions import publishing, sequencer


def record_waiting(at) -> int:
    """Record, publish and sign every fact that waits; returns how many waited.

    Batch by batch, so that each transaction is short. Raises what stops the record; nothing is signed then.
    """
    total = 0
    while True:
        waited = sequencer.sequence(at)
        publishing.publish(at)
        total += waited
        if waited < sequencer.BATCH:
            return total
