"""A sitting: drawn from a seed, answered in time by the database's clock, scored once, forgotten."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from exams.actions import keeping, shipped
from exams.actions import sitting as sittings
from exams.models import Answer, Blueprint, ItemStatistic, Sitting
from exams.models.sitting import MOST_ANSWERS
from portal.grants import KEEPER, WEB, WORK
from tests.exams.sitting_down import a_bank, a_format, answer_all, letter_of, long_ago, rewritten, without_trigger
from tests.parts import make_user
from tests.roles import working_as

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def begin(blueprint=None, *, key: str = "kunci", user=None) -> Sitting:
    return sittings.begin(blueprint or a_format(), user=user, key="" if user else key, at=timezone.now())


@pytest.fixture
def sat(db):
    a_bank()
    return begin()


def first(sat):
    return sat.items.select_related("version__item").get(position=1)


def give(sat, position: int, *letters: str, mark: str = "m", doubtful: bool = False) -> Answer:
    return sittings.answer(sat, position, list(letters), doubtful=doubtful, mark=mark)


def test_begin_and_end_are_the_databases_whatever_the_process_says(db):
    a_bank()
    wrong = timezone.now() + 3 * DAY

    sat = sittings.begin(a_format(seconds=600), key="k", at=wrong)

    assert abs(sat.starts_at - timezone.now()) < MINUTE
    assert sat.ends_at - sat.starts_at == 10 * MINUTE


def test_the_last_answer_counts_and_every_change_stays(sat):
    one, two = give(sat, 1, "A", mark="1"), give(sat, 1, "B", mark="2")
    give(sat, 2, "C", mark="3", doubtful=True)
    give(sat, 2, mark="4")

    found = sittings.latest(sat)

    assert (one.number, two.number) == (1, 2)
    assert found[1].value == two.value != one.value
    assert found[2].value == []
    assert Answer.objects.count() == 4


def test_the_same_answer_sent_twice_is_one_and_an_old_one_sent_again_changes_nothing(sat):
    old = give(sat, 1, "A", mark="1")
    new = give(sat, 1, "B", mark="2")

    again = give(sat, 1, "A", mark="1")

    assert again.pk == old.pk
    assert sittings.latest(sat)[1].pk == new.pk


def test_another_answer_with_the_mark_of_an_old_page_is_kept_and_not_taken_for_the_old_one(sat):
    """A page out of the browser's memory bears the mark of what was sent from it before."""
    old = give(sat, 1, "A", mark="page")

    new = give(sat, 1, "B", mark="page")
    again = give(sat, 1, "B", mark="page")
    older = give(sat, 1, "A", mark="page")
    elsewhere = give(sat, 2, "A", mark="page", doubtful=True)

    assert (new.number, again.pk, older.pk) == (2, new.pk, old.pk)
    assert sittings.latest(sat)[1].value == new.value != old.value
    assert sittings.latest(sat)[2].pk == elsewhere.pk and sat.answers.count() == 3


def test_if_the_mark_alone_told_them_apart_the_other_answer_would_be_acknowledged_and_lost(sat, monkeypatch):
    """The twin."""
    alike = "(kept.position, kept.value, kept.doubtful) == (position, value, doubtful)"
    monkeypatch.setattr(sittings, "answer", rewritten(sittings, "answer", (alike, "True")))
    old = give(sat, 1, "A", mark="page")

    new = give(sat, 1, "B", mark="page")

    assert new.pk == sittings.latest(sat)[1].pk == old.pk


@pytest.mark.parametrize("position", [0, -1, 10, 32_767])
def test_a_place_that_was_not_drawn_takes_no_answer(sat, position):
    with pytest.raises(sittings.NotDrawn):
        give(sat, position, "A")
    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(sitting=sat, position=position, number=1, value=["a"], mark="x", at=sat.starts_at)


@pytest.mark.parametrize("letters", [["F"], ["A", "B"], ["a"], ["-1"], ["0"], ["A", "A"], [""]])
def test_only_an_option_that_the_page_shows_is_an_answer(sat, letters):
    with pytest.raises(sittings.NotPossible):
        sittings.answer(sat, 1, letters, doubtful=False, mark="m")


def test_after_the_time_nothing_is_answered_and_the_result_is_what_was_there(sat):
    answer_all(sat, "a", {1, 2, 3})
    long_ago(sat, 10 * MINUTE)

    with pytest.raises(sittings.Over):
        give(sat, 4, "A", mark="late")
    with pytest.raises(sittings.Over):
        give(sat, 1, "B", mark="change")
    keeping.keep(timezone.now())

    sat.refresh_from_db()
    assert sat.ended_at == sat.ends_at
    assert sat.score["parts"]["twk"]["points"] == 15
    assert sat.score["total"]["answered"] == 3


