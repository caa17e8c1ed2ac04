"""The time of many ends in the same moment: all are scored by one ring, as each would be alone."""

import random
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exams import tasks
from exams.actions import keeping, overdue
from exams.actions import sitting as sittings
from exams.models import Answer, Item, ItemVersion, Sitting, SittingItem
from portal.grants import KEEPER, WORK
from tests.exams.local_room import Hall
from tests.exams.sitting_down import a_bank, a_format, single, weighted, without_trigger
from tests.roles import working_as

OPTIONS = single("")["options"]
KINDS = (
    single("Satu"),
    weighted("Sikap"),
    {"kind": "several", "stem": "Beberapa", "options": OPTIONS, "right": ["a", "c"], "explanation": "Dua."},
    {"kind": "short", "stem": "Berapa?", "accepted": ["1.5", "satu setengah"], "explanation": "Hitung."},
)
GIVEN = {
    "single": (["a"], ["b"], []),
    "weighted": (["a"], ["d"], []),
    "several": (["a", "c"], ["c", "a"], ["a"], []),
    "short": (["1,5"], [" Satu  setengah"], ["2"], []),
}


def a_version(code: str, body: dict, component: str = "tiu") -> ItemVersion:
    now = timezone.now()
    item = Item.objects.create(code=code, component=component, topic="uji", free=True, made_at=now)
    return ItemVersion.objects.create(item=item, number=1, body=body, made_at=now, in_force_at=now)


def seated(count: int, versions: list[ItemVersion], *, blueprint=None, key: str = "k") -> list[Sitting]:
    """People who have all begun with the same items."""
    blueprint, now = blueprint or a_format(key), timezone.now()
    made = Sitting.objects.bulk_create(
        Sitting(blueprint=blueprint, key_digest=f"{key}{n}", seed=f"{n}", starts_at=now, ends_at=now)
        for n in range(count)
    )
    SittingItem.objects.bulk_create(
        SittingItem(sitting=one, position=place, version=version, worth=5)
        for one in made
        for place, version in enumerate(versions, start=1)
    )
    return made


def give(sitting: Sitting, position: int, value: list[str]) -> None:
    mark = f"m{Answer.objects.count()}"
    Answer.objects.create(sitting=sitting, position=position, number=0, value=value, mark=mark, at=sitting.starts_at)


def time_is_over() -> None:
    """For everybody at once, an hour ago."""
    hour = timedelta(hours=1)
    with without_trigger("exams_sitting", "sitting_time_stands"):
        Sitting.objects.update(starts_at=F("starts_at") - hour, ends_at=F("ends_at") - hour)


def ring() -> None:
    keeping.end(timezone.now())


def unscored() -> set[int]:
    return set(Sitting.objects.filter(score__isnull=True).values_list("pk", flat=True))


@pytest.fixture(autouse=True)
def nobody_told(monkeypatch):
    monkeypatch.setattr(overdue, "told", set())


def test_250_whose_time_ends_at_once_are_scored_by_one_ring(db):
    versions = [a_version("twk-1", single("Satu"), "twk"), a_version("tkp-1", weighted("Sikap"), "tkp")]
    people = seated(250, versions)
    for one in people[::10]:
        give(one, 1, ["a"])
        give(one, 2, ["b"])
    still_running = seated(1, versions, key="j")[0]
    hour = timedelta(hours=1)
    with without_trigger("exams_sitting", "sitting_time_stands"):
        Sitting.objects.exclude(pk=still_running.pk).update(
            starts_at=F("starts_at") - hour, ends_at=F("ends_at") - hour
        )

    ring()

    assert unscored() == {still_running.pk}
    for n, one in enumerate(Sitting.objects.exclude(pk=still_running.pk).order_by("pk")):
        answered = n % 10 == 0
        assert one.ended_at == one.ends_at
        assert one.marks == ([5, 4] if answered else [None, None])
        assert one.score["total"] == {
            "points": 9 if answered else 0, "most": 10, "count": 2, "answered": 2 if answered else 0,
            "right": 1 if answered else 0,
        }  # fmt: skip


