"""What the oversight keeps by itself. One line for each duty; each is a row with a due time and may run twice."""

import logging

from oversight.actions import hold

logger = logging.getLogger(__name__)
DUTIES = (hold.tell_lapsed,)


def keep(at, duties=DUTIES) -> None:
    """Do what is due at `at`, each duty by itself: one that fails does not stop the next."""
    for duty in duties:
        try:
            duty(at)
        except Exception:
            logger.exception("%s failed; the next ring tries again", duty.__name__)
