"""Scores of a test that counts: shown while they come, committed before they go on, corrected for everybody at once."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from exams import scoring
from exams.actions import keeping, local_scores, local_tests, neutralising
from exams.actions import sitting as sittings
from exams.models import LiveDelivery, LocalTest, Neutralisation, ShadowScore, Sitting, TestFile
from portal.grants import KEEPER, WEB, WORK
from selection.actions import ranking, scores
from selection.models import LiveScore, Score
from tests.exams.local_room import MINUTE, Hall
from tests.exams.sitting_down import answer_all, long_ago, without_trigger
from tests.exams.test_local_tests import facts
from tests.roles import working_as


def taken(people: int = 4, present: int = 3, **more) -> Hall:
    """The first answers all rightly, the second half, the third nothing; the fourth did not come."""
    hall = Hall(people, **more).open()
    for place, right in ((0, range(1, 10)), (1, (1, 2, 4, 7)), (2, ()))[:present]:
        sat = hall.begin(place)
        answer_all(sat, "a", places=right)
        sittings.end(sat)
    return hall


def over(hall: Hall) -> Hall:
    hall.passes(31 * MINUTE)
    keeping.keep(timezone.now())
    hall.test.refresh_from_db()
    return hall


@pytest.fixture
def hall(db):
    return taken()


def test_scores_are_on_the_scale_of_the_rule_and_on_the_live_board_once(hall):
    for _turn in range(2):
        keeping.show(timezone.now())

    values = {one.application_id: one.values for one in LiveScore.objects.all()}
    assert LiveDelivery.objects.count() == 1
    assert values == {
        hall.story.people[0].pk: [150, 175, 225],
        hall.story.people[1].pk: [100, Decimal(58), 75],
        hall.story.people[2].pk: [0, 0, 0],
    }


@pytest.mark.parametrize(("points", "expected"), [(0, 0), (5, 58), (10, 117), (15, 175)])
def test_a_share_is_rounded_half_up(hall, points, expected):
    score = {key: {"points": points, "most": 15} for key in ("twk", "tiu", "tkp")}

    assert local_scores.scaled(hall.test, score)["tiu"] == expected


def test_the_answers_are_in_the_record_when_everybody_is_done_and_not_before(hall):
    keeping.keep(timezone.now())
    assert not facts("exam.closed")

    over(hall)

    [fact] = facts("exam.closed")
    assert (fact["people"], fact["answers"], fact["digest"]) == (3, 13, hall.test.answers_digest)
    assert local_scores.answers_of(hall.test)[2] == fact["digest"]


def test_one_changed_answer_is_another_digest(hall):
    over(hall)
    sat = Sitting.objects.filter(seat__test=hall.test).first()

    with without_trigger("exams_answer", "answer_append_only"), connection.cursor() as cursor:
        cursor.execute("UPDATE exams_answer SET value = '[\"b\"]' WHERE sitting_id = %s AND position = 1", [sat.pk])

    assert local_scores.answers_of(hall.test)[2] != hall.test.answers_digest


def test_a_test_whose_door_is_open_or_where_somebody_still_writes_is_not_closed(hall):
    with pytest.raises(DatabaseError), transaction.atomic():
        LocalTest.objects.filter(pk=hall.test.pk).update(closed_at=hall.now, answers_digest="0" * 64)
    hall.begin(3)
    over(hall)
    assert hall.test.closed_at is None
    with pytest.raises(DatabaseError), transaction.atomic():
        LocalTest.objects.filter(pk=hall.test.pk).update(closed_at=hall.now, answers_digest="0" * 64)


def test_the_score_file_goes_the_usual_road_into_the_ranking(hall):
    with pytest.raises(local_tests.NotPossible):
        local_scores.score_file(hall.story.stage, by=hall.pia, at=hall.now)
    over(hall)

    batch = local_scores.score_file(hall.story.stage, by=hall.pia, at=hall.now)
    with pytest.raises(scores.Undecidable):
        scores.approve(batch, by=hall.pia, at=hall.now)
    scores.approve(batch, by=hall.rudi, at=hall.now)
    ranked = ranking.rank(hall.story.stage, by=hall.pia, at=hall.now)

    assert TestFile.objects.get(sha256=batch.sha256).tests == [hall.test.pk]
    assert Score.objects.get(application=hall.story.people[0]).values == [150, 175, 225]
    assert Score.objects.get(application=hall.story.people[3]).values == [None, None, None]
    assert ranked.outcomes.get(application=hall.story.people[3]).code == "TH"
    assert ranked.outcomes.get(application=hall.story.people[0]).rank == 1


def drawn_wrongly(hall: Hall, place: int) -> tuple[str, set[int]]:
    """An item that the person at `place` got and did not answer fully, and everybody whose score it changes."""
    sat = Sitting.objects.get(seat__application=hall.story.people[place])
    code = next(
        one.version.item.code for one, value in sittings.sheet_of(sat)
        if scoring.points(one.version.question, value, one.worth) < 5
    )  # fmt: skip
    changed = set()
    for other in Sitting.objects.filter(seat__test=hall.test):
        for one, value in sittings.sheet_of(other):
            if one.version.item.code == code and scoring.points(one.version.question, value, one.worth) < 5:
                changed.add(other.pk)
    return code, changed


def test_a_faulty_item_changes_exactly_those_who_got_it_and_not_all_its_points(hall):
    over(hall)
    code, expected = drawn_wrongly(hall, 2)

    found = neutralising.propose(hall.test, code, reason="Kunci keliru.", by=hall.pia, at=hall.now)

    changed = {one.sitting_id for one in found.shadows.all() if one.old != one.new}
    assert changed == expected
    for one in found.shadows.filter(sitting__in=changed):
        old, new = (sum(part["points"] for part in score["parts"].values()) for score in (one.old, one.new))
        assert new == old + 5
    assert found.shadows.count() == 3
    sat = Sitting.objects.get(seat__application=hall.story.people[2])
    assert local_scores.in_force(sat) == sat.score


def test_it_is_applied_by_another_for_everybody_and_becomes_a_corrected_file(hall):
    over(hall)
    batch = local_scores.score_file(hall.story.stage, by=hall.pia, at=hall.now)
    scores.approve(batch, by=hall.rudi, at=hall.now)
    code, changed = drawn_wrongly(hall, 2)
    found = neutralising.propose(hall.test, code, reason="Kunci keliru.", by=hall.pia, at=hall.now)
    with pytest.raises(local_tests.NotPossible):
        neutralising.decide(found, apply=True, by=hall.pia, at=hall.now)
    with pytest.raises(local_tests.NotPossible):
        local_scores.score_file(hall.story.stage, by=hall.pia, at=hall.now, reason="Soal dinetralkan.")

    neutralising.decide(found, apply=True, by=hall.rudi, at=timezone.now())

    [fact] = facts("exam.corrected")
    assert (fact["people"], fact["changed"]) == (3, len(changed))
    corrected = local_scores.score_file(hall.story.stage, by=hall.pia, at=hall.now, reason="Soal dinetralkan.")
    assert corrected.report["changed"] == len(changed)
    assert TestFile.objects.get(sha256=corrected.sha256).neutralisations == [found.pk]
    keeping.show(timezone.now())
    newest = LiveScore.objects.filter(application=hall.story.people[2]).order_by("-shown_at").first()
    assert sum(newest.values) > 0


def test_the_database_applies_it_for_everybody_or_for_nobody(hall):
    over(hall)
    code, _changed = drawn_wrongly(hall, 2)
    found = neutralising.propose(hall.test, code, reason="Kunci keliru.", by=hall.pia, at=hall.now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Neutralisation.objects.filter(pk=found.pk).update(state="applied", decided_by=hall.pia, decided_at=hall.now)

    with without_trigger("exams_shadowscore", "shadow_score_append_only"):
        found.shadows.first().delete()

    with pytest.raises(DatabaseError), transaction.atomic():
        Neutralisation.objects.filter(pk=found.pk).update(state="applied", decided_by=hall.rudi, decided_at=hall.now)
    with without_trigger("exams_neutralisation", "neutralisation_decided_once_and_whole"):
        Neutralisation.objects.filter(pk=found.pk).update(state="applied", decided_by=hall.rudi, decided_at=hall.now)
    assert ShadowScore.objects.filter(neutralisation__state="applied").count() == 2


def test_an_item_that_nobody_got_a_second_time_or_while_the_test_runs_is_not_neutralised(hall):
    code, _changed = drawn_wrongly(hall, 2)
    with pytest.raises(local_tests.NotPossible):
        neutralising.propose(hall.test, code, reason="Keliru.", by=hall.pia, at=hall.now)
    over(hall)
    with pytest.raises(local_tests.NotPossible):
        neutralising.propose(hall.test, "tidak-ada", reason="Keliru.", by=hall.pia, at=hall.now)
    neutralising.propose(hall.test, code, reason="Keliru.", by=hall.pia, at=hall.now)
    with pytest.raises(local_tests.NotPossible):
        neutralising.propose(hall.test, code, reason="Keliru.", by=hall.rudi, at=hall.now)


def test_the_processes_do_it_all_under_their_own_roles(own_database):
    hall = Hall(2)
    with working_as(WEB):
        local_tests.unseal(hall.test, by=hall.pia, at=hall.now)
        local_tests.unseal(hall.test, by=hall.rudi, at=hall.now)
    hall.passes(2 * MINUTE)
    with working_as(WEB):
        sat = hall.begin(0)
        answer_all(sat, "a", places=(1,))
    hall.passes(31 * MINUTE)
    long_ago(sat, 10 * MINUTE)
    with working_as(KEEPER):
        keeping.keep(timezone.now())
    with working_as(WORK):
        keeping.show(timezone.now())
    hall.test.refresh_from_db()

    assert hall.test.closed_at
    assert len(hall.test.answers_digest) == 64
    assert LiveScore.objects.count() == 1
    with working_as(WEB):
        assert local_scores.score_file(hall.story.stage, by=hall.pia, at=hall.now).rows == 2
