"""Scores on screens: a session that goes on, and one that is over, whose official scores came later."""

import io
from datetime import timedelta

from exams.actions import live_feed, live_sessions
from selection.models import Score

ROOMS = ["Lab 1", "Lab 2", "Lab 3"]
PLACE = "Gedung Serba Guna"


def goes_on(city, stage, file: io.BytesIO, *, people: int = 130) -> None:
    """The last session of a national test: its scores came during the last hour, as the file has them."""
    head, *rows = file.getvalue().decode().splitlines()
    present = [row.split(",") for row in rows if not row.endswith(",")][-people:]
    lines = [
        (number, ROOMS[place % 3], city.now - timedelta(seconds=25 * (len(present) - place)), values)
        for place, (number, *values) in enumerate(present)
    ]
    _held(city, stage, "Sesi 12", head.lower().split(",")[1:], lines, city.now - timedelta(hours=3), city.now)


def is_over(city, stage, at) -> None:
    """A session of a test that the region ran itself; everybody sat in it."""
    found = Score.objects.filter(batch__stage=stage, batch__state="approved").select_related("batch", "application")
    found = [one for one in found.order_by("pk") if None not in one.values]
    lines = [
        (
            one.application.participant_number,
            ROOMS[place % 3],
            at + timedelta(minutes=90, seconds=3 * place),
            one.values,
        )
        for place, one in enumerate(found)
    ]
    session = _held(city, stage, "Sesi 1", found[0].batch.components, lines, at, at + timedelta(hours=6))
    live_sessions.close(session, by=city.people["rudi"], at=at + timedelta(hours=7))


def _held(city, stage, name: str, keys: list[str], lines: list, opened_at, at):
    session = live_sessions.make(
        stage, name=name, place=PLACE, rooms=ROOMS, held_on=opened_at.astimezone(stage.recruitment.zone).date(),
        by=city.people["pia"], at=opened_at,
    )  # fmt: skip
    session = live_sessions.open_(session, by=city.people["rudi"], at=opened_at)
    rows = [",".join(["nomor", "ruang", "waktu", *keys])]
    rows += [",".join([p, room, when.isoformat(), *map(str, values)]) for p, room, when, values in lines]
    live_feed.receive(session, "\n".join(rows).encode(), by=city.people["pia"], at=at)
    return session
