"""What a test of the portal measures comes from it alone; what else a stage asks for comes in files beside it."""

import io
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from exams import live_differences
from exams.actions import keeping, live_sessions, local_scores, local_tests, neutralising, tested_components
from exams.actions import sitting as sittings
from exams.models import LocalTest
from portal.grants import KEEPER, WEB
from selection.actions import ranking, scores, settlement
from selection.models import Outcome, Score, ScoreBatch, TestedComponent
from selection.ranking.in_force import scores_in_force
from tests.exams.local_room import MINUTE, PARTS, Hall
from tests.exams.sitting_down import answer_all, without_trigger
from tests.exams.test_local_scores import over
from tests.parts import make_stage
from tests.roles import working_as
from tests.selection.test_objection_decision import sign_in

TWO = PARTS[:2]  # TWK and TIU; TKP comes in a file


def taken(people: int = 4, *, parts=TWO) -> Hall:
    """The first two answer all rightly, the third nothing; the fourth does not come. It is over."""
    hall = Hall(people, parts=parts).open()
    for place, right in ((0, range(1, 7)), (1, range(1, 7)), (2, ())):
        sat = hall.begin(place)
        answer_all(sat, "a", places=right)
        sittings.end(sat)
    return over(hall)


@pytest.fixture
def hall(db):
    return taken()


def file_of(hall: Hall, heading: str, cells: list[str], people=None) -> io.BytesIO:
    numbers = [one.participant_number for one in hall.story.people[: people or len(cells)]]
    rows = [f"{number},{cell}" for number, cell in zip(numbers, cells, strict=True)]
    return io.BytesIO("\n".join([f"No Peserta,{heading}", *rows, ""]).encode())


def brought(hall: Hall, heading: str, *cells: str, reason: str = "") -> ScoreBatch:
    return scores.stage_file(
        hall.story.stage, file_of(hall, heading, list(cells)), file_name="luar.csv", by=hall.pia, at=hall.now,
        reason=reason,
    )  # fmt: skip


def approved(hall: Hall, batch: ScoreBatch) -> ScoreBatch:
    return scores.approve(batch, by=hall.rudi, at=hall.now)


def from_tests(hall: Hall, reason: str = "") -> ScoreBatch:
    return local_scores.score_file(hall.story.stage, by=hall.pia, at=hall.now, reason=reason)


def told(hall: Hall, *given, **more) -> str:
    with pytest.raises(scores.Refused) as refused:
        brought(hall, *given, **more)
    assert not ScoreBatch.objects.filter(file_name="luar.csv").exists()
    return str(refused.value)


def values(hall: Hall) -> dict[int, list]:
    """Place of a person to the values in force, by TWK, TIU, TKP."""
    query, parameters, keys, _batches = scores_in_force(hall.story.stage)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT application_id, values, status FROM ({query}) f", parameters)
        found = {pk: (dict(zip(keys, row, strict=True)), status) for pk, row, status in cursor.fetchall()}
    places = {one.pk: place for place, one in enumerate(hall.story.people)}
    return {
        places[pk]: [*(row.get(key) for key in ("twk", "tiu", "tkp")), status] for pk, (row, status) in found.items()
    }


def test_a_result_is_computed_of_the_test_and_the_file_beside_it(hall):
    stage = hall.story.stage
    with pytest.raises(ranking.CannotRank):
        ranking.rank(stage, by=hall.pia, at=hall.now)
    approved(hall, from_tests(hall))
    with pytest.raises(ranking.CannotRank, match="TKP"):
        ranking.rank(stage, by=hall.pia, at=hall.now)
    assert [one.words for one in settlement.unsettled(stage, hall.now) if one.code == "scores"] == [
        "Nilai TKP (Tes Karakteristik Pribadi) belum disahkan."
    ]

    approved(hall, brought(hall, "TKP", "180", "190", "200", "210"))
    ranked = ranking.rank(stage, by=hall.pia, at=hall.now)

    totals = {one.application_id: (one.total, one.rank, one.code) for one in ranked.outcomes.all()}
    first, second, third, fourth = (totals[one.pk] for one in hall.story.people)
    assert (first[:2], second[:2]) == ((505, 2), (515, 1))
    assert third[1:] == (None, "TL")
    assert fourth[2] == "TH", "who did not come to the test is absent, whatever the file says"
    assert len(ranked.batches) == 2
    assert not [one for one in settlement.unsettled(stage, hall.now) if one.code in ("scores", "stale", "rank")]


