"""What cannot happen is looked for every hour, is found when somebody does it, and is told once."""

import io
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from oversight import invariants as package
from oversight.actions import invariants
from oversight.invariants import INVARIANTS, look, table
from oversight.models import InvariantRun
from oversight.queries import newest_runs
from tests.oversight.breaking import on_disk, statements, undone
from tests.oversight.story import make_watch, plant, told
from tests.parts import make_formation
from tests.roles import working_as

HOUR = timedelta(hours=1)
# Nobody objects in the healthy story, and no finding has files checked again: windows keep the real clock.
# tests/selection/test_readmission.py and tests/oversight/test_recheck.py have those.
NOBODY_OBJECTED = {
    "objections_judged_by_others", "objections_sent_in_time", "objection_results_by_two", "finding_results_by_two",
    "rechecks_are_whole",
}  # fmt: skip


def test_a_selection_without_a_fault_offends_nothing_and_every_check_saw_something(story):
    seen = {name: look(name, story.after) for name in INVARIANTS}

    assert {name: sight.examples for name, sight in seen.items() if sight.offending} == {}
    assert {name for name, sight in seen.items() if not sight.looked} == NOBODY_OBJECTED


@pytest.mark.parametrize("name", INVARIANTS)
def test_what_cannot_happen_is_found_when_it_is_done_on_purpose(story, name):
    acts = statements(story)
    assert acts.keys() == INVARIANTS.keys()

    with ExitStack() as broken:
        if name == "files_are_whole":
            broken.enter_context(on_disk())
        else:
            cursor = broken.enter_context(undone())
            for act in acts[name]:
                cursor.execute(act)
                assert cursor.rowcount > 0
        sight = look(name, story.after)

    assert sight.offending > 0
    assert sight.examples
    assert look(name, story.after).offending == 0, "and whole again afterwards"


def test_the_command_ends_well_on_a_whole_city_and_badly_on_a_broken_one(story):
    out, err = io.StringIO(), io.StringIO()
    call_command("check_invariants", "two_people", "announced_once", stdout=out)
    assert out.getvalue().count("none offends") == 2

    with undone() as cursor, pytest.raises(CommandError):
        cursor.execute(statements(story)["two_people"][0])
        call_command("check_invariants", "two_people", stdout=out, stderr=err)

    assert "two_people: 1 of" in err.getvalue()


def test_the_keepers_role_may_look_at_everything_and_write_it_down_once(story):
    at = invariants.hour_of(story.after)

    with working_as("portal_seq"):
        made = invariants.check_due(at, budget=60)
        again = invariants.check_due(at + timedelta(minutes=59), budget=60)

    assert (made, again) == (len(INVARIANTS), 0)
    assert InvariantRun.objects.filter(trouble="", offending=0).count() == len(INVARIANTS)


@pytest.mark.parametrize("gone", ["participation_caseescalation", "oversight_overdue"])
def test_what_ran_out_without_going_up_is_named_after_an_hour_of_grace(story, gone):
    with undone() as cursor:
        cursor.execute(f"DELETE FROM {gone}")
        early = look("overdue_goes_up", story.now)
        late = look("overdue_goes_up", story.after)

    assert (early.offending, late.offending) == (0, 1)
    assert late.examples[0].startswith("aduan ADU-" if "case" in gone else "temuan ")


# --- What a look leaves behind -----------------------------------------------------------------------
@pytest.fixture
def watch(own_database):
    return make_watch(people=4)


def test_a_broken_one_is_told_to_team_and_office_once_until_it_was_whole_again(watch):
    story = watch.story.score().rank()
    at = timezone.now()
    name = "one_outcome_per_person"

    assert invariants.check(name, at=at).offending == 0
    plant(story.set, formation_id=_other_formation(story))
    first, second = invariants.check(name, at=at + HOUR), invariants.check(name, at=at + 2 * HOUR)

    assert first.offending == second.offending == 2
    assert told(f"invariant:{first.pk}:team") == {watch.oka.email, watch.omar.email}
    assert told(f"invariant:{first.pk}:office") == {story.pia.email, story.rudi.email}
    assert told(f"invariant:{second.pk}:team") == set()

    plant(story.set, formation_id=story.formation.pk)
    assert invariants.check(name, at=at + 3 * HOUR).offending == 0
    plant(story.set, formation_id=_other_formation(story))
    assert told(f"invariant:{invariants.check(name, at=at + 4 * HOUR).pk}:team")


def _other_formation(story) -> int:
    return make_formation(story.recruitment).pk


def test_one_row_per_check_and_hour_and_no_row_is_ever_changed(watch):
    at = timezone.now()
    assert invariants.check("two_people", at=at)
    assert invariants.check("two_people", at=invariants.hour_of(at)) is None

    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        InvariantRun.objects.update(offending=0)
    with working_as("portal_app"), pytest.raises(ProgrammingError), transaction.atomic():
        InvariantRun.objects.create(name="x", at=at, looked=1, offending=0, took=1)


def test_a_check_that_takes_too_long_says_so_and_is_not_called_whole(watch, client, monkeypatch):
    slow = package.Invariant("two_people", "Lambat.", lambda at: connection.cursor().execute("SELECT pg_sleep(2)"))
    monkeypatch.setitem(INVARIANTS, "two_people", slow)
    monkeypatch.setattr(table, "SECONDS", 0.2)

    run = invariants.check("two_people", at=timezone.now())

    assert (run.looked, run.offending, run.trouble) == (None, None, "OperationalError")
    assert "Tidak dapat diperiksa" in client.get(reverse("invariant_list")).content.decode()


def test_a_ring_stops_at_its_budget_and_the_next_one_goes_on(watch):
    at = timezone.now()

    assert invariants.check_due(at, budget=0) == 1
    assert len(invariants.due(at)) == len(INVARIANTS) - 1
    assert invariants.check_due(at, budget=60) == len(INVARIANTS) - 1
    assert len(invariants.due(at + HOUR)) == len(INVARIANTS)


# --- The page -----------------------------------------------------------------------------------------
def test_the_page_says_what_was_looked_at_and_never_calls_nothing_whole(watch, client, django_assert_num_queries):
    page = client.get(reverse("invariant_list")).content.decode()
    assert "Belum pernah diperiksa" in page
    assert "%" not in page.split("<main")[1].split("</main")[0]

    at = timezone.now()
    invariants.check_due(at, budget=60)
    with django_assert_num_queries(2):
        page = client.get(reverse("invariant_list")).content.decode()

    assert "kurang dari 1 menit yang lalu" in page
    assert newest_runs()["a_hold_holds"].looked == 0
    row = page.split(str(INVARIANTS["a_hold_holds"].sentence))[1].split("</tr>")[0]
    assert "Belum ada data" in row and "belum ada data" in row
    row = page.split(str(INVARIANTS["protections_are_on"].sentence))[1].split("</tr>")[0]
    assert "Tidak ada pelanggaran" in row
    assert client.get(reverse("invariant_list")).headers["Cache-Control"].startswith("public")


def test_the_page_shows_a_broken_check_first_and_keeps_it_in_its_history(watch, client):
    story = watch.story.score().rank()
    plant(story.set, formation_id=_other_formation(story))
    invariants.check_due(timezone.now(), budget=60)

    page = client.get(reverse("invariant_list")).content.decode()

    sentence = str(INVARIANTS["one_outcome_per_person"].sentence)
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")
    marked = ["tag-bad" in row for row in rows]
    assert marked == sorted(marked, reverse=True)
    assert "2 melanggar" in next(row for row in rows if sentence in row)
    assert f"{sentence} 2 dari 4 baris melanggar" in page
