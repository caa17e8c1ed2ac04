"""All that has to happen by itself when its time has come."""

import logging

from publishing.actions import delivery
from selection.actions import announcement, batches, closing

logger = logging.getLogger(__name__)


def keep(at) -> None:
    """Close what is over, bind what was sent, announce what is due, send what is queued; one that fails does not stop the rest."""
    for duty in (closing.close_due, batches.record_batch, announcement.announce_due, delivery.deliver_due):
        try:
            duty(at)
        except Exception:
            logger.exception("%s failed; the next ring tries again", duty.__name__)
