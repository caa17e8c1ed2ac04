"""A test that counts is sealed until two officers open it; nobody has its items, its codes or a seat before."""

import hashlib
import json

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from exams.actions import live_sessions, local_box, local_tests, seats
from exams.actions import sitting as sittings
from exams.models import Incident, ItemBox, LocalTest, Seat, Sitting
from ledger.models import Pending
from lib.canonical import canonical
from portal.grants import WEB
from tests.exams.local_room import MINUTE, PARTS, Hall
from tests.exams.sitting_down import without_trigger
from tests.roles import working_as


@pytest.fixture
def hall(db):
    return Hall()


def facts(kind: str) -> list[dict]:
    return [json.loads(bytes(one.body))["body"] for one in Pending.objects.filter(kind=kind)]


def test_every_participant_has_one_seat_and_the_record_has_the_commitment(hall):
    assert Seat.objects.count() == 4
    assert {(one.room, one.number) for one in Seat.objects.all()} == {("A", 1), ("B", 1), ("A", 2), ("B", 2)}
    [fact] = facts("exam.sealed")
    assert fact["digest"] == hall.test.commitment
    assert (fact["items"], fact["seats"], fact["extra"]) == (15, 4, 0)
    assert not Seat.objects.exclude(code=None).exists()


def test_the_box_is_handed_out_once_two_different_officers_opened_the_test(hall):
    with pytest.raises(local_box.StillSealed):
        local_box.opened(hall.test)
    local_tests.unseal(hall.test, by=hall.pia, at=hall.now)
    with pytest.raises(local_box.StillSealed):
        local_box.opened(hall.test)
    with pytest.raises(local_tests.NotPossible):
        local_tests.unseal(hall.test, by=hall.pia, at=hall.now)

    found = local_tests.unseal(hall.test, by=hall.rudi, at=hall.now)

    inside = local_box.opened(found)
    assert hashlib.sha256(canonical(inside)).hexdigest() == hall.test.commitment
    assert len(found.seed) == 64
    assert facts("exam.opened")
    found.session.refresh_from_db()
    assert found.session.opened_by == hall.rudi


def test_one_officer_alone_opens_nothing_in_the_database_either(hall):
    for first, second in ((hall.pia, hall.pia), (None, hall.rudi)):
        with pytest.raises(DatabaseError), transaction.atomic():
            LocalTest.objects.filter(pk=hall.test.pk).update(
                first_by=first, first_at=first and hall.now, second_by=second, second_at=hall.now, seed="0" * 64
            )


