"""Duties that keep themselves: done in their order, each by itself."""

import logging
from collections.abc import Callable, Iterable

logger = logging.getLogger(__name__)


def run(duties: Iterable[Callable], at) -> None:
    """Call each of `duties` with `at`; one that fails is logged, tried again at the next ring, and stops no other."""
    for duty in duties:
        try:
            duty(at)
        except Exception:
            logger.exception("%s failed; the next ring tries again", duty.__name__)
