"""A test that counts with 500 people at once: each answer saved and acknowledged, every one there, scores at the end."""

import json
import time
from datetime import timedelta
from threading import Event, Thread

from django.conf import settings
from django.core import signing
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from bench import made_up
from bench.load import arrive, server
from bench.measure import Line
from exams import exam_key
from exams.actions import live_sessions, local_tests
from exams.actions import sitting as sittings
from exams.actions.keeping import end
from exams.models import Answer, Item, ItemVersion, LocalTest, Seat, Sitting
from portal import keeping

SECRET = "b" * 32
ITEMS = 40
WITHIN = 20  # seconds in which everybody answers `rounds` times


def measure(quick: bool, people: int) -> list[Line]:
    seated, rounds = (40, 2) if quick else (500, 4)
    test = _test(seated)
    began = time.perf_counter()
    sat = [sittings.begin_at(seat, at=timezone.now()) for seat in test.seats.select_related("test__blueprint")]
    drawn = (time.perf_counter() - began) / len(sat)
    requests = [_saving(one, turn + 1) for turn in range(rounds) for one in sat]
    with server() as running:
        arrive(running, [_saving(one, ITEMS) for one in sat[:20]], within=0, status=200)  # warms up
        seen = arrive(running, requests, within=2 if quick else WITHIN, status=200)
    kept = Answer.objects.filter(mark__startswith="b-").exclude(position=ITEMS).count()
    if kept != len(requests):
        raise RuntimeError(f"{len(requests)} answers were acknowledged and {kept} are there")
    scored = _time_is_over(test)
    return [
        Line(
            f"{len(requests):,} answers of {seated} people in one test, {len(requests) / (2 if quick else WITHIN):.0f} a second,"
            " all acknowledged and there",
            f"{seen}, slowest {max(seen.latencies) * 1000:.0f} ms",
            "aim: p99 ≤ 500 ms",
            f"{seen.p(0.99) / 500:.2f} × the aim",
        ),
        Line("a sitting drawn from the box and laid out", f"{drawn * 1000:.0f} ms"),
        Line(
            f"the time of {seated} people ends in the same moment: until the last has a score, the keeper ringing",
            f"{scored:.1f} s",
            "aim: ≤ 5 s",
            f"{scored / 5:.2f} × the aim",
        ),
    ]


def _time_is_over(test: LocalTest) -> float:
    """Seconds from the moment in which everybody's time ends until the last has a score."""
    ends_at = timezone.now() + timedelta(seconds=3)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE exams_sitting DISABLE TRIGGER USER")  # nobody moves an end, but here all have one
        Sitting.objects.filter(seat__test=test).update(ends_at=ends_at)
        cursor.execute("ALTER TABLE exams_sitting ENABLE TRIGGER USER")
    stopped = Event()
    keeper = Thread(target=keeping.loop, args=(stopped, keeping.OFTEN[end], (end,)))
    keeper.start()
    try:
        while Sitting.objects.filter(seat__test=test).running().exists():
            if timezone.now() > ends_at + timedelta(minutes=2):
                raise RuntimeError("somebody has no score")
            time.sleep(0.02)
        return (timezone.now() - ends_at).total_seconds()
    finally:
        stopped.set()
        keeper.join()


def _test(seated: int) -> LocalTest:
    """Unsealed and begun; every seat has its device."""
    now = timezone.now()
    pia, rudi = made_up.staff("pia", Role.PREPARER), made_up.staff("rudi", Role.PUBLISHER)
    of = made_up.recruitment("ujian")
    stage = made_up.stage(of, 1)
    made_up.participants(of, seated, 10)
    _items(pia, now)
    session = live_sessions.make(stage, name="Sesi 1", place="Aula", rooms=["A"], held_on=now.date(), by=pia, at=now)
    test = local_tests.seal(
        session, seconds=5400, begins_at=now + timedelta(seconds=2), door_closes_at=now + timedelta(hours=1),
        parts=[{"component": "tiu", "topic": "", "count": ITEMS, "worth": 5, "scores_as": ""}],
        seats_per_room=seated, own_devices=False, extra={}, by=pia, at=now,
    )  # fmt: skip
    for officer in (pia, rudi):
        test = local_tests.unseal(test, by=officer, at=now)
    for seat in test.seats.all():
        Seat.objects.filter(pk=seat.pk).update(code=None, key_digest=sittings.digest_of(f"kunci-{seat.pk}"))
    time.sleep(3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return test


def _items(writer: User, now) -> None:
    readers = [made_up.staff(name, Role.ITEM_REVIEWER) for name in ("dewi", "dodi")]
    options = [{"key": key, "text": f"Pilihan {key} yang cukup panjang untuk dibaca"} for key in "abcde"]
    for n in range(ITEMS * 2):
        item = Item.objects.create(code=f"b-{n}", component="tiu", topic="uji", free=False, made_by=writer, made_at=now)
        body = {
            "kind": "single",
            "stem": f"Pertanyaan {n} " * 20,
            "options": options,
            "right": ["a"],
            "explanation": "Karena a.",
        }
        ItemVersion.objects.create(
            item=item, number=1, sealed=json.dumps(body), author=writer, made_at=now, first_by=readers[0], first_at=now,
            second_by=readers[1], second_at=now, in_force_at=now,
        )  # fmt: skip


def _saving(sitting: Sitting, place: int) -> bytes:
    """The request by which the page's script saves an answer."""
    key = signing.dumps(f"kunci-{sitting.seat_id}", salt=exam_key.SALT)
    body = f"csrfmiddlewaretoken={SECRET}&jawaban=B&tanda=b-{sitting.pk}-{place}"
    return (
        f"POST /ujian/soal/{place}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
        f"Cookie: {settings.EXAM_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={SECRET}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