def test_without_the_check_of_two_one_officer_opens_alone(hall):
    """The twin: the constraint taken off."""
    local_tests.unseal(hall.test, by=hall.pia, at=hall.now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exams_localtest DROP CONSTRAINT local_test_second_officer_is_another")
    LocalTest.objects.filter(pk=hall.test.pk).update(second_by=hall.pia, second_at=hall.now, seed="-")

    assert local_box.opened(hall.test)["items"]


def test_the_seed_is_the_databases_whatever_the_process_says(hall):
    local_tests.unseal(hall.test, by=hall.pia, at=hall.now)

    LocalTest.objects.filter(pk=hall.test.pk).update(second_by=hall.rudi, second_at=hall.now, seed="0" * 64)

    hall.test.refresh_from_db()
    assert hall.test.seed != "0" * 64
    with pytest.raises(DatabaseError), transaction.atomic():
        LocalTest.objects.filter(pk=hall.test.pk).update(seed="1" * 64)


def test_nobody_opens_it_more_than_an_hour_before(hall):
    hall.passes(-90 * MINUTE)
    local_tests.unseal(hall.test, by=hall.pia, at=hall.now)

    with pytest.raises(local_tests.NotPossible):
        local_tests.unseal(hall.test, by=hall.rudi, at=hall.now + 60 * MINUTE)


def test_nobody_begins_before_it_is_open_before_it_begins_or_after_the_door_is_shut(hall):
    with pytest.raises(sittings.NotYet):
        sittings.begin_at(hall.seat(), at=hall.now)
    local_tests.unseal(hall.test, by=hall.pia, at=hall.now)
    local_tests.unseal(hall.test, by=hall.rudi, at=hall.now)
    with pytest.raises(sittings.NotYet):
        sittings.begin_at(hall.enter(), at=timezone.now() + 10 * MINUTE)
    hall.passes(32 * MINUTE)
    with pytest.raises(sittings.NotYet):
        sittings.begin_at(hall.seat(), at=hall.now)

    assert not Sitting.objects.exists()
    hall.passes(-10 * MINUTE)
    assert sittings.begin_at(hall.seat(), at=hall.now).items.count() == 9


def test_each_seat_has_its_own_draw_and_the_same_one_again(hall):
    hall.open()

    one, other = hall.begin(0), hall.begin(1)

    assert [place.version_id for place in one.items.all()] != [place.version_id for place in other.items.all()]
    assert sittings.begin_at(hall.seat(0), at=timezone.now()).pk == one.pk


def test_extra_time_is_part_of_the_end(db):
    hall = Hall(extra={1: 300}).open()

    usual, longer = hall.begin(0), hall.begin(1)

    assert (usual.ends_at - usual.starts_at, longer.ends_at - longer.starts_at) == (10 * MINUTE, 15 * MINUTE)
    assert facts("exam.sealed")[0]["extra"] == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Seat.objects.filter(pk=usual.seat_id).update(extra_seconds=9000)


def test_a_code_is_good_for_one_device_and_another_needs_the_room_officer(hall):
    hall.open()
    spent = hall.seat().code
    seat = hall.enter(key="perangkat-1")
    number = seat.application.participant_number
    with pytest.raises(seats.NotKnown):
        seats.enter_with_code(number, spent, key="perangkat-2", at=hall.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Seat.objects.filter(pk=seat.pk).update(key_digest="f" * 64)

    code = seats.free(seat, words="Layar mati.", by=hall.room_officer, at=hall.now)

    assert seats.of_key("perangkat-1") is None
    assert seats.enter_with_code(number, code, key="perangkat-2", at=hall.now).pk == seat.pk
    assert Incident.objects.get().kind == "device"


def test_a_wrong_code_an_empty_one_and_a_code_of_the_neighbour_open_nothing(hall):
    hall.open()
    mine, theirs = hall.seat(0), hall.seat(1)

    for code in ("", "AAAAAAAA", theirs.code):
        with pytest.raises(seats.NotKnown):
            seats.enter_with_code(mine.application.participant_number, code, key="x", at=hall.now)


@pytest.mark.parametrize(
    "change",
    [
        {"parts": [PARTS[0] | {"count": 6}]},
        {"parts": [PARTS[0] | {"scores_as": "wawancara"}]},
        {"extra": {"TIDAKADA22": 60}},
        {"seats_per_room": 0},
    ],
)
def test_what_cannot_be_is_refused_whole(hall, change):
    session = live_sessions.make(
        hall.story.stage, name="Sesi 2", place="Aula", rooms=["A"], held_on=hall.now.date(), by=hall.pia, at=hall.now
    )
    usual = {"seconds": 600, "parts": PARTS, "begins_at": hall.now + MINUTE, "door_closes_at": hall.now + 9 * MINUTE,
             "seats_per_room": 9, "own_devices": False, "extra": {}}  # fmt: skip

    with pytest.raises(local_tests.NotPossible):
        local_tests.seal(session, **(usual | change), by=hall.pia, at=hall.now)

    assert LocalTest.objects.count() == 1


def test_by_sql_as_the_web_role_nothing_of_a_sealed_test_can_be_read(own_database):
    hall = Hall()
    with working_as(WEB), connection.cursor() as cursor, pytest.raises(DatabaseError):
        cursor.execute("SELECT * FROM exams_itembox")
    with working_as(WEB), connection.cursor() as cursor:
        cursor.execute("SELECT open_item_box(%s)", [hall.test.pk])
        assert cursor.fetchone() == (None,)
        cursor.execute("SELECT sealed FROM exams_itemversion")
        assert all("Rahasia" not in text and text.startswith("gAAAA") for (text,) in cursor.fetchall())
        cursor.execute("SELECT count(*), count(code) FROM exams_seat")
        assert cursor.fetchone() == (4, 0)


def test_with_the_table_granted_the_web_role_reads_the_box(own_database):
    """The twin: what the missing right keeps shut."""
    Hall()
    with connection.cursor() as cursor:
        cursor.execute("GRANT SELECT ON exams_itembox TO portal_app")

    with working_as(WEB):
        assert "r-twk-0" in ItemBox.objects.get().inside


def test_a_seat_of_a_sealed_test_takes_no_device_unless_its_trigger_is_off(hall):
    with pytest.raises(DatabaseError), transaction.atomic():
        Seat.objects.filter(pk=hall.seat().pk).update(key_digest="a" * 64)

    with without_trigger("exams_seat", "seat_stays_as_drawn"):
        assert Seat.objects.filter(pk=hall.seat().pk).update(key_digest="a" * 64) == 1


def test_a_sitting_without_a_seat_takes_no_test_that_counts(hall):
    with pytest.raises(DatabaseError), transaction.atomic():
        sittings.Sitting.objects.create(
            blueprint=hall.test.blueprint, key_digest="b" * 64, seed="0" * 64, starts_at=hall.now, ends_at=hall.now
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.create(
            blueprint=hall.test.blueprint, seat=hall.seat(), seed="0" * 64, starts_at=hall.now, ends_at=hall.now
        )
