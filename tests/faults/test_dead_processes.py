"""A due stage appears though worker, beat, broker or keeper are dead; without the keeper a dead broker stops it."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.faults.checks import complaints
from tests.faults.stack import Stack
from tests.selection.story import Stage

PROMISED = 30  # seconds from due to public with something dead
RINGS = 12  # seconds: more than two rings of keeper or beat
DAY = timedelta(days=1)


@pytest.fixture
def stack(own_database):
    processes = Stack()
    processes.start_broker()
    yield processes
    processes.close()


def becomes_due(cast=None) -> Stage:
    """A prepared and approved stage that is due by the real clock in a moment."""
    story = Stage(2, cast=cast).ready()
    now = timezone.now()
    type(story.stage).objects.filter(pk=story.stage.pk).update(
        opens_at=now - 9 * DAY, closes_at=now - DAY, announce_at=now + timedelta(seconds=0.5)
    )
    return story


def appears(story, within: float) -> bool:
    """Whether it is public, once and whole, `within` seconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if complaints([story.stage]) == []:
            return True
        time.sleep(0.1)
    return False


def test_with_worker_beat_broker_or_keeper_killed_a_due_stage_appears(stack):
    stack.start("worker", "beat")
    first = becomes_due()
    cast = first.pia, first.rudi
    assert appears(first, PROMISED), "no keeper: worker and beat alone announce it"

    stories = [first]
    stack.start("keeper")
    for victim in ("worker", "beat", "what the broker holds", "broker"):
        story = becomes_due(cast)
        stack.flush_broker() if victim == "what the broker holds" else stack.kill(victim)
        assert appears(story, PROMISED), f"{victim} killed"
        stories.append(story)

    assert complaints([story.stage for story in stories]) == []


def test_without_the_keeper_a_dead_broker_keeps_a_due_stage_waiting(stack):
    """The twin: the same processes less the keeper. It comes back and finds what was missed."""
    stack.start("worker", "beat")
    first = becomes_due()
    assert appears(first, PROMISED)

    stack.kill("broker")
    second = becomes_due((first.pia, first.rudi))
    assert not appears(second, RINGS)

    stack.start("keeper")
    assert appears(second, PROMISED)
    assert complaints([first.stage, second.stage]) == []
