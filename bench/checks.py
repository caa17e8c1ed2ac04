"""Every hourly check over one result day: scores, results, letters and two reviews of each file."""

import time

from django.db import DatabaseError, connection

from accounts.roles import Role
from bench import made_up, result_day
from bench.measure import Line
from oversight.actions.invariants import BUDGET, EVERY
from oversight.invariants import INVARIANTS, look
from oversight.invariants.table import SECONDS
from selection.models import Announcement

REVIEWS = """
    INSERT INTO selection_review (application_id, stage_id, seat, verifier_id, taken_at, verdict, decided_at)
    SELECT a.id, %s, s.seat, s.who, %s, 'MS', %s
    FROM selection_application a, (VALUES (1, %s::bigint), (2, %s)) s(seat, who) WHERE a.recruitment_id = %s
"""


def measure(quick: bool, people: int) -> list[Line]:
    """Looks at what `day` leaves behind; makes it where `day` did not run before in the same call."""
    if not Announcement.objects.exists():
        result_day.measure(quick, people)
    _reviews(people)
    took, troubled = {}, []
    for name in INVARIANTS:
        started = time.perf_counter()
        try:
            look(name, made_up.AT)
        except DatabaseError as error:
            troubled.append(f"{name} ({type(error.__cause__).__name__})")
        took[name] = time.perf_counter() - started
    if troubled:
        raise RuntimeError(f"not made within {SECONDS} s: {', '.join(troubled)}")
    slow = sorted(took, key=took.get, reverse=True)[:3]
    rings = sum(took.values()) / BUDGET
    return [
        Line(
            f"{len(took)} hourly checks over {people:,} people, {people:,} results, {2 * people:,} reviews",
            f"{sum(took.values()):.1f} s ({', '.join(f'{name} {took[name]:.1f}' for name in slow)})",
            f"{SECONDS} s for one statement, {EVERY.total_seconds():.0f} s for all; about {rings:.0f} rings of {BUDGET:.0f} s",
            f"{max(took.values()) / SECONDS:.2f} of the limit of one",
        )
    ]


def _reviews(people: int) -> None:
    """Two verifiers said yes to every file. Without triggers: that each is fair is not what is measured."""
    of = Announcement.objects.first().stage.recruitment
    vera, wati = (made_up.staff(name, Role.VERIFIER) for name in ("vera", "wati"))
    stage = made_up.stage(of, 9, kind="administrative", rule="", slug="berkas")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE selection_review DISABLE TRIGGER USER")
        cursor.execute(REVIEWS, [stage.pk, made_up.AT, made_up.AT, vera.pk, wati.pk, of.pk])
        cursor.execute("ALTER TABLE selection_review ENABLE TRIGGER USER")
        cursor.execute("VACUUM ANALYZE selection_review")
