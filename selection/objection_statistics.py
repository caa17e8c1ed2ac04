"""How objections go, stage by stage: for the public, the office and the oversight."""

from dataclasses import dataclass

from django.db import connection

from vacancies.models import Stage


@dataclass(frozen=True)
class Numbers:
    """Counts of one stage. `hours` is the median from sending to deciding; None where nothing is decided."""

    stage: Stage
    filed: int
    granted: int
    refused: int
    waiting: int
    overdue: int
    in_time: int
    hours: float | None

    @property
    def decided(self) -> int:
        return self.granted + self.refused


def by_stage(at, *, recruitment=None) -> list[Numbers]:
    """Stages with objections of published recruitments, the newest first; one query for the counts of all."""
    stages = Stage.objects.filter(objection_days__gt=0, recruitment__published_at__isnull=False)
    if recruitment:
        stages = stages.filter(recruitment=recruitment)
    stages = list(stages.select_related("recruitment").order_by("-announce_at", "pk")[:100])
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT stage_id, count(*), count(*) FILTER (WHERE state = 'granted'),
                   count(*) FILTER (WHERE state = 'refused'), count(*) FILTER (WHERE state IN ('filed', 'proposed')),
                   count(*) FILTER (WHERE state IN ('filed', 'proposed') AND due_at < %s),
                   count(*) FILTER (WHERE state IN ('granted', 'refused') AND coalesce(confirmed_at, decided_at) <= due_at),
                   (percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM coalesce(confirmed_at, decided_at) - filed_at))
                    FILTER (WHERE state IN ('granted', 'refused')) / 3600)::float
            FROM selection_objection WHERE state <> 'draft' AND stage_id = ANY(%s) GROUP BY stage_id""",
            [at, [one.pk for one in stages]],
        )
        counts = {row[0]: row[1:] for row in cursor.fetchall()}
    return [Numbers(one, *counts.get(one.pk, (0, 0, 0, 0, 0, 0, None))) for one in stages]
