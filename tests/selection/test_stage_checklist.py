"""The stage page lists what is done and what is not, and leads to where it is settled."""

import io

import pytest
from django.urls import reverse

from selection import checklist
from selection.actions import scores
from selection.actions.settlement import unsettled
from selection.checklist import Mark
from selection.models import Hold
from tests.parts import DAY, NOON, enrol
from tests.selection.story import DUE, Stage

BACKEND = "django.contrib.auth.backends.ModelBackend"


def marks(story, at=DUE, **known):
    return [line.mark for line in checklist.of_stage(story.stage, at, ranked=True, **known)]


def open_lines(story, at=DUE, **known):
    return [line for line in checklist.of_stage(story.stage, at, ranked=True, **known) if line.mark is Mark.OPEN]


def test_one_point_is_open_at_a_time_and_leads_to_its_page(db):
    story = Stage(people=3)
    first = open_lines(story)
    story.score()
    second = open_lines(story)
    story.rank()
    third = open_lines(story)
    story.prepare()
    fourth = open_lines(story, preparation=story.preparation)
    story.approve()

    assert [line.url for line in first] == [reverse("score_batch_list", args=[story.stage.pk])]
    assert [line.url for line in second] == [reverse("stage_desk", args=[story.stage.pk]) + "#hasil"]
    assert [line.url for line in third] == [reverse("stage_desk", args=[story.stage.pk]) + "#siapkan"]
    assert [line.url for line in fourth] == [reverse("preparation_approval", args=[story.preparation.pk])]
    assert set(marks(story, preparation=story.preparation)) == {Mark.DONE}


def test_points_behind_an_open_one_wait_instead_of_looking_done(db):
    story = Stage(people=3)

    found = marks(story)

    assert found.count(Mark.OPEN) == 1
    assert found.index(Mark.LATER) > found.index(Mark.OPEN)
    assert found.count(Mark.LATER) == 3  # the ranking, the preparation, its approval


def test_every_unsettled_thing_has_a_line(db):
    story = Stage(people=3).score()
    scores.stage_file(
        story.stage,
        io.BytesIO(story.lines(p0=99).encode()),
        file_name="b.csv",
        by=story.pia,
        at=NOON,
        reason="Koreksi.",
    )
    Hold.objects.create(stage=story.stage, reason="Uji", placed_by=story.rudi, placed_at=NOON, lapses_at=DUE + DAY)
    early = story.stage.closes_at - DAY

    issues = unsettled(story.stage, early)

    assert {one.code for one in issues} == {"open", "hold", "batch", "rank"}
    assert {one.words for one in issues} == {line.words for line in open_lines(story, early)}


@pytest.mark.parametrize("who", ["pia", "rudi"])
def test_the_page_shows_the_next_act_only_to_whom_it_belongs(db, client, who):
    story = Stage(people=3).score().rank().prepare()
    client.force_login(enrol(getattr(story, who)), backend=BACKEND)

    page = client.get(reverse("stage_desk", args=[story.stage.pk])).content.decode()

    assert "1 dari 8 belum selesai" in page
    assert ("Sahkan sebagai orang kedua" in page) is (who == "rudi")
    assert ("Siapkan ulang pengumuman" in page) is (who == "pia")
    assert "menyiapkan pengumuman" in page
