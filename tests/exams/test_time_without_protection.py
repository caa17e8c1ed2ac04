"""The twins of the ten ways to gain time in a test that counts: the same trick pays when its protection is taken out."""

from datetime import timedelta

import pytest
from django.core import signing
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exams import exam_key
from exams.actions import seats
from exams.actions import sitting as sittings
from exams.models import Answer, Seat, Sitting
from exams.views import exam, taking
from tests.exams.local_room import MINUTE, Hall
from tests.exams.sitting_down import long_ago, rewritten, rewritten_trigger, without_trigger
from tests.exams.test_taking_a_test import JSON, MOST, enter, save, sitting_of, start, start_again

TEN = timedelta(minutes=10)


@pytest.fixture
def hall(db):
    return Hall().open()


@pytest.fixture
def open_doors(monkeypatch):
    """The pages let everybody through, as if there were time: what is left is the database's word."""
    monkeypatch.setattr(taking, "left", lambda sitting: MOST)


def without(table: str, *constraints: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def without_one_sitting_per_seat() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'exams_sitting'::regclass AND contype = 'u'"
            " AND conkey = ARRAY[(SELECT attnum FROM pg_attribute WHERE attrelid = conrelid AND attname = 'seat_id')]"
        )
        [(name,)] = cursor.fetchall()
    without("exams_sitting", name)


def begin_without_looking(monkeypatch) -> None:
    """Both tabs have looked before one of them has written."""
    looked = rewritten(sittings, "begin_at", ("if found :=", "if False and"), ("return found", "return None"))
    monkeypatch.setattr(sittings, "begin_at", looked)


def test_the_databases_word_alone_is_enough_for_late_answers_and_ended_tests(hall, open_doors):
    late, done = start(hall, 0), start(hall, 1)
    long_ago(sitting_of(hall, 0), TEN)
    sittings.end(sitting_of(hall, 1))

    assert [save(one, 1).status_code for one in (late, done)] == [409, 409]
    assert not Answer.objects.exists()


def test_1_a_database_that_believed_the_senders_clock_would_take_a_late_answer(hall, open_doors):
    browser = start(hall)
    long_ago(sitting_of(hall), TEN)
    rewritten_trigger("exams_answer", "answer_in_time", ("clock_timestamp() >= ends_at", "NEW.at >= ends_at"))

    assert save(browser, 1).status_code == 200


def test_2_without_the_marks_an_old_answer_sent_again_would_win(hall):
    browser = start(hall)
    save(browser, 1, "A", "old")
    save(browser, 1, "B", "new")
    without("exams_answer", "one_answer_per_mark")

    assert save(browser, 1, "A", "old").json()["number"] == 3
    assert sittings.latest(sitting_of(hall))[1].mark == "old"


def test_3_a_seat_that_might_sit_twice_would_get_another_clock(hall, monkeypatch):
    browser = start(hall)
    before = sitting_of(hall).ends_at
    begin_without_looking(monkeypatch)
    browser.post(reverse("exam_start"))
    assert sitting_of(hall).ends_at == before, "the constraint alone is enough, also when two tabs begin at once"

    without_one_sitting_per_seat()
    browser.post(reverse("exam_start"))

    assert Sitting.objects.filter(seat=hall.seat()).order_by("ends_at").last().ends_at > before


def test_4_a_code_that_is_not_spent_would_let_a_second_device_in(hall, monkeypatch):
    number, code = hall.seat().application.participant_number, hall.seat().code
    without("exams_seat", "seat_code_is_spent_by_its_device")
    monkeypatch.setattr(
        seats, "_take", rewritten(seats, "_take", ("seat.code, ", ""), ("= None, digest_of", "= digest_of"))
    )
    start(hall)
    with without_trigger("exams_seat", "seat_stays_as_drawn"):
        other = Client()
        entered = other.post(reverse("exam_door"), {"number": number, "code": code})

    assert entered.status_code == 302
    assert save(other, 1).status_code == 200


