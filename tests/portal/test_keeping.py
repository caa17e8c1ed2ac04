"""What keeps itself is rung for selection and oversight apart: neither waits for the other, nor falls with it."""

from datetime import timedelta
from threading import Event

from django.db import connection

from exams.actions import keeping as exams_keeping
from oversight.actions import hold
from portal import keeping
from selection.models import Announcement
from tests.oversight.story import DUE, make_watch, told
from tests.roles import working_as


def test_a_duty_of_the_oversight_that_fails_does_not_stop_an_announcement(own_database):
    """The keeper may suddenly not read who is in the team: its holds are told to nobody, the result appears."""
    watch = make_watch()
    watch.story.ready()
    placed = hold.place(watch.stage, reason="Periksa dulu.", by=watch.oka, at=DUE - timedelta(days=2))
    with connection.cursor() as cursor:
        cursor.execute("REVOKE SELECT ON oversight_membership FROM portal_seq")

    with working_as("portal_seq"):
        for keep in reversed(keeping.KEEPS):
            keeping.ring(keep, DUE)

    assert Announcement.objects.public().count() == 1
    assert told(f"hold:{placed.pk}:lapsed") == set()


def test_with_its_rights_the_keeper_does_both(own_database):
    watch = make_watch()
    watch.story.ready()
    placed = hold.place(watch.stage, reason="Periksa dulu.", by=watch.oka, at=DUE - timedelta(days=2))

    with working_as("portal_seq"):
        for keep in keeping.KEEPS:
            keeping.ring(keep, DUE)

    assert Announcement.objects.public().count() == 1
    assert watch.story.pia.email in told(f"hold:{placed.pk}:lapsed")


def test_a_slow_duty_beside_does_not_hold_up_the_rounds(own_database):
    stopped, never, rounds = Event(), Event(), []

    def quick(at):
        rounds.append(at)
        if len(rounds) == 3:
            stopped.set()

    def slow(at):
        never.wait(30)

    keeping.loop(stopped, 0.01, (quick, slow))
    never.set()

    assert len(rounds) == 3


def test_what_people_wait_for_is_rung_more_often_than_the_rest(own_database, monkeypatch):
    stopped, rounds, seldom = Event(), [], []

    def waited_for(at):
        rounds.append(at)
        if len(rounds) == 3:
            stopped.set()

    monkeypatch.setitem(keeping.OFTEN, waited_for, 0.01)
    keeping.loop(stopped, 600, (seldom.append, waited_for))

    assert (len(rounds), len(seldom)) == (3, 1)


def test_the_score_of_a_test_is_waited_for():
    assert keeping.OFTEN[exams_keeping.end] <= 1
    assert exams_keeping.end in keeping.KEEPS[1:]  # the first is rung at the pace of all


def test_a_round_that_fails_is_followed_by_the_next(own_database):
    stopped, rounds = Event(), []

    def stumbling(at):
        rounds.append(at)
        if len(rounds) == 2:
            stopped.set()
        raise ValueError("a plain mistake")

    keeping.loop(stopped, 0.01, (stumbling,))

    assert len(rounds) == 2
