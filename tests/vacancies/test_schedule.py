"""The dates of a stage move only with a reason, and the move is public."""

import json
from threading import Thread

import pytest
from django.db import DatabaseError, connections, transaction

from accounts.roles import Role
from ledger.models import Pending
from tests.parts import DAY, NOON, make_recruitment, make_stage, make_user
from vacancies.actions import schedule
from vacancies.models import Revision, ScheduleChange, Stage


@pytest.fixture
def pia(db):
    return make_user("pia@contoh.example", Role.PREPARER)


@pytest.fixture
def stage(pia):
    """Opens in a day, closes seven days later, tells its result two days after."""
    recruitment = make_recruitment(published_by=pia, slug="cpns-2026")
    return make_stage(recruitment, "test", 3, slug="skd", opens_at=NOON + DAY, announce_at=NOON + 10 * DAY)


def test_a_moved_date_is_public_with_old_new_reason_and_person(stage, pia):
    schedule.change_stage(stage, by=pia, at=NOON, reason="Gedung dipakai", closes_at=NOON + 9 * DAY)

    change = ScheduleChange.objects.get()
    assert (change.field, change.old, change.new) == ("closes_at", NOON + 8 * DAY, NOON + 9 * DAY)
    assert (change.reason, change.by) == ("Gedung dipakai", pia)
    revision = Revision.objects.get(recruitment=stage.recruitment)
    assert revision.changes[0]["new"] == "Rabu, 11 November 2026 pukul 12.00 WIB"
    fact = json.loads(Pending.objects.get().body)
    body = fact["body"]
    assert (fact["type"], body["stage"], body["old"]) == ("schedule.changed", "skd", "2026-11-10T05:00:00Z")


def test_the_plan_stays_what_was_published_first(stage, pia):
    schedule.change_stage(stage, by=pia, at=NOON, reason="Gedung dipakai", opens_at=NOON + 2 * DAY)

    stage.refresh_from_db()
    assert (stage.opens_at, stage.planned_opens_at) == (NOON + 2 * DAY, NOON + DAY)


def test_before_publication_the_plan_itself_moves_and_nothing_is_told(pia):
    stage = make_stage(make_recruitment(), "test", 3, announce_at=NOON + 10 * DAY)

    schedule.change_stage(stage, by=pia, at=NOON, reason="", announce_at=NOON + 12 * DAY)

    stage.refresh_from_db()
    assert stage.announce_at == stage.planned_announce_at == NOON + 12 * DAY
    assert not ScheduleChange.objects.exists() and not Pending.objects.exists()


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [
        ({"closes_at": 9}, "  ", "Tulis alasan"),
        ({"opens_at": 9}, "x", "sesudah waktu mulai"),
        ({"closes_at": 0}, "x", "belum lewat"),
        ({"closes_at": 11}, "x", "paling cepat saat tahap selesai"),
        ({"announce_at": 7}, "x", "paling cepat saat tahap selesai"),
    ],
)
def test_dates_that_cannot_be_are_refused_in_words(stage, pia, days, reason, words):
    with pytest.raises(schedule.NotMovable, match=words):
        dates = {name: NOON + count * DAY for name, count in days.items()}
        schedule.change_stage(stage, by=pia, at=NOON, reason=reason, **dates)

    assert not ScheduleChange.objects.exists()


def test_a_stage_that_has_begun_keeps_its_beginning(stage, pia):
    with pytest.raises(schedule.NotMovable, match="sudah mulai"):
        schedule.change_stage(stage, by=pia, at=NOON + 2 * DAY, reason="x", opens_at=NOON + 3 * DAY)


def test_a_closed_stage_does_not_open_again(stage, pia):
    Stage.objects.filter(pk=stage.pk).update(closed_at=NOON + 8 * DAY)

    with pytest.raises(schedule.NotMovable, match="sudah ditutup"):
        schedule.change_stage(stage, by=pia, at=NOON + 8 * DAY, reason="x", closes_at=NOON + 9 * DAY)


def test_the_same_dates_again_are_no_change(stage, pia):
    assert schedule.change_stage(stage, by=pia, at=NOON, reason="x", closes_at=stage.closes_at) == []
    assert not Revision.objects.exists()


def test_a_change_is_never_edited(stage, pia):
    schedule.change_stage(stage, by=pia, at=NOON, reason="x", closes_at=NOON + 9 * DAY)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ScheduleChange.objects.update(reason="lain")


def test_two_who_move_the_same_date_at_once_leave_an_unbroken_history(own_database):
    pia = make_user("pia@contoh.example", Role.PREPARER)
    stage = make_stage(make_recruitment(published_by=pia), "test", 3, opens_at=NOON + DAY)

    def press(days):
        try:
            schedule.change_stage(stage, by=pia, at=NOON, reason="x", closes_at=NOON + days * DAY)
        finally:
            connections.close_all()

    threads = [Thread(target=press, args=[days]) for days in (9, 10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    first, second = ScheduleChange.objects.order_by("pk")
    stage.refresh_from_db()
    assert (first.new, second.new) == (second.old, stage.closes_at)
