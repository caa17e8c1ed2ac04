"""One reading and one rendering for everybody: however many look, the database is asked once in `KEEPS` seconds."""

import time

from django.core.cache import cache
from django.http import Http404

from exams import live_board, live_differences
from exams.models import ExamSession

KEEPS = 5
READ = 2  # a reading serves the other pages of the board; with it nothing is older than KEEPS + READ
STALE = 60  # shown while somebody else makes the next one
TURN = 10  # whoever makes one and dies holds the others up no longer


def kept(key: str, make, *, keeps: int = KEEPS):
    """What `make` makes, at most once in `keeps` seconds for everybody; meanwhile the one before is shown.

    Whoever comes while the very first is made waits for it a moment.
    """
    name = f"skor:{key}"
    if (found := cache.get(name)) is not None:
        return found
    if not cache.add(f"{name}:turn", 1, TURN):
        for _wait in range(20):
            if (found := cache.get(name) or cache.get(f"{name}:stale")) is not None:
                return found
            time.sleep(0.1)
    try:
        found = make()
        cache.set(name, found, keeps)
        cache.set(f"{name}:stale", found, STALE)
    finally:
        cache.delete(f"{name}:turn")
    return found


def reading(slug: str, *, at) -> dict:
    """The session with its lines and what differs from the official scores, as it was read at most READ seconds ago.

    Raises Http404 where nobody may watch.
    """

    def read():
        session = ExamSession.objects.public().filter(slug=slug).select_related("stage__recruitment").first()
        if session is None:
            raise Http404
        small = live_board.small_groups(session.stage)
        keys, lines = live_board.lines(session, small)
        return {
            "session": session, "keys": keys, "lines": lines, "at": at,
            "differences": live_differences.differences(session, small),
        }  # fmt: skip

    return kept(f"{slug}:isi", read, keeps=READ)
