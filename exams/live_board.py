"""What everybody sees of a session while its scores arrive: numbers of participants and scores, nobody's name, no verdict.

One rendering serves everybody for `KEEPS` seconds: see `kept`.
"""

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.cache import cache
from django.core.paginator import Paginator
from django.db import connection

from exams.models import ExamSession, LiveRow
from lib import indonesian_text

KEEPS = 5
STALE = 60  # shown while somebody else renders the next one
TURN = 10
FEWEST = 10  # a smaller group shows no scores in public
A_PAGE = 100
ORDERS = ("nilai", "nomor")


@dataclass(frozen=True)
class Line:
    """A participant as everybody sees it: `closed` where too few people of the kind took part to show scores."""

    number: str
    room: str
    shown_at: datetime
    values: tuple[Decimal | None, ...]
    total: Decimal | None
    closed: bool


def ago(length: timedelta) -> str:
    """7 detik lalu, 12 menit lalu."""
    seconds = max(0, int(length.total_seconds()))
    return f"{seconds} detik lalu" if seconds < 60 else f"{indonesian_text.span(length)} lalu"


def clock(value: datetime, zone) -> str:
    """10.42.07 WIB: to the second, since the lag is."""
    local = value.astimezone(zone)
    return f"{local:%H.%M.%S} {local.tzname()}"


def lines(session: ExamSession) -> tuple[list[str], list[Line]]:
    """The component keys, and one line per participant, from the newest score of each; one statement."""
    found = (
        LiveRow.objects.filter(delivery__session=session)
        .order_by("score__application_id", "-score__shown_at")
        .distinct("score__application_id")
        .values_list(
            "score__application__participant_number", "score__application__formation__need", "room", "score__shown_at",
            "score__components", "score__values",
        )
    )  # fmt: skip
    found = list(found)
    keys = sorted({key for row in found for key in row[4]})
    groups = Counter(row[1] for row in found)
    made = []
    for number, need, room, shown_at, components, values in found:
        if groups[need] < FEWEST:
            made.append(Line(number, room, shown_at, (), None, closed=True))
            continue
        named = dict(zip(components, values, strict=True))
        there = [value for value in values if value is not None]
        total = sum(there) if there else None
        made.append(Line(number, room, shown_at, tuple(named.get(key) for key in keys), total, closed=False))
    return keys, made


def ordered(found: list[Line], order: str) -> list[Line]:
    """By number, or by total, the highest first; a closed line says nothing by its place."""
    if order == "nomor":
        return sorted(found, key=lambda one: one.number)
    return sorted(found, key=lambda one: (one.closed, one.total is None, -(one.total or 0), one.number))


def board(session: ExamSession, *, order: str, page: int, at: datetime) -> dict:
    """Everything the page shows of the session at `at`."""
    zone = session.stage.recruitment.zone
    keys, found = lines(session)
    newest = max((one.shown_at for one in found), default=None)
    rooms = []
    for name in session.rooms:
        times = [one.shown_at for one in found if one.room == name]
        last = max(times, default=None)
        rooms.append(
            {"name": name, "count": len(times), "clock": last and clock(last, zone), "ago": last and ago(at - last)}
        )
    return {
        "session": session,
        "keys": [key.upper() for key in keys],
        "page": Paginator(ordered(found, order), A_PAGE).get_page(page),
        "count": len(found),
        "closed": sum(one.closed for one in found),
        "rooms": rooms,
        "clock": newest and clock(newest, zone),
        "ago": newest and ago(at - newest),
        "order": order,
        "official": official(session),
    }


OFFICIAL = """
    WITH shown AS (
        SELECT DISTINCT ON (l.application_id) l.application_id, l.components, l."values"
        FROM selection_livescore l JOIN exams_liverow r ON r.score_id = l.id
        JOIN exams_livedelivery d ON d.id = r.delivery_id
        WHERE d.session_id = %(session)s ORDER BY l.application_id, l.shown_at DESC
    ), filed AS (
        SELECT DISTINCT ON (s.application_id) s.application_id, b.components, s."values"
        FROM selection_scorebatch b JOIN selection_score s ON s.batch_id = b.id
        WHERE b.stage_id = %(stage)s AND b.state = 'approved' ORDER BY s.application_id, b.sequence DESC
    )
    SELECT a.participant_number, EXISTS (
        SELECT FROM unnest(w.components, w."values") seen(component, value)
        JOIN unnest(f.components, f."values") said(component, value) ON said.component = seen.component
        WHERE seen.value IS DISTINCT FROM said.value)
    FROM shown w JOIN filed f ON f.application_id = w.application_id
    JOIN selection_application a ON a.id = w.application_id ORDER BY 1
"""


def official(session: ExamSession) -> dict | None:
    """How many scores of the session stand in the official file in force, and whose differ; None before there is one."""
    with connection.cursor() as cursor:
        cursor.execute(OFFICIAL, {"session": session.pk, "stage": session.stage_id})
        found = cursor.fetchall()
    return {"compared": len(found), "different": [number for number, differs in found if differs]} if found else None


def kept(key: str, render):
    """What `render` makes, at most once in KEEPS seconds for everybody; meanwhile the one before is shown.

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
        found = render()
        cache.set(name, found, KEEPS)
        cache.set(f"{name}:stale", found, STALE)
    finally:
        cache.delete(f"{name}:turn")
    return found
