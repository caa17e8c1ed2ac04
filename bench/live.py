"""10,000 viewers of a live board while scores arrive: how often they make the portal read and render."""

import math
import time
from datetime import timedelta

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from bench import made_up
from bench.load import arrive, get, load, server
from bench.measure import Line, taken
from exams import live_board, live_kept
from exams.actions import live_feed, live_sessions
from exams.views import live as pages
from selection.models import Application

# Each reading looks for its session once, by whatever plan; nothing else of a viewer touches that table.
READINGS = (
    "SELECT coalesce(seq_scan, 0) + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = 'exams_examsession'"
)
ROOMS = ["A", "B", "C", "D", "E"]


def measure(quick: bool, people: int) -> list[Line]:
    seated, viewers, within = (100, 500, 6) if quick else (2_000, 10_000, 60)
    session, delivered = _session(seated)
    address = f"/skor/{session.slug}/"
    alone = taken(lambda _run: _anew(session.slug), 3)
    with server() as running:
        limit = load(running, ["/healthz"], seconds=1 if quick else 5, connections=8)
    before = _readings()
    with server() as running:
        began = time.perf_counter()
        seen = arrive(running, [get(address)] * viewers, within=within, status=200)
        seconds = time.perf_counter() - began
    readings = _readings() - before
    allowed = math.ceil(seconds / live_kept.KEEPS) + 1
    before = _readings()
    with server() as running:
        busy = load(running, [address], seconds=2 if quick else 20, connections=64)
    busy_readings, busy_allowed = _readings() - before, math.ceil(busy.seconds * 1.1 / live_kept.KEEPS) + 1
    return [
        Line(
            f"live board: {viewers:,} viewers, each on a connection of its own, within {seconds:.0f} s; {delivered:,} scores",
            f"{readings} readings and renderings, p50 {seen.p(0.5):.1f} ms, p99 {seen.p(0.99):.1f} ms",
            f"one in {live_kept.KEEPS} s: {allowed}",
            f"{readings / allowed:.2f} × what is allowed",
        ),
        Line(
            "live board: 64 connections that ask without a pause",
            f"{busy}; {busy_readings} readings and renderings for {busy.count:,} answers",
            f"one in {live_kept.KEEPS} s: {busy_allowed}; a view that answers “ok”: {limit}",
            f"{busy.per_second / limit.per_second:.2f} × the rate",
        ),
        Line("live board: one reading and rendering, without anything kept", f"{alone.seconds * 1000:.0f} ms"),
    ]


def _anew(slug: str) -> None:
    cache.clear()
    pages._pieces(slug, live_board.Asked(), timezone.now())


def _session(seated: int):
    pia, rudi = made_up.staff("pia", Role.PREPARER), made_up.staff("rudi", Role.PUBLISHER)
    of = made_up.recruitment("nilai-langsung")
    made_up.participants(of, seated, max(seated // 40, 1))
    stage, now = made_up.stage(of, 1), timezone.now()
    made = live_sessions.make(stage, name="Sesi 1", place="Aula", rooms=ROOMS, held_on=now.date(), by=pia, at=now)
    session = live_sessions.open_(made, by=rudi, at=now - timedelta(hours=1))
    rows = ["nomor,ruang,waktu,twk,tiu,tkp"]
    numbers = Application.objects.filter(recruitment=of).order_by("pk").values_list("participant_number", flat=True)
    for place, number in enumerate(numbers):
        when = (now - timedelta(seconds=place % 3000)).isoformat()
        rows.append(f"{number},{ROOMS[place % 5]},{when},{60 + place % 90},{80 + place % 95},{150 + place % 75}")
    delivery, _new = live_feed.receive(session, "\n".join(rows).encode(), by=pia, at=now)
    return session, delivery.rows


def _readings() -> int:
    """Counted by the database itself, once the web server's sessions have ended and told it."""
    time.sleep(2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(READINGS)
        return cursor.fetchone()[0]