def test_the_order_of_the_two_files_changes_nothing(hall):
    approved(hall, brought(hall, "TKP", "180", "190", "200", "210"))
    approved(hall, from_tests(hall))

    assert values(hall)[0] == [150, 175, 180, ""]
    assert Outcome.objects.filter(set=ranking.rank(hall.story.stage, by=hall.pia, at=hall.now)).count() == 4


def test_the_first_file_of_other_components_corrects_nothing_and_says_what_it_brings(hall):
    approved(hall, from_tests(hall))

    batch = brought(hall, "TKP", "180", "190", "200", "210")

    assert batch.reason == "Melengkapi nilai: TKP (Tes Karakteristik Pribadi)."
    assert (batch.report["new"], batch.report["changed"], batch.report["missing"]) == (4, 0, 0)
    approved(hall, batch)
    assert "Tulis alasan koreksi" in told_second(hall)


def told_second(hall: Hall) -> str:
    with pytest.raises(scores.Refused) as refused:
        brought(hall, "TKP", "181", "190", "200", "210")
    return str(refused.value)


@pytest.mark.parametrize("heading", ["TWK,TKP", "TWK,TIU,TKP"])
def test_a_file_from_outside_with_what_the_test_measures_is_refused_with_what_to_do(hall, heading):
    cells = ["150" + ",150" * heading.count(",")] * 4

    words = told(hall, heading, *cells)

    assert "berasal dari ujian di portal ini" in words
    assert "TWK" in words


def raw(hall: Hall, components: list[str], sha256: str = "e" * 64) -> ScoreBatch:
    return ScoreBatch.objects.create(
        stage=hall.story.stage, sequence=9, file_name="jalan-belakang.csv", sha256=sha256, components=components,
        rows=4, reason="Tanpa alasan.", uploaded_by=hall.pia, uploaded_at=hall.now,
    )  # fmt: skip


def test_the_database_takes_no_such_file_by_another_road(hall):
    with pytest.raises(DatabaseError, match="from them alone"), transaction.atomic():
        raw(hall, ["twk", "tkp"])
    made = from_tests(hall)
    scores.refuse(made, by=hall.rudi, at=hall.now)
    with pytest.raises(DatabaseError, match="carries what they measure"), transaction.atomic():
        raw(hall, ["twk", "tiu", "tkp"], made.sha256)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE selection_scorebatch DISABLE TRIGGER scores_come_from_tests")
    raw(hall, ["twk", "tkp"])


def test_without_the_check_of_columns_the_database_still_refuses_the_file(hall, monkeypatch):
    monkeypatch.setattr(scores, "_wanted", lambda stage, rule, tested: (set(), set()))

    with pytest.raises(DatabaseError, match="from them alone"):
        brought(hall, "TWK,TIU,TKP", *["150,175,225"] * 4)


def test_a_neutralised_item_changes_the_tested_values_alone(hall):
    approved(hall, from_tests(hall))
    approved(hall, brought(hall, "TKP", "180", "190", "200", "210"))
    sat = hall.seat(2).sitting
    code = sittings.sheet_of(sat)[0][0].version.item.code
    found = neutralising.propose(hall.test, code, reason="Kunci keliru.", by=hall.pia, at=hall.now)
    neutralising.decide(found, apply=True, by=hall.rudi, at=timezone.now())

    batch = from_tests(hall, reason="Soal dinetralkan.")
    approved(hall, batch)

    assert (batch.report["changed"], batch.report["same"]) == (1, 3)
    assert values(hall)[2][2] == 200
    assert sum(values(hall)[2][:2]) > 0


def test_a_corrected_file_from_outside_leaves_the_tested_values(hall):
    approved(hall, from_tests(hall))
    approved(hall, brought(hall, "TKP", "180", "190", "200", "210"))

    batch = brought(hall, "TKP", "181", "190", "200", "210", reason="Salah ketik.")
    approved(hall, batch)

    assert (batch.report["changed"], batch.report["same"]) == (1, 3)
    assert values(hall)[0] == [150, 175, 181, ""]


def test_a_correction_that_waits_is_computed_beside_the_values_of_the_test(hall):
    approved(hall, from_tests(hall))
    approved(hall, brought(hall, "TKP", "180", "190", "200", "210"))
    ranking.rank(hall.story.stage, by=hall.pia, at=hall.now)
    waiting = brought(hall, "TKP", "225", "190", "200", "210", reason="Salah ketik.")

    shadow = ranking.compute(hall.story.stage, by=hall.pia, at=hall.now, reason="Salah ketik.", waiting=waiting)

    first = shadow.outcomes.get(application=hall.story.people[0])
    assert (first.total, first.rank) == (550, 1)
    assert values(hall)[0][2] == 180