def test_5_a_database_that_did_not_look_at_the_end_would_take_a_whole_late_queue(hall, open_doors):
    browser = start(hall)
    long_ago(sitting_of(hall), TEN)
    rewritten_trigger("exams_answer", "answer_in_time", ("OR clock_timestamp() >= ends_at", ""))

    assert [save(browser, n, mark=f"q{n}").status_code for n in (1, 2, 3)] == [200, 200, 200]


def test_6_a_tab_that_counted_from_the_begin_would_have_a_clock_of_its_own(hall, monkeypatch):
    browser = start(hall)
    long_ago(sitting_of(hall), timedelta(minutes=4))
    assert browser.get(reverse("exam_state"), headers=JSON).json()["left"] <= 6 * 60_000

    monkeypatch.setattr(taking, "left", rewritten(taking, "left", ("clock_timestamp()", "starts_at")))

    assert browser.get(reverse("exam_state"), headers=JSON).json()["left"] == MOST


@pytest.mark.parametrize("signed", [True, False])
def test_7_a_key_that_was_not_looked_up_or_not_checked_would_open_somebodys_test(hall, monkeypatch, signed):
    browser = start(hall)
    browser.cookies["ujian"] = signing.dumps("geraten", salt=exam_key.SALT) if signed else "geraten"
    opens = rewritten(exam_key, "current", ("seat__key_digest=digest_of(key)", "seat__isnull=False"))
    monkeypatch.setitem(vars(exam.EXAM), "current", opens)
    assert (save(browser, 1, mark="x").status_code == 200) is signed, "a signature is asked for as well"

    if not signed:
        raw = rewritten(exam_key, "of", ("return signing.loads(", "return str("), (", salt=SALT, max_age=A_DAY)", ")"))
        opens.__globals__["of"] = raw
        assert save(browser, 1, mark="y").status_code == 200


def test_8_a_database_that_did_not_know_the_end_would_take_answers_to_an_ended_test(hall, open_doors):
    browser = start(hall)
    sittings.end(sitting_of(hall))
    seats.free(hall.seat(), words="Ingin ulang.", by=hall.room_officer, at=timezone.now())
    other = start_again(hall)
    assert save(other, 1).status_code == 409

    rewritten_trigger("exams_answer", "answer_in_time", ("ended_at IS NOT NULL OR", ""))

    assert save(other, 1).status_code == 200
    assert save(browser, 1, mark="x").status_code == 404


@pytest.mark.parametrize(
    ("moved", "look"),
    [(-10 * MINUTE, "NEW.starts_at < place.begins_at"), (50 * MINUTE, "NEW.starts_at >= place.door_closes_at")],
    ids=["early", "late"],
)
def test_9_without_its_look_at_the_hours_a_test_would_begin_early_or_late(hall, moved, look):
    browser = enter(hall)
    hall.passes(moved)
    assert browser.post(reverse("exam_start")).url == reverse("exam_start")

    rewritten_trigger("exams_sitting", "sitting_begins", (look, "false"))

    assert browser.post(reverse("exam_start")).url == reverse("exam_question", args=[1])


def test_10_with_their_triggers_off_an_officer_would_give_time_to_whom_he_likes(hall):
    browser = start(hall)
    sat = sitting_of(hall)
    with without_trigger("exams_sitting", "sitting_time_stands"):
        Sitting.objects.filter(pk=sat.pk).update(ends_at=sat.ends_at + TEN)
    with without_trigger("exams_seat", "seat_stays_as_drawn"):
        Seat.objects.filter(pk=hall.seat(1).pk).update(extra_seconds=900)
    start(hall, 1)

    assert browser.get(reverse("exam_state"), headers=JSON).json()["left"] > MOST
    later = sitting_of(hall, 1)
    assert later.ends_at - later.starts_at == timedelta(minutes=25)
