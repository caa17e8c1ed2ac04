"""A stage with participants and an open session, as the tests of live scores need it."""

from datetime import timedelta

from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from exams.actions import live_feed, live_sessions
from tests.selection.story import Stage

MINUTE = timedelta(minutes=1)


class Room:
    """A stage with `people` participants and a session that was opened an hour ago."""

    def __init__(self, people: int = 12, **more):
        cache.clear()
        self.story = Stage(people, **more)
        self.now = timezone.now()
        self.session = self.another("Sesi 1")

    def another(self, name: str):
        story, at = self.story, self.now - 60 * MINUTE
        made = live_sessions.make(
            story.stage, name=name, place="Aula", rooms=["A", "B"], held_on=at.date(), by=story.pia, at=at
        )
        return live_sessions.open_(made, by=story.rudi, at=at)

    def lines(self, *, minutes: int = 10, twk: int = 90, room: str = "A", people=None) -> bytes:
        when = (self.now - minutes * MINUTE).isoformat()
        rows = [f"{one.participant_number},{room},{when},{twk},100,180" for one in people or self.story.people]
        return "\n".join(["nomor,ruang,waktu,twk,tiu,tkp", *rows]).encode()

    def as_in_the_file(self, **changes) -> bytes:
        """What the official file will say, but for the TWK of `p0`, `p1` …"""
        rows, when = self.story.lines(**changes).splitlines()[1:], self.now.isoformat()
        said = [",".join([row.split(",")[0], "A", when, *row.split(",")[1:]]) for row in rows]
        return "\n".join(["nomor,ruang,waktu,twk,tiu,tkp", *said]).encode()

    def bring(self, raw: bytes, *, session=None, **more):
        cache.clear()
        return live_feed.receive(session or self.session, raw, by=self.story.pia, at=self.now, **more)

    def post(self, raw: bytes, words: str, query: str = ""):
        return Client(enforce_csrf_checks=True).post(
            f"/api/v1/skor/{self.session.slug}/{query}", raw, content_type="text/csv",
            headers={"authorization": f"Bearer {words}"},
        )  # fmt: skip

    def get(self, more: str = "", **headers):
        return Client().get(f"/skor/{self.session.slug}{more or '/'}", headers=headers)

    def page(self, more: str = "") -> str:
        return self.get(more).content.decode()