def test_without_the_clock_of_the_database_a_late_answer_would_count(sat):
    """The twin: what the protection is for."""
    long_ago(sat, 10 * MINUTE)

    with without_trigger("exams_answer", "answer_in_time"):
        given = Answer.objects.create(sitting=sat, position=1, number=1, value=["a"], mark="x", at=timezone.now())

    assert sittings.latest(sat)[1].pk == given.pk


def test_after_the_end_nothing_changes_and_ending_again_is_the_same(sat):
    answer_all(sat, "a")
    ended = sittings.end(sat)

    with pytest.raises(sittings.Over):
        give(sat, 1, "B", mark="after")
    again = sittings.end(sat)

    assert (again.ended_at, again.score) == (ended.ended_at, ended.score)
    assert ended.ended_at < sat.ends_at
    for change in (
        {"ended_at": None, "score": None, "marks": None},
        {"score": {"total": 999}},
        {"ends_at": sat.ends_at + DAY},
        {"starts_at": timezone.now() + DAY},
        {"blueprint": a_format("lain", seconds=6000)},
        {"seed": "0" * 64},
    ):
        with pytest.raises(DatabaseError, match="keeps its time"), transaction.atomic():
            Sitting.objects.filter(pk=sat.pk).update(**change)


def test_while_it_runs_nobody_moves_its_end(sat):
    with pytest.raises(DatabaseError, match="keeps its time"), transaction.atomic():
        Sitting.objects.filter(pk=sat.pk).update(ends_at=sat.ends_at + MINUTE)


def test_answers_and_places_are_never_changed_or_taken_away(sat):
    give(sat, 1, "A")
    for verb in ("UPDATE exams_answer SET doubtful = true", "DELETE FROM exams_answer", "TRUNCATE exams_answer",
                 "UPDATE exams_sittingitem SET worth = 500", "DELETE FROM exams_sittingitem"):  # fmt: skip
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(verb)


def test_an_account_has_one_running_sitting(db):
    a_bank()
    alya, blueprint = make_user("alya@uji.example"), a_format()
    begin(blueprint, user=alya)

    with pytest.raises(sittings.AlreadyRunning):
        begin(blueprint, user=alya)


def test_a_sitting_has_so_many_answers_and_no_more(sat):
    with without_trigger("exams_answer", "answer_in_time"):
        Answer.objects.create(sitting=sat, position=1, number=MOST_ANSWERS, value=[], mark="x", at=sat.starts_at)

    with pytest.raises(sittings.TooMany):
        give(sat, 1, "A", mark="one more")


def test_a_format_that_the_bank_cannot_fill_is_not_begun(db):
    a_bank(twk=2)

    with pytest.raises(sittings.TooFewItems):
        begin(a_format(twk=3))
    assert not Sitting.objects.exists()


def scarce(blueprint):
    """Two items of a rare topic among six, and a format that asks for any four first, then for the two."""
    blueprint.parts.all().delete()
    for place, (topic, count) in enumerate((("", 4), ("langka", 2))):
        blueprint.parts.create(place=place, component="twk", topic=topic, count=count)
    return {f"twk-{n}": (n, "twk", "langka" if n < 2 else "biasa") for n in range(6)}


def test_whether_the_pool_is_enough_depends_on_no_seed(db):
    """Somebody whose seed spent the rare items on the part of any topic could not begin on the day."""
    blueprint = a_format(twk=1)
    pool = scarce(blueprint)

    sheets = [sittings.drawn_from(pool, blueprint, str(seed)) for seed in range(30)]

    assert all(sorted(version for version, _worth in sheet) == list(range(6)) for sheet in sheets)


def test_in_the_order_of_the_form_some_seeds_would_leave_too_few(db):
    """The twin."""
    blueprint = a_format(twk=1)
    pool = scarce(blueprint)
    hasty = rewritten(sittings, "drawn_from", ("sorted(parts, key=lambda one: not one.topic)", "parts"))

    failed = 0
    for seed in range(30):
        try:
            hasty(pool, blueprint, str(seed))
        except sittings.TooFewItems:
            failed += 1

    assert failed > 10


def test_two_sittings_draw_and_show_in_another_order(db):
    a_bank(twk=20, tiu=0, tkp=0)
    blueprint = a_format(twk=20)

    orders = [[place.version_id for place in begin(blueprint, key=key).items.all()] for key in ("a", "b", "c")]

    assert len({tuple(order) for order in orders}) == 3
    assert len({frozenset(order) for order in orders}) == 1


