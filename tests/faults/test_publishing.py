"""A due stage is announced exactly once and whole, whoever is killed, however many ring; each twin goes red."""

import random
import time
from datetime import timedelta

import pytest
from django.db import connection

from selection.models import Announcement
from tests.faults.checks import Reader, complaints
from tests.faults.publishers import POINTS
from tests.faults.stack import Publishers, Stack
from tests.selection.story import DUE, Stage

LATER = timedelta(minutes=1)
KILLED = -9
ONCE = {
    "selection_announcement": (
        "one_announcement_per_stage_version",
        "announcement_number_version",
        "selection_announcement_preparation_id_key",
        "selection_announcement_supersedes_id_key",
        "correction_supersedes_with_reason",
    ),
    "publishing_publication": ("publishing_publication_source_key",),
}


@pytest.fixture
def publishers(own_database):
    processes = Publishers()
    yield processes
    processes.close()


@pytest.fixture
def web(own_database):
    stack = Stack()
    yield stack.serve()
    stack.close()


def ready_stages(count: int, people: int = 2) -> list:
    first = Stage(people).ready()
    rest = [Stage(people, cast=(first.pia, first.rudi)).ready() for _ in range(count - 1)]
    return [story.stage for story in (first, *rest)]


def number_of(stage) -> str:
    return str(stage.numbers.get(series="P"))


def without_constraints() -> None:
    with connection.cursor() as cursor:
        for table, names in ONCE.items():
            for name in names:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


# --- Many at once --------------------------------------------------------------------------------
def test_twenty_stages_rung_by_four_processes_at_once_make_twenty_announcements(publishers):
    stages = ready_stages(20)

    assert publishers.announce(DUE, processes=4) == [0, 0, 0, 0]

    assert complaints(stages) == []


@pytest.mark.parametrize("left", ["the row lock", "the constraints"])
def test_one_of_lock_and_constraints_is_enough_when_four_look_before_one_writes(publishers, left):
    (stage,) = ready_stages(1)
    if left == "the row lock":
        without_constraints()

    taken = ["a quick processor"] + (["the row lock"] if left == "the constraints" else [])
    publishers.announce(DUE, processes=4, without=taken)

    assert complaints([stage]) == []


def test_without_lock_and_constraints_the_same_four_announce_more_than_once(publishers):
    """The twin of the tests above."""
    (stage,) = ready_stages(1)
    without_constraints()

    publishers.announce(DUE, processes=4, without=["a quick processor", "the row lock"])

    assert Announcement.objects.filter(stage=stage).count() > 1
    assert any(complaint.startswith("announced_once: ") for complaint in complaints([stage]))


# --- Killed on the way -----------------------------------------------------------------------------
def test_killed_at_any_point_another_process_finishes_and_no_reader_sees_a_part(publishers, web):
    stages = ready_stages(len(POINTS), people=12)
    times = [DUE + turn * timedelta(hours=1) for turn in range(len(POINTS))]
    for stage, due in zip(stages, times, strict=True):
        type(stage).objects.filter(pk=stage.pk).update(announce_at=due)

    with Reader(web, [number_of(stage) for stage in stages]) as reader:
        for stage, point, due in zip(stages, POINTS, times, strict=True):
            assert publishers.announce(due, kill=point) == [KILLED], f"{point} was not reached"
            assert publishers.announce(due + LATER) == [0]
            assert complaints([stage]) == [], point

    assert reader.complaints(stages) == []


def test_killed_at_random_moments_it_is_announced_once_and_whole(publishers):
    seed = random.randrange(10**6)
    moments, stages = random.Random(seed), ready_stages(12)
    started = time.monotonic()
    publishers.announce(DUE - timedelta(days=1))
    idle = time.monotonic() - started

    codes = []
    for _ in range(12):
        codes += publishers.announce(DUE, kill_after=moments.uniform(0, 2 * idle), without=["a quick disk"])
    publishers.announce(DUE + LATER)

    assert KILLED in codes, f"seed {seed}: nobody was killed"
    assert complaints(stages) == [], f"seed {seed}"


@pytest.mark.parametrize(
    ("taken", "point", "complaint"),
    [
        (["the rename"], "half copied", "files_are_whole: "),
        (["the transaction", "the row lock"], "in the freezing transaction", "recorded_and_announced: "),
    ],
)
def test_without_the_protection_a_killed_process_leaves_a_part(publishers, taken, point, complaint):
    """The twin: files copied where they are read, or a freeze that is no transaction."""
    (stage,) = ready_stages(1)

    assert publishers.announce(DUE, without=taken, kill=point) == [KILLED]
    assert publishers.announce(DUE + LATER, without=taken) == [0]

    assert any(words.startswith(complaint) for words in complaints([stage]))


# --- Read while it is written ------------------------------------------------------------------------
def test_a_reader_sees_nothing_or_all_and_each_version_whole(publishers, web):
    story = Stage(120).ready()

    with Reader(web, [number_of(story.stage)]) as reader:
        publishers.announce(DUE, without=["a quick disk"])
        story.correct(p0=66)
        publishers.announce(DUE + timedelta(hours=3), without=["a quick disk"])

    assert reader.complaints([story.stage]) == []
    assert len(reader.seen[f"/pengumuman/{number_of(story.stage)}/data.csv"]) == 3, "nothing, version 1, version 2"


def test_without_the_rename_the_same_reader_sees_a_part(publishers, web):
    """The twin: the portal's own steps with files copied where they are read."""
    (stage,) = ready_stages(1, people=120)

    with Reader(web, [number_of(stage)]) as reader:
        publishers.announce(DUE, without=["a quick disk", "the rename"])

    assert complaints([stage]) == [], "at the end all is well: only a reader can notice"
    assert any("seen in part" in complaint for complaint in reader.complaints([stage]))