def test_who_is_disqualified_in_the_file_stays_so_when_the_test_comes_later(hall):
    approved(hall, brought(hall, "TKP,Keterangan", "180,DIS", "190,P", "200,TL", "210,TH"))
    approved(hall, from_tests(hall))

    ranked = ranking.rank(hall.story.stage, by=hall.pia, at=hall.now)

    assert ranked.outcomes.get(application=hall.story.people[0]).code == "DIS"
    assert values(hall)[0] == [150, 175, 180, "DIS"]


@pytest.fixture
def whole(db):
    """The test measures all that the stage asks for."""
    hall = taken(parts=PARTS)
    approved(hall, from_tests(hall))
    return hall


def test_where_the_test_measures_all_a_file_from_outside_carries_statuses_alone(whole, client):
    assert "berasal dari ujian" in told(whole, "TWK,TIU,TKP", *["1,1,1"] * 4, reason="Coba.")
    assert "Keterangan" in told(whole, "Catatan", *["x"] * 4, reason="Coba.")
    assert "Tulis alasan koreksi" in told(whole, "Keterangan", "DIS")

    batch = brought(whole, "Keterangan", "DIS", reason="Mencontek, berita acara 3.")
    approved(whole, batch)

    assert (batch.components, batch.report["changed"], batch.report["missing"]) == ([], 1, 0)
    assert values(whole)[0] == [150, 175, 0, "DIS"]
    assert values(whole)[1] == [150, 175, 0, ""]
    ranked = ranking.rank(whole.story.stage, by=whole.pia, at=whole.now)
    assert ranked.outcomes.get(application=whole.story.people[0]).code == "DIS"
    sign_in(client, whole.rudi)
    page = client.get(reverse("score_batch", args=[batch.pk])).content.decode()
    assert "keterangan resmi saja" in page


def test_the_pages_say_what_is_tested_and_what_the_file_has_to_carry(hall, client):
    sign_in(client, hall.pia)

    upload = client.get(reverse("score_upload", args=[hall.story.stage.pk])).content.decode()
    desk = client.get(reverse("exam_desk", args=[hall.session.slug])).content.decode()
    approved(hall, from_tests(hall))
    batch = client.get(reverse("score_batch", args=[hall.story.stage.batches.get().pk])).content.decode()

    assert "berasal dari ujian di portal ini" in upload
    assert "Berkas ini memuat TKP (Tes Karakteristik Pribadi) saja." in upload
    assert "Menguji TWK (Tes Wawasan Kebangsaan), TIU (Tes Intelegensia Umum)." in desk
    assert "Nilai TKP (Tes Karakteristik Pribadi) diunggah tersendiri" in desk
    assert "Isi: TWK (Tes Wawasan Kebangsaan), TIU (Tes Intelegensia Umum)" in batch


def again(hall: Hall, parts=TWO, name: str = "Sesi 2") -> LocalTest:
    now = timezone.now()
    session = live_sessions.make(
        hall.story.stage, name=name, place="Aula", rooms=["A"], held_on=now.date(), by=hall.pia, at=now
    )
    return local_tests.seal(
        session, seconds=600, parts=parts, begins_at=now + MINUTE, door_closes_at=now + 31 * MINUTE, seats_per_room=9,
        own_devices=False, extra={}, by=hall.pia, at=now,
    )  # fmt: skip


def test_another_test_of_the_stage_measures_the_same(hall):
    with pytest.raises(local_tests.NotPossible, match="menguji TWK"):
        again(hall, PARTS)
    with pytest.raises(local_tests.NotPossible, match="sudah punya kursi"):
        again(hall, name="Sesi 3")


def test_a_test_that_nobody_opened_gives_back_components_and_seats(db):
    hall = Hall(3, parts=TWO)
    with pytest.raises(DatabaseError), transaction.atomic():
        TestedComponent.objects.filter(stage=hall.story.stage).delete()
    keeping.keep(timezone.now())
    assert TestedComponent.objects.count() == 2
    hall.passes(40 * MINUTE)

    keeping.keep(timezone.now())

    assert not TestedComponent.objects.exists()
    assert again(hall, PARTS).seats.count() == 3
    assert TestedComponent.objects.count() == 3


