"""Duties of the oversight that keep themselves."""

from datetime import timedelta

import pytest

from oversight.actions import hold, keeping
from tests.oversight.story import NOON, told
from tests.roles import working_as

LAPSED = NOON + timedelta(hours=24)


@pytest.fixture
def placed(watch):
    return hold.place(watch.stage, reason="Daftar tidak cocok.", by=watch.oka, at=NOON)


def test_a_duty_that_fails_does_not_stop_the_next(watch):
    done = []

    def broken(at):
        raise RuntimeError("no use")

    keeping.keep(NOON, duties=(broken, done.append))

    assert done == [NOON]


@pytest.mark.parametrize("role", ["portal_seq", "portal_work"])
def test_a_lapsed_hold_is_told_to_office_and_team_once(watch, placed, role):
    with working_as(role):
        keeping.keep(LAPSED)
        keeping.keep(LAPSED + timedelta(hours=1))

        assert told(f"hold:{placed.pk}:lapsed") == {watch.story.pia.email, watch.story.rudi.email}
        assert told(f"hold:{placed.pk}:lapsed:team") == {watch.oka.email, watch.omar.email}
        assert hold.tell_lapsed(LAPSED) == 0


def test_a_hold_that_runs_is_not_told_as_lapsed(watch, placed):
    keeping.keep(LAPSED - timedelta(seconds=1))

    assert told(f"hold:{placed.pk}:lapsed") == set()


@pytest.mark.parametrize("end", ["confirmed", "lifted"])
def test_a_hold_that_was_confirmed_or_lifted_does_not_lapse(watch, placed, end):
    if end == "confirmed":
        hold.confirm(placed, by=watch.omar, at=NOON)
    else:
        hold.lift(placed, reason="Sudah diperbaiki.", by=watch.oka, at=NOON)

    keeping.keep(LAPSED)

    assert told(f"hold:{placed.pk}:lapsed") == set()
