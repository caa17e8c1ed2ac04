"""What everybody sees of a session while its scores arrive: numbers of participants and scores, nobody's name, no verdict.

`exams/live_kept.py` reads it once for everybody; this file puts it into the order and the page that somebody asked for.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.paginator import Paginator

from exams.actions.live_sessions import components_of
from exams.models import ExamSession, LiveRow
from lib import indonesian_text
from selection.queries import participants
from selection.rendering.rows import CLOSED_BELOW

A_PAGE, ON_A_WALL = 100, 20
SILENT = timedelta(minutes=1)  # after this long the page says that nothing arrives
FRESH = timedelta(seconds=30)  # as long as this a score bears the word "baru"
ORDERS = ("nilai", "nomor")


@dataclass(frozen=True)
class Line:
    """A participant as everybody sees it: `closed` where too few people of the kind take part to show scores."""

    number: str
    room: str
    shown_at: datetime
    received_at: datetime
    values: tuple[Decimal | None, ...]
    total: Decimal | None
    closed: bool


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see: every combination is an address, and there are only so many of them."""

    order: str = "nilai"
    page: int = 1
    room: int = 0  # 1 is the first room, 0 all of them
    wall: bool = False
    paused: bool = False  # other orders, rooms and pages of a paused board are paused, too

    @classmethod
    def of(cls, query, rooms: int = 60) -> "Asked":
        order = query.get("urut", "")
        return cls(
            order if order in ORDERS else "nilai", _number(query.get("halaman"), 1, 9999),
            _number(query.get("ruang"), 0, rooms), query.get("layar") == "1",
            query.get("jeda") == "1",
        )  # fmt: skip

    def address(self, **changes) -> str:
        found = {
            "urut": self.order,
            "ruang": self.room,
            "halaman": self.page,
            "layar": int(self.wall),
            "jeda": int(self.paused),
        } | changes
        return "?" + "&".join(f"{name}={value}" for name, value in found.items() if value)


def _number(text, least: int, most: int) -> int:
    good = text and text.isascii() and text.isdecimal() and len(text) < 5 and least <= int(text) <= most
    return int(text) if good else least


def ago(length: timedelta) -> str:
    """7 detik, 12 menit."""
    seconds = max(0, int(length.total_seconds()))
    return f"{seconds} detik" if seconds < 60 else indonesian_text.span(length)


def clock(value: datetime, zone) -> str:
    """10.42.07 WIB: to the second, since the lag is."""
    local = value.astimezone(zone)
    return f"{local:%H.%M.%S} {local.tzname()}"


def small_groups(stage) -> set[str]:
    """Kinds of need with fewer than CLOSED_BELOW people in the stage: as in its announcement, whoever arrived so far."""
    groups = Counter(participants(stage).order_by().values_list("formation__need", flat=True))
    return {need for need, people in groups.items() if people < CLOSED_BELOW}


def lines(session: ExamSession, small: set[str]) -> tuple[list[str], list[Line]]:
    """The component keys in the order of the rule, and one line per participant, from the newest score of each."""
    found = (
        LiveRow.objects.filter(delivery__session=session)
        .order_by("score__application_id", "-score__shown_at")
        .distinct("score__application_id")
        .values_list(
            "score__application__participant_number", "score__application__formation__need", "room", "score__shown_at",
            "delivery__received_at", "score__components", "score__values",
        )
    )  # fmt: skip
    found = list(found)
    official = [one["key"] for one in components_of(session.stage)]
    keys = sorted({key for row in found for key in row[5]}, key=official.index)
    made = []
    for number, need, room, shown_at, received_at, components, values in found:
        if need in small:
            made.append(Line(number, room, shown_at, received_at, (), None, closed=True))
            continue
        named = dict(zip(components, values, strict=True))
        there = [value for value in values if value is not None]
        total = sum(there) if there else None
        shown = tuple(named.get(key) for key in keys)
        made.append(Line(number, room, shown_at, received_at, shown, total, closed=False))
    return keys, made


def ordered(found: list[Line], order: str) -> list[Line]:
    """By number, or by total, the highest first; a closed line says nothing by its place."""
    if order == "nomor":
        return sorted(found, key=lambda one: one.number)
    return sorted(found, key=lambda one: (one.closed, one.total is None, -(one.total or 0), one.number))


def page_of(found: list[Line], asked: Asked, rooms: list[str]):
    """The page that was asked for, the last one where there are fewer."""
    inside = [one for one in found if one.room == rooms[asked.room - 1]] if 0 < asked.room <= len(rooms) else found
    return Paginator(ordered(inside, asked.order), ON_A_WALL if asked.wall else A_PAGE).get_page(asked.page)


def freshness(session: ExamSession, found: list[Line], *, at: datetime) -> dict:
    """How old the data is at `at`, as a whole and in each room; `silent` since when nothing came of an open session."""
    zone = session.stage.recruitment.zone
    newest = max((one.shown_at for one in found), default=None)
    rooms = []
    for name in session.rooms:
        times = [one.shown_at for one in found if one.room == name]
        last = max(times, default=None)
        rooms.append(
            {"name": name, "count": len(times), "clock": last and clock(last, zone), "ago": last and ago(at - last)}
        )
    return {
        "clock": newest and clock(newest, zone),
        "ago": newest and ago(at - newest),
        "made": clock(at, zone),
        "silent": bool(newest and session.is_open and at - newest >= SILENT),
        "rooms": rooms,
        "count": len(found),
    }