def test_after_it_a_file_may_carry_them(db):
    hall = Hall(3, parts=TWO)
    hall.passes(40 * MINUTE)
    keeping.keep(timezone.now())

    assert brought(hall, "TWK,TIU,TKP", *["1,1,1"] * 3).rows == 3
    with pytest.raises(local_tests.NotPossible, match="sudah memuat TWK"):
        again(hall)
    with pytest.raises(DatabaseError, match="not tested afterwards"), transaction.atomic():
        TestedComponent.objects.create(stage=hall.story.stage, component="twk", taken_at=hall.now)


def test_what_was_opened_or_handed_in_stays_tested(hall):
    with pytest.raises(DatabaseError, match="given back"), transaction.atomic():
        TestedComponent.objects.filter(component="twk").delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        TestedComponent.objects.filter(component="twk").update(component="tkp")
    from_tests(hall)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE selection_testedcomponent DISABLE TRIGGER tested_component_has_no_test")
    with pytest.raises(DatabaseError, match="stays tested"), transaction.atomic():
        TestedComponent.objects.filter(component="twk").delete()
    with without_trigger("selection_testedcomponent", "tested_component_is_unused"):
        assert TestedComponent.objects.filter(component="twk").delete()[0] == 1


def test_no_test_is_sealed_that_measures_what_its_stage_does_not_take_from_tests(db):
    hall = Hall(3, parts=TWO)
    other = again_unsealed(hall)
    with pytest.raises(DatabaseError, match="takes from tests"), transaction.atomic():
        LocalTest.objects.create(**other)
    with without_trigger("exams_localtest", "local_test_sealed_first"):
        LocalTest.objects.create(**other)


def again_unsealed(hall: Hall) -> dict:
    """What a test of a third component would be, past the action."""
    now = timezone.now()
    session = live_sessions.make(
        hall.story.stage, name="Sesi 2", place="Aula", rooms=["A"], held_on=now.date(), by=hall.pia, at=now
    )
    return {
        "session": session, "blueprint": local_tests._format(session, 600, PARTS), "begins_at": now + MINUTE,
        "door_closes_at": now + 31 * MINUTE, "items": 9, "commitment": "0" * 64,
    }  # fmt: skip


def test_where_a_panel_judges_nothing_is_tested(db):
    hall = Hall(3, parts=TWO)
    stage = hall.story.stage
    stage.recruitment.kind = "jpt"

    assert tested_components.free(stage) == {}
    with pytest.raises(tested_components.NotFree, match="panel"):
        tested_components.take(stage, ["twk"], at=hall.now)


def test_what_an_earlier_stage_gives_is_not_tested(db):
    hall = Hall(3, parts=TWO)
    last = make_stage(hall.story.recruitment, "final", 4, rule="akhir", slug="akhir")

    assert list(tested_components.free(last)) == ["skb"]
    with pytest.raises(tested_components.NotFree, match=r"tahap sebelumnya.*skb"):
        tested_components.take(last, ["skd"], at=hall.now)


def test_what_the_screens_showed_is_compared_with_the_file_that_carries_it(hall):
    keeping.show(timezone.now())
    approved(hall, brought(hall, "TKP", "180", "190", "200", "210"))
    assert live_differences.differences(hall.session, set()) is None, "no file carries what the screens showed"

    approved(hall, from_tests(hall))

    compared = live_differences.differences(hall.session, set())
    assert (compared.people, compared.rows) == (3, [])
    one = Score.objects.filter(application=hall.story.people[0], batch__components=["twk", "tiu"])
    with without_trigger("selection_score", "score_append_only"):
        one.update(values=[140, 175])
    [row] = live_differences.differences(hall.session, set()).rows
    assert (row.component, row.shown, row.filed) == ("twk", 150, 140)


def test_tests_that_were_sealed_before_are_taken_in(hall):
    fill = import_module("exams.migrations.0007_tested_components")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(fill.EMPTY)
        assert not TestedComponent.objects.exists()
        cursor.execute(fill.FILL)

    assert set(TestedComponent.objects.values_list("component", flat=True)) == {"twk", "tiu"}


def test_the_pages_take_and_the_keeper_gives_back_under_their_own_roles(own_database):
    hall = Hall(3, parts=TWO)
    hall.passes(40 * MINUTE)
    with working_as(KEEPER):
        keeping.keep(timezone.now())
    assert not TestedComponent.objects.exists()

    with working_as(WEB):
        again(hall, PARTS)

    assert TestedComponent.objects.count() == 3
