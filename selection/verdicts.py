"""What the verifiers' work says about each file of a stage, in SQL: the one place for result and comparison alike."""

from selection.models import Recheck

FIRST_REVIEWS, GRANTED, CHECKED_AGAIN = "review", "objection", "finding"


def joined(stage_id: int, *, with_recheck: Recheck | None = None) -> tuple[str, list]:
    """Joins to an application `a` that give it `said.verdict` (MS, TMS or null) and `said.because`, with parameters.

    The first reviews count until two others said something newer: what an objection was granted, which never takes
    anything away, or what was checked again because of a finding and is in force. `with_recheck` counts as if it were:
    that is how its shadow is summed up.
    """
    query = f"""
        LEFT JOIN LATERAL (
            SELECT verdict FROM selection_review WHERE application_id = a.id AND stage_id = %s
            AND reopening_id IS NULL AND decided_at IS NOT NULL ORDER BY seat DESC LIMIT 1
        ) first_said ON true
        LEFT JOIN LATERAL (
            SELECT o.verdict, o.recheck_id FROM selection_reopening o
            LEFT JOIN selection_recheck k ON k.id = o.recheck_id
            LEFT JOIN selection_outcomeset s ON s.id = k.result_id
            WHERE o.application_id = a.id AND o.stage_id = %s AND o.second_at IS NOT NULL
            AND CASE WHEN o.recheck_id IS NULL THEN o.verdict = 'MS' ELSE s.state = 'applied' OR k.id = %s END
            ORDER BY o.second_at DESC, o.id DESC LIMIT 1
        ) newer_said ON true
        CROSS JOIN LATERAL (
            SELECT coalesce(newer_said.verdict, first_said.verdict) AS verdict,
                   CASE WHEN newer_said.verdict IS NULL THEN '{FIRST_REVIEWS}'
                        WHEN newer_said.recheck_id IS NULL THEN '{GRANTED}' ELSE '{CHECKED_AGAIN}' END AS because
        ) said"""  # noqa: S608 - built from the constants above
    return query, [stage_id, stage_id, with_recheck.pk if with_recheck else 0]
