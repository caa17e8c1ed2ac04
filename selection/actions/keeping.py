"""All that has to happen by itself when its time has come."""

import logging

from ledger.actions import witnessing
from publishing.actions import delivery
from selection.actions import announcement, batches, closing

logger = logging.getLogger(__name__)


def keep(at) -> None:
    """Close, bind what was sent, announce, ask the witnesses, send what is queued; one that fails does not stop the rest."""
    duties = (
        closing.close_due,
        batches.record_batch,
        announcement.announce_due,
        witnessing.ask,
        delivery.deliver_due,
    )
    for duty in duties:
        try:
            duty(at)
        except Exception:
            logger.exception("%s failed; the next ring tries again", duty.__name__)
