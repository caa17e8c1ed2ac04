"""Live scores: taken as a whole and once, by the session's own key, never older than what is there."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.roles import Role
from exams.actions import live_sessions
from exams.live_rows import Refused
from exams.models import ExamSession, LiveDelivery
from selection.models import LiveScore
from tests.exams.live_room import MINUTE, Room
from tests.exams.sitting_down import without_trigger
from tests.parts import make_user
from tests.selection.story import Stage


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
    assert '<td class="number">95</td>' in room.page()


def test_nobody_deletes_what_was_shown(room):
    room.bring(room.lines())

    for table in ("selection_livescore", "exams_livedelivery", "exams_liverow"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


def test_a_rival_applicant_with_the_address_brings_nothing(room):
    """The address of the feed is public; without the key of this session nothing is taken, not even a cookie helps."""
    live_sessions.new_key(room.session, by=room.story.pia, at=room.now)
    rival = Client()
    rival.force_login(make_user("saingan@contoh.example"))
    address = f"/api/v1/skor/{room.session.slug}/"

    tried = [
        rival.post(address, room.lines(twk=150), content_type="text/csv"),
        rival.post(address, room.lines(twk=150), content_type="text/csv", headers={"authorization": "Bearer "}),
        rival.post(address, room.lines(twk=150), content_type="text/csv", headers={"authorization": "Bearer None"}),
        rival.get(address),
    ]

    assert [one.status_code for one in tried] == [401, 401, 401, 405]
    assert not LiveScore.objects.exists()


def test_a_key_that_leaked_ends_with_the_next_one_and_with_the_session(room):
    leaked = live_sessions.new_key(room.session, by=room.story.pia, at=room.now)
    fresh = live_sessions.new_key(room.session, by=room.story.pia, at=room.now)
    assert room.post(room.lines(), leaked).status_code == 401
    assert room.post(room.lines(), fresh).status_code == 201

    live_sessions.close(room.session, by=room.story.rudi, at=room.now)

    assert room.post(room.lines(minutes=5), fresh).status_code == 401
    with pytest.raises(DatabaseError, match="while their session is open"), transaction.atomic():
        LiveDelivery.objects.create(
            session=room.session, sequence=9, sha256="0" * 64, rows=0, same=0, by=room.story.pia, received_at=room.now
        )


def test_a_bribed_verifier_sees_no_desk_and_the_maker_does_not_open_alone(room):
    verifier = Client()
    verifier.force_login(make_user("periksa@contoh.example", Role.VERIFIER))
    assert verifier.get(f"/kelola/nilai-langsung/{room.session.slug}/").status_code in (302, 403)
    at = room.now
    alone = live_sessions.make(
        room.story.stage, name="Sesi 9", place="Aula", rooms=["A"], held_on=at.date(), by=room.story.pia, at=at
    )

    with pytest.raises(live_sessions.NotPossible):
        live_sessions.open_(alone, by=room.story.pia, at=at)
    with pytest.raises(DatabaseError, match="exam_session_second_person"), transaction.atomic():
        _open_alone(alone, room)
    with connection.cursor() as cursor:  # the twin
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exams_examsession DROP CONSTRAINT exam_session_second_person")
    assert _open_alone(alone, room) == 1


def _open_alone(session, room) -> int:
    return ExamSession.objects.filter(pk=session.pk).update(opened_by=room.story.pia, opened_at=room.now)


def test_a_damaged_delivery_is_told_row_by_row_and_nothing_is_stored(room):
    number, when = room.story.people[0].participant_number, room.now.isoformat()
    head = "nomor,ruang,waktu,twk,tiu,tkp,total"
    rows = [
        f"{number},C,{when},90,100,180,370",  # no such room
        f"{number},A,kemarin,90,100,180,370",
        f"{number},A,{when},151,100,180,431",  # more than can be reached
        f"{number},A,{when},90,100,180,999",  # a wrong sum
        f"{number},A,{when},1e1,100,180,",
    ]

    with pytest.raises(Refused) as refused:
        room.bring("\n".join([head, *rows]).encode())

    found = {(one.row, one.column) for one in refused.value.problems}
    assert {(2, "ruang"), (3, "waktu"), (4, "twk"), (5, "total")} <= found
    for raw in (b"", b"{", b'[{"nomor": []}]', b"\xff\xfe\x00", b"nomor,nomor\n1,2", head.encode()):
        with pytest.raises(Refused):
            room.bring(raw)
    assert not LiveDelivery.objects.exists()