def test_the_newest_answer_of_a_place_counts_and_an_emptied_one_is_empty(db):
    versions = [a_version(f"v-{n}", single(f"{n}")) for n in range(4)] + [a_version("w", weighted("Sikap"), "tkp")]
    one = seated(1, versions)[0]
    for position, value in (
        (1, ["b"]),
        (2, ["a"]),
        (1, ["a"]),
        (2, []),
        (3, ["a"]),
        (3, ["b"]),
        (5, ["e"]),
        (5, ["c"]),
    ):
        give(one, position, value)
    time_is_over()

    ring()

    one.refresh_from_db()
    assert one.marks == [5, None, 0, None, 3]
    assert one.score["parts"] == {
        "tiu": {"points": 5, "most": 20, "count": 4, "answered": 2, "right": 1},
        "tkp": {"points": 3, "most": 5, "count": 1, "answered": 1, "right": 0},
    }


def test_together_they_get_what_each_would_get_alone(db):
    """Sheets of every kind of item, each ended alone first and taken back, then all ended by one ring."""
    chance = random.Random(20261126)
    versions = [
        a_version(f"v-{n}", KINDS[n % 4], component) for n, component in enumerate(("twk", "tiu", "tkp", "teknis") * 2)
    ]
    people = seated(30, versions)
    for one in people:
        for _turn in range(chance.randrange(16)):
            place = chance.randrange(len(versions))
            give(one, place + 1, chance.choice(GIVEN[versions[place].body["kind"]]))
    seated(1, [], key="nothing-drawn")
    time_is_over()
    alone = {}
    for one in Sitting.objects.all():
        with transaction.atomic():
            ended = sittings._end(Sitting.objects.select_for_update().get(pk=one.pk))
            alone[one.pk] = (ended.score, ended.marks, ended.ended_at)
            transaction.set_rollback(True)
    assert unscored() == set(alone)

    ring()

    assert {one.pk: (one.score, one.marks, one.ended_at) for one in Sitting.objects.all()} == alone
    assert len({str(marks) for _score, marks, _at in alone.values()}) > 20


def test_however_many_end_a_batch_asks_the_database_as_often(db):
    versions = [a_version(f"v-{n}", single(f"{n}")) for n in range(3)]
    blueprint, asked = a_format(), []
    for key, count in (("few", 2), ("many", overdue.A_BATCH)):
        for one in seated(count, versions, blueprint=blueprint, key=key):
            give(one, 1, ["a"])
        time_is_over()
        with CaptureQueriesContext(connection) as seen:
            ring()
        asked.append(len(seen))
        assert unscored() == set()

    assert asked[0] == asked[1] <= 10


def test_what_somebody_holds_is_not_waited_for_and_found_by_the_next_ring(own_database):
    held, *others = seated(5, [a_version("v", single("Satu"))])
    time_is_over()
    page = connection.copy()
    page.set_autocommit(False)
    with page.cursor() as cursor:
        cursor.execute("SELECT FROM exams_sitting WHERE id = %s FOR NO KEY UPDATE", [held.pk])

        ring()
        assert unscored() == {held.pk}

    page.rollback()
    page.close()
    ring()

    assert unscored() == set()


def broken_among(count: int) -> Sitting:
    """The first to be scored has an item that nothing can be made of."""
    good = a_version("good", single("Satu"))
    bad = seated(1, [good, a_version("bad", {"stem": "Tanpa jenis"})], key="bad")[0]
    seated(count, [good])
    time_is_over()
    return bad


def test_one_that_cannot_be_scored_is_told_once_and_keeps_nobody_waiting(db, caplog):
    bad = broken_among(12)

    ring()
    ring()

    assert unscored() == {bad.pk}
    assert [one.getMessage() for one in caplog.records] == [f"sitting {bad.pk} cannot be scored"]


def test_without_trying_each_alone_a_whole_batch_would_wait_for_one(db, monkeypatch):
    """The twin: what the protection is for."""
    broken_among(12)
    monkeypatch.setattr(overdue, "_end_each", lambda batch: None)

    ring()

    assert len(unscored()) == 13


@pytest.mark.parametrize("role", [KEEPER, WORK])
def test_keeper_and_worker_score_secret_items_under_their_own_rights(own_database, role):
    hall = Hall(2).open()
    sat = [sittings.begin_at(seat, at=timezone.now()) for seat in hall.test.seats.all()]
    for one in sat:
        for place in one.items.select_related("version"):
            assert place.version.sealed
            give(one, place.position, ["a"])
    time_is_over()

    with working_as(role):
        ring()

    assert [one.score["total"]["points"] for one in Sitting.objects.all()] == [45, 45]


def test_a_practice_left_alone_is_scored_by_the_beat_too(db):
    a_bank()
    sat = sittings.begin(a_format(), key="k", at=timezone.now())
    time_is_over()

    tasks.end()

    assert unscored() == set()
    sat.refresh_from_db()
    assert sat.score["total"]["count"] == 9
