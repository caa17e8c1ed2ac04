"""A test that counts goes on though web, worker, broker, cache and database are killed in mid-session; twins go red.

The rule about time: the clock of a sitting stands in the database and stands still for nobody. Who waited for a process
that came back has the same end as before, the same as everybody else, and every acknowledged answer.
"""

import time
from datetime import timedelta

import pytest
from django.db import connection

from exams import scoring
from exams.actions import sitting as sittings
from exams.models import Sitting
from tests.exams.local_room import Hall
from tests.exams.sitting_down import long_ago
from tests.faults.candidates import Room
from tests.faults.database import moved
from tests.faults.stack import Stack

PEOPLE = 24


def seated(people: int) -> list[Sitting]:
    """Everybody at the own device, begun."""
    hall = Hall(people).open()
    return [hall.begin(place) for place in range(people)]


@pytest.fixture
def stack(own_database):
    processes = Stack()
    yield processes
    processes.close()


def score_by_hand(room: Room, pk: int) -> int:
    """Points by what was acknowledged last at each place."""
    [one] = [person for person in room.people if person.sitting.pk == pk]
    last = {kept.place: kept.letter for kept in one.kept}
    return sum(
        scoring.points(place.version.question, sittings.meant(place.version, one.sitting.seed, [last[place.position]]), place.worth)
        for place in one.sitting.items.select_related("version__item")
        if place.position in last
    )  # fmt: skip


def all_scored(sat: list[Sitting], within: float) -> bool:
    deadline = time.monotonic() + within
    while Sitting.objects.filter(pk__in=[one.pk for one in sat], ended_at=None).exists():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_with_web_worker_broker_cache_and_database_killed_in_mid_session_no_acknowledged_answer_is_lost(
    own_database, stack, monkeypatch
):
    sat = seated(PEOPLE)
    with moved(own_database) as database:
        stack.start_broker()
        monkeypatch.setenv("CACHE_URL", f"unix://{stack.broker_socket}?db=1")
        stack.start("worker")
        address = stack.serve()
        with Room(address, sat) as room:
            room.go_on(150)
            stack.kill("web")
            stack.serve()
            room.go_on(100)
            stack.kill("worker")
            stack.kill("broker")
            room.go_on(150)
            database.kill()
            database.start_again()
            room.go_on(150)
        connection.close()

        assert sum(one.sent_again for one in room.people) >= PEOPLE, "nobody noticed that anything was killed"
        assert room.complaints() == []

        stack.start("keeper")
        for one in sat:
            long_ago(one, timedelta(minutes=10))
        assert all_scored(sat, within=20)
        for one in Sitting.objects.filter(pk__in=[one.pk for one in sat]):
            assert one.score["total"]["points"] == score_by_hand(room, one.pk)


def test_with_commits_that_are_not_written_through_the_same_kill_loses_acknowledged_answers(own_database, stack):
    """The twin: the database answers before its log is on the disk."""
    sat = seated(8)
    with moved(own_database, synchronous_commit="off") as database:
        with Room(stack.serve(), sat) as room:
            room.go_on(60)
            database.kill()
            database.start_again()
            room.go_on(20)
        connection.close()

        assert any(words.endswith(": gone") for words in room.complaints())


def test_pages_that_acknowledge_before_they_save_lose_answers_when_they_are_killed(stack):
    """The twin: the reply goes out first."""
    sat = seated(8)
    with Room(stack.serve("tests.faults.hasty:application", PORTAL_HASTY="acknowledge first"), sat) as room:
        room.go_on(40)
        stack.kill("web")
        stack.serve()

    assert any(words.endswith(": gone") for words in room.complaints())


@pytest.mark.parametrize("marked", [True, False])
def test_an_answer_that_was_saved_and_not_acknowledged_is_there_once_as_long_as_marks_are_unique(stack, marked):
    """With its twin: without the constraint the same answer, sent again, is there twice."""
    sat = seated(4)
    if not marked:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE exams_answer DROP CONSTRAINT one_answer_per_mark")
    with Room(stack.serve("tests.faults.hasty:application", PORTAL_HASTY="die unheard"), sat) as room:
        while not stack.children["web"].has_ended():
            time.sleep(0.05)
        stack.serve()
        room.go_on(20)

    assert sum(one.sent_again for one in room.people)
    doubled = [words for words in room.complaints() if words.endswith(": doubled")]
    assert room.complaints() == [] if marked else doubled
