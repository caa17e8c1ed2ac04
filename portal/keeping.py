"""The loops of the keeper: for the road of applications, for sending, for people who asked for news, for what the oversight keeps."""

import logging
import time
from threading import Event, Thread

from django.db import close_old_connections, connection
from django.utils import timezone

from exams.actions import keeping as exams_keeping
from oversight.actions import keeping as oversight_keeping
from participation.actions import keeping as participation_keeping
from publishing.actions import keeping as publishing_keeping
from selection.actions import keeping as selection_keeping
from selection.actions import letters
from vacancies.actions import keeping as vacancies_keeping
from workforce.actions import keeping as workforce_keeping

logger = logging.getLogger(__name__)
KEEPS = (
    selection_keeping.keep,
    exams_keeping.keep,
    exams_keeping.end,
    publishing_keeping.keep_letters,
    publishing_keeping.keep_posts,
    vacancies_keeping.keep,
    participation_keeping.keep,
    letters.keep,
    workforce_keeping.keep,
    oversight_keeping.keep,
)
OFTEN = {exams_keeping.end: 1.0}  # seconds, where people wait for it: the score of a test whose time is over


def ring(keep, at) -> None:
    """One round of `keep`; what fails is tried again in the next one, on a fresh connection."""
    close_old_connections()
    try:
        keep(at)
    except Exception:
        logger.exception("a round failed")
        connection.close()


def loop(stopped: Event, every: float, keeps=KEEPS) -> None:
    """Ring each of `keeps` every `every` seconds until `stopped`, the first here and the others beside it.

    Each has its own thread and connection, so that a slow duty of one never makes an announcement late; what stands
    in OFTEN is rung so often.
    """
    first, *others = keeps
    for keep in others:
        often = min(every, OFTEN.get(keep, every))
        name = f"{keep.__module__}.{keep.__name__}"
        Thread(target=_rounds, args=(keep, stopped, often), name=name, daemon=True).start()
    _rounds(first, stopped, every)


def _rounds(keep, stopped: Event, every: float) -> None:
    while not stopped.is_set():
        started = time.monotonic()
        ring(keep, timezone.now())
        stopped.wait(max(0.0, every - (time.monotonic() - started)))
    connection.close()
