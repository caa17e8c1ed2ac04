"""Tests of the portal's own in the practice city: one that is over, one that is open now, one that is sealed."""

from datetime import datetime, timedelta
from random import Random

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from exams import content, exam_key
from exams.actions import live_sessions, local_scores, local_tests, seats
from exams.actions import sitting as sittings
from exams.models import Answer, LocalTest, Seat, Sitting
from selection.actions import ranking, scores
from vacancies.models import Stage

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OVER_POSTS = (("Petugas layanan informasi", "Dinas Komunikasi dan Informatika", 3),)
OPEN_POSTS = (("Petugas loket pelayanan", "Dinas Kependudukan dan Pencatatan Sipil", 3),)
PLACE, ROOMS = "Balai Diklat Latihan, Jalan Melati 5", ["Lab 1", "Lab 2"]
DOOR = 30 * MINUTE
OPEN_FOR = 5 * DAY  # no real door stays open so long; a city that runs for days still lets Dewi in
# Both components of the stage are measured here: the written one by two parts, the practical one by cases.
PARTS = [
    {"component": "twk", "topic": "", "count": 5, "worth": 5, "scores_as": "tertulis"},
    {"component": "tiu", "topic": "", "count": 5, "worth": 5, "scores_as": "tertulis"},
    {"component": "teknis", "topic": "", "count": 5, "worth": 5, "scores_as": "praktik"},
]


def is_over(people: dict[str, User], stage: Stage, order: list, *, held_at: datetime) -> None:
    """Sealed, opened by two, sat by all of `order` (applications) but the last, committed, handed in, approved, ranked.

    The first answers best, the second hardly anything right. The database's clock lets a test be sat today alone, so it
    is sat today and then brought back to `held_at`, as only the owner of the database could.
    """
    pia, rudi, rina = people["pia"], people["rudi"], people["rina"]
    begins_at = timezone.now()
    test = _sealed(
        people, stage, "Sesi 1", at=held_at - 3 * DAY, begins_at=begins_at, day=held_at, door=DOOR, seats_per_room=8
    )
    _opened(people, test, held_at - 30 * MINUTE)
    rng = Random(14)  # noqa: S311 - the same scores each time
    for turn, application in enumerate(order[:-1]):
        seat = Seat.objects.select_related("application").get(test=test, application=application)
        _sit(seat, turn=turn, right={0: 14, 1: 7}.get(turn) or rng.randint(8, 13))
    _bring_back(test, held_at)
    after = held_at + 2 * HOUR
    seats.note(
        test, kind="network", words="Jaringan Lab 2 putus tiga menit. Jawaban terkirim setelah tersambung.", seat=None,
        by=rina, at=held_at + 12 * MINUTE,
    )  # fmt: skip
    local_scores.show_scores(after)
    local_scores.close_over(after)
    batch = local_scores.score_file(stage, by=pia, at=after + HOUR)
    scores.approve(batch, by=rudi, at=after + 2 * HOUR)
    live_sessions.close(test.session, by=rudi, at=after + 2 * HOUR)
    ranking.rank(stage, by=pia, at=after + DAY)


def is_open(people: dict[str, User], stage: Stage, *, now: datetime) -> Seat:
    """Open since a moment ago, with accounts too; two are through, one is at it. Returns a seat that nobody took yet."""
    test = _sealed(
        people, stage, "Sesi 1", at=now - 3 * DAY, begins_at=timezone.now(), door=OPEN_FOR, seats_per_room=3,
        own_devices=True,
    )  # fmt: skip
    _opened(people, test, timezone.now())
    *taken, free = Seat.objects.filter(test=test).select_related("application").order_by("application")[:4]
    for turn, (seat, ends) in enumerate(zip(taken, (True, True, False), strict=True)):
        _sit(seat, turn=turn, right=12 - 2 * turn, ends=ends)
    local_scores.show_scores(timezone.now())
    return free


def is_sealed(people: dict[str, User], stage: Stage, *, now: datetime) -> LocalTest:
    """Those whom the first session did not seat; two officers open it in the hour before it begins."""
    begins_at = morning(now + OPEN_FOR + DAY, stage.recruitment.zone)
    return _sealed(people, stage, "Sesi 2", at=now - DAY, begins_at=begins_at, door=DOOR, seats_per_room=4)


def morning(day: datetime, zone) -> datetime:
    """Nine o'clock of that day in the zone of the recruitment."""
    return day.astimezone(zone).replace(hour=9, minute=0, second=0, microsecond=0)


def _sealed(
    people, stage: Stage, name: str, *, at, begins_at, door, seats_per_room: int, day=None, own_devices=False
) -> LocalTest:
    """`day` where the test is to be of another day than the one on which it is sat."""
    session = live_sessions.make(
        stage, name=name, place=PLACE, rooms=ROOMS, by=people["pia"], at=at,
        held_on=(day or begins_at).astimezone(stage.recruitment.zone).date(),
    )  # fmt: skip
    return local_tests.seal(
        session, seconds=30 * 60, parts=PARTS, begins_at=begins_at, door_closes_at=begins_at + door,
        seats_per_room=seats_per_room, own_devices=own_devices, extra={}, by=people["pia"], at=at,
    )  # fmt: skip


def _opened(people: dict[str, User], test: LocalTest, at: datetime) -> None:
    """By Pia and by Rudi; the database stamps the second with its own clock."""
    for who in ("pia", "rudi"):
        local_tests.unseal(test, by=people[who], at=at)
    test.refresh_from_db()


def _sit(seat: Seat, *, turn: int, right: int, ends: bool = True) -> None:
    """At the seat with its code: `right` of the answers are right, which of them depends on `turn`; some stay open."""
    number = seat.application.participant_number
    taken = seats.enter_with_code(number, Seat.objects.get(pk=seat.pk).code, key=exam_key.new(), at=timezone.now())
    sitting = sittings.begin_at(taken, at=timezone.now())
    places = sitting.items.select_related("version__item").order_by("position")
    for place in places:
        knows = (7 * place.position + turn) % len(places) < right  # 7 and the places have no divisor in common
        if not knows and (place.position + turn) % 4 == 0:
            continue
        order = content.shown_order(place.version.content, sitting.seed)
        good = order.index(place.version.content["right"][0])
        letter = "ABCDEFGH"[good if knows else (good + 1) % len(order)]
        sittings.answer(sitting, place.position, [letter], doubtful=not knows, mark=f"kota-{place.position}")
    if ends:
        sittings.end(sitting)


def _bring_back(test: LocalTest, held_at: datetime) -> None:
    """A test that was sat becomes one of the past. Each took between 16 and 28 minutes, which the city does in one."""
    back = test.begins_at - held_at
    with transaction.atomic(), connection.cursor() as cursor:
        tables = ("exams_localtest", "exams_seat", "exams_sitting", "exams_answer")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        LocalTest.objects.filter(pk=test.pk).update(
            begins_at=held_at, door_closes_at=F("door_closes_at") - back, second_at=held_at - 30 * MINUTE
        )
        Seat.objects.filter(test=test).update(entered_at=F("entered_at") - back)
        Answer.objects.filter(sitting__seat__test=test).update(at=F("at") - back)
        for turn, one in enumerate(Sitting.objects.filter(seat__test=test).order_by("seat__application")):
            starts_at = one.starts_at - back
            Sitting.objects.filter(pk=one.pk).update(
                starts_at=starts_at, ends_at=one.ends_at - back, ended_at=starts_at + (16 + 5 * turn % 13) * MINUTE
            )
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    test.refresh_from_db()
