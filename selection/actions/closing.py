"""Stages close by themselves, by the database's clock, once."""

from django.db import connection, transaction

from ledger.actions import record
from selection.actions import prolonging
from selection.models import Application
from selection.states import State
from vacancies.models import Stage


def close_due(at) -> int:
    """Close every stage whose time is over by the database's clock; returns how many. `at` stamps the facts."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.id FROM vacancies_stage s JOIN vacancies_recruitment r ON r.id = s.recruitment_id
            WHERE s.closed_at IS NULL AND s.closes_at <= clock_timestamp() AND r.published_at IS NOT NULL ORDER BY s.id"""
        )
        due = [row[0] for row in cursor.fetchall()]
    return sum(close(stage_id, at=at) for stage_id in due)


@transaction.atomic(durable=True)
def close(stage_id: int, *, at) -> bool:
    """Write `closed_at` once, and count; False when it was closed already, or goes on because too few applied.

    Locks the stage against the shared lock of a submit, so that whoever was let in is counted.
    """
    stage = Stage.objects.select_for_update(of=("self",)).select_related("recruitment").get(pk=stage_id)
    if stage.closed_at or (_is_over(stage) and prolonging.prolong(stage, at=at)):
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vacancies_stage SET closed_at = clock_timestamp() WHERE id = %s AND closes_at <= clock_timestamp()",
            [stage.pk],
        )
        if not cursor.rowcount:
            return False
    if stage.kind == Stage.Kind.REGISTRATION:
        record.append(
            "registration.closed",
            at=at,
            recruitment=stage.recruitment.slug,
            stage=stage.slug,
            applications=Application.objects.filter(recruitment=stage.recruitment).exclude(state=State.DRAFT).count(),
        )
    return True


def _is_over(stage: Stage) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s <= clock_timestamp()", [stage.closes_at])
        return cursor.fetchone()[0]
