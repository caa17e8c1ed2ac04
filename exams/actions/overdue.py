"""When the time is over: everybody who did not end is scored, however many end in the same moment."""

import json
import logging
from collections.abc import Sequence

from django.db import connection, transaction

from exams.actions.sitting import result_of
from exams.models import Answer, ItemVersion, Sitting, SittingItem

A_BATCH = 100  # sittings in one transaction: whoever opens the own page meanwhile waits for one batch at most

logger = logging.getLogger(__name__)
told: set[int] = set()  # a sitting that cannot be scored is tried every second, and told once by each process

WRITE = """
UPDATE exams_sitting SET score = one.score, marks = one.marks, ended_at = exams_sitting.ends_at
FROM jsonb_to_recordset(%s::jsonb) AS one (id bigint, score jsonb, marks jsonb)
WHERE exams_sitting.id = one.id AND exams_sitting.ended_at IS NULL
"""


def end_overdue(at) -> None:
    """Duty: whoever left without ending is scored when the time is over, batch by batch until nobody waits.

    What a page holds locked is ended there, or found by the next ring. Where a batch fails each of its sittings is
    tried alone: one that cannot be scored is logged and keeps nobody else waiting.
    """
    tried: set[int] = set()
    while batch := _due(tried):
        tried.update(batch)
        try:
            _end_all(batch)
        except Exception:
            _end_each(batch)


def _due(tried: set[int]) -> list[int]:
    due = Sitting.objects.overdue().exclude(pk__in=tried).order_by("ends_at", "pk")
    return list(due.values_list("pk", flat=True)[:A_BATCH])


def _end_each(batch: list[int]) -> None:
    for pk in batch:
        try:
            _end_all([pk])
        except Exception:
            if pk not in told:
                told.add(pk)
                logger.exception("sitting %s cannot be scored", pk)


@transaction.atomic(durable=True)
def _end_all(batch: Sequence[int]) -> None:
    """Score these together, or none: those that nobody else holds and that have not ended."""
    waiting = Sitting.objects.overdue().filter(pk__in=batch).order_by("pk")
    locked = list(waiting.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
    scored = []
    for pk, sheet in _sheets(locked).items():
        score, marks = result_of(sheet)
        scored.append({"id": pk, "score": score, "marks": marks})
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [json.dumps(scored)])


def _sheets(sittings: list[int]) -> dict[int, list[tuple]]:
    """(component, question, answer, worth) by place, of each sitting: an item that many got is read once."""
    given = Answer.objects.filter(sitting__in=sittings).order_by("sitting", "position", "-number")
    given = given.distinct("sitting", "position").values_list("sitting", "position", "value")
    values = {(pk, position): value for pk, position, value in given}
    places = SittingItem.objects.filter(sitting__in=sittings).order_by("sitting", "position")
    places = list(places.values_list("sitting", "position", "version", "worth"))
    versions = ItemVersion.objects.select_related("item").in_bulk({version for _pk, _n, version, _worth in places})
    sheets: dict[int, list[tuple]] = {pk: [] for pk in sittings}
    for pk, position, version, worth in places:
        drawn = versions[version]
        sheets[pk].append((drawn.item.component, drawn.question, values.get((pk, position), []), worth))
    return sheets