def test_statistics_count_each_sitting_once_and_stay_when_it_is_forgotten(sat, settings):
    place = first(sat)
    answer_all(sat, "a")
    sittings.end(sat)
    keeping.keep(timezone.now())
    keeping.keep(timezone.now())
    long_ago(Sitting.objects.get(), (settings.PRACTICE_KEPT_DAYS + 1) * DAY)

    keeping.keep(timezone.now())

    assert not Sitting.objects.exists()
    assert not Answer.objects.exists()
    kept = ItemStatistic.objects.get(version=place.version)
    assert (kept.drawn, kept.counted, kept.full, kept.sum_x, kept.sum_y, kept.sum_xy) == (1, 1, 1, 5, 10, 50)


def test_what_is_with_an_account_stays_longer(db, settings):
    a_bank()
    alya = make_user("alya@uji.example")
    sat = sittings.end(begin(user=alya))
    keeping.keep(timezone.now())
    long_ago(sat, (settings.PRACTICE_KEPT_DAYS + 1) * DAY)
    keeping.keep(timezone.now())
    assert Sitting.objects.exists()

    long_ago(sat, settings.PRACTICE_HISTORY_DAYS * DAY)
    keeping.keep(timezone.now())

    assert not Sitting.objects.exists()


def test_a_sitting_that_runs_or_counts_is_not_forgotten_by_anybody(sat):
    with pytest.raises(DatabaseError, match="only a practice sitting"), transaction.atomic():
        sittings.forget.__wrapped__(sat)
    Blueprint.objects.update(practice=False)
    sittings.end(sat)
    with pytest.raises(DatabaseError, match="only a practice sitting"), transaction.atomic():
        sittings.forget.__wrapped__(sat)


def test_pages_keeper_and_worker_do_their_part_under_their_own_rights(own_database):
    a_bank()
    blueprint = a_format(seconds=3)
    with working_as(WEB):
        sat = begin(blueprint)
        answer_all(sat, "a")
        done = sittings.end(begin(blueprint, key="zwei"))
        assert done.score["total"]["points"] == 0
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Answer.objects.update(doubtful=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(3.2)")

    for role in (KEEPER, WORK):
        with working_as(role):
            keeping.keep(timezone.now())

    sat.refresh_from_db()
    assert sat.score["total"]["points"] == 45
    assert ItemStatistic.objects.exists()
    assert not Sitting.objects.filter(counted_at=None).exists()
    with working_as(WEB):
        sittings.forget(sat)
    assert not Answer.objects.exists()


def test_the_items_of_the_product_fill_every_format_they_come_with(db):
    added, _same, _gone = shipped.load(at=timezone.now())

    assert added >= 150
    assert shipped.load(at=timezone.now()) == (0, added, 0)
    for n, blueprint in enumerate(Blueprint.objects.all()):
        sat = begin(blueprint, key=f"k{n}")
        assert sat.items.count() == sum(part.count for part in blueprint.parts.all())
    assert Sitting.objects.get(blueprint__slug="skd-110").items.count() == 110


def test_an_item_whose_words_change_gets_a_version_and_one_that_is_gone_is_retired(db, tmp_path):
    file = tmp_path / "tiu-uji.json"
    one, two = ({"stem": f"Berapa {n} + 1?", "options": ["1", "2", "3"], "explanation": "Hitung."} for n in (1, 2))
    formats = tmp_path / "f"
    formats.write_text("[]")

    def load(*items):
        file.write_text(json.dumps({"component": "tiu", "topic": "uji", "items": items}))
        return shipped.load(at=timezone.now(), folder=tmp_path, formats=formats)

    assert load(one, two) == (2, 0, 0)
    assert load(one | {"stem": "Berapa 1 + 1 = …"}) == (1, 0, 1)
    assert [version.number for version in sittings.ItemVersion.objects.in_force()] == [2]
    with pytest.raises(shipped.Unfit, match="tiu-uji-01"):
        load(one | {"options": ["1", "1"]})


def test_an_item_of_the_product_may_have_a_picture_and_not_without_its_words(db, tmp_path):
    formats, picture = tmp_path / "f", {"type": "image/png", "alt": "Tiga batang: 4, 7, 9", "data": "iVBORw0KGgo="}
    formats.write_text("[]")
    item = {"stem": "Berapa batang tertinggi?", "options": ["9", "7", "4"], "explanation": "Batang ketiga, 9."}

    def load(image: dict):
        written = {"component": "tiu", "topic": "uji", "items": [item | {"image": image}]}
        (tmp_path / "tiu-uji.json").write_text(json.dumps(written))
        return shipped.load(at=timezone.now(), folder=tmp_path, formats=formats)

    assert load(picture) == (1, 0, 0)
    assert sittings.ItemVersion.objects.get().content["image"] == picture
    with pytest.raises(shipped.Unfit, match="tiu-uji-01"):
        load(picture | {"alt": " "})


def test_letters_stand_for_the_options_as_this_sitting_shows_them(sat):
    place = first(sat)
    for key in "abcde":
        assert sittings.meant(place.version, sat.seed, [letter_of(place, sat, key)]) == [key]
