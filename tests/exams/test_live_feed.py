"""Live scores: taken as a whole and once, by the session's own key, and shown to everybody without a verdict."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exams.actions import live_feed, live_sessions
from exams.live_rows import Refused
from exams.models import LiveDelivery
from oversight.flags.live_scores import shown_and_imported
from selection.models import LiveScore
from tests.exams.sitting_down import without_trigger
from tests.selection.story import Stage

MINUTE = timedelta(minutes=1)


class Room:
    """A stage with `people` participants and a session that was opened an hour ago."""

    def __init__(self, people: int = 12):
        cache.clear()
        self.story = Stage(people)
        self.now = timezone.now()
        self.session = self.another("Sesi 1")

    def another(self, name: str):
        story, at = self.story, self.now - 60 * MINUTE
        made = live_sessions.make(
            story.stage, name=name, place="Aula", rooms=["A", "B"], held_on=at.date(), by=story.pia, at=at
        )
        return live_sessions.open_(made, by=story.rudi, at=at)

    def lines(self, *, minutes: int = 10, twk: int = 90, people=None) -> bytes:
        when = (self.now - minutes * MINUTE).isoformat()
        rows = [f"{one.participant_number},A,{when},{twk},100,180" for one in people or self.story.people]
        return "\n".join(["nomor,ruang,waktu,twk,tiu,tkp", *rows]).encode()

    def bring(self, raw: bytes, **more):
        return live_feed.receive(self.session, raw, by=self.story.pia, at=self.now, **more)

    def post(self, raw: bytes, words: str, query: str = ""):
        return Client(enforce_csrf_checks=True).post(
            f"/api/v1/skor/{self.session.slug}/{query}", raw, content_type="text/csv",
            headers={"authorization": f"Bearer {words}"},
        )  # fmt: skip


@pytest.fixture
def room(db):
    return Room()


def test_a_delivery_sent_again_changes_nothing(room):
    words = live_sessions.new_key(room.session, by=room.story.pia, at=room.now)

    first, again = (room.post(room.lines(), words) for _turn in range(2))

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (LiveScore.objects.count(), LiveDelivery.objects.count()) == (12, 1)
    assert room.post(room.lines(minutes=5), words, "?urut=1").status_code == 409


def test_the_key_of_another_session_opens_nothing(room):
    other = live_sessions.new_key(room.another("Sesi 2"), by=room.story.pia, at=room.now)

    assert room.post(room.lines(), other).status_code == 401
    assert not LiveScore.objects.exists()


def test_a_number_of_another_stage_refuses_the_whole_delivery(room):
    stranger = Stage(1).people[0]

    with pytest.raises(Refused) as refused:
        room.bring(room.lines(people=[*room.story.people, stranger]))

    assert [(one.row, one.column) for one in refused.value.problems] == [(14, "nomor")]
    assert not LiveScore.objects.exists()
    with pytest.raises(DatabaseError, match="another recruitment"), transaction.atomic():
        _insert(room, stranger, room.now)
    with without_trigger("selection_livescore", "live_score_never_older"):  # the twin
        _insert(room, stranger, room.now)


def _insert(room, person, at):
    return LiveScore.objects.create(
        stage=room.story.stage, application=person, components=["twk"], values=[150], shown_at=at
    )


def test_a_back_dated_score_is_refused_and_the_newest_counts(room):
    room.bring(room.lines(minutes=10))
    room.bring(room.lines(minutes=5, twk=95))

    with pytest.raises(Refused):
        room.bring(room.lines(minutes=7, twk=150))
    with pytest.raises(Refused):
        room.bring(room.lines(minutes=90, twk=150))
    with pytest.raises(DatabaseError, match="newer score"), transaction.atomic():
        _insert(room, room.story.people[0], room.now - 7 * MINUTE)

    assert LiveScore.objects.count() == 24
    assert '<td class="number">95</td>' in Client().get(f"/skor/{room.session.slug}/").content.decode()


def test_nobody_deletes_what_was_shown(room):
    room.bring(room.lines())

    for table in ("selection_livescore", "exams_livedelivery", "exams_liverow"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_the_official_file_is_held_against_the_newest_score(room):
    room.bring(room.lines(minutes=10, twk=1))
    rows = room.story.lines().splitlines()[1:]
    when = room.now.isoformat()
    same = [",".join([line.split(",")[0], "A", when, *line.split(",")[1:]]) for line in rows]
    same[0] = same[0].replace(",120,", ",110,")
    room.bring("\n".join(["nomor,ruang,waktu,twk,tiu,tkp", *same]).encode())
    room.story.score()

    page = Client().get(f"/skor/{room.session.slug}/").content.decode()

    assert "Nilai layar berbeda dari nilai resmi: 1" in page
    assert [len(one.lines) for one in shown_and_imported()] == [1]


def test_a_small_group_shows_no_score(db):
    room = Room(9)
    room.bring(room.lines(twk=97))

    page = Client().get(f"/skor/{room.session.slug}/").content.decode()

    assert ">97<" not in page
    assert "377" not in page
    assert room.story.people[0].participant_number in page


def test_a_hundred_viewers_cost_one_rendering(room):
    room.bring(room.lines())
    address = f"/skor/{room.session.slug}/"

    with CaptureQueriesContext(connection) as first:
        answer = Client().get(address)
    with CaptureQueriesContext(connection) as others:
        for _viewer in range(100):
            Client().get(address)

    assert len(first) > 0
    assert len(others) == 0
    assert len(answer.content) < 60_000
    assert answer.headers["Cache-Control"].startswith("public, max-age=5")
