"""A score file that says something else than the screen at the end of the test.

A live feed (`exams/actions/live_feed.py`), or whatever runs a test, fills `selection.LiveScore`; this rule holds the
file in force against the newest row of each participant.
"""

from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from oversight.flags.raised import MOST_LINES, Raised, line
from selection.rendering.rows import plain

DIFFERENT = """
    WITH shown AS (
        SELECT l.stage_id, l.application_id, c.component, c.value
        FROM (SELECT DISTINCT ON (stage_id, application_id) * FROM selection_livescore
              ORDER BY stage_id, application_id, shown_at DESC) l, LATERAL unnest(l.components, l."values") c(component, value)
    ), each AS (
        SELECT DISTINCT ON (b.stage_id, s.application_id, c.component) b.id AS batch_id, b.stage_id, b.sequence, b.sha256,
            s.application_id, c.component, c.value
        FROM selection_scorebatch b JOIN selection_score s ON s.batch_id = b.id,
            LATERAL unnest(b.components, s."values") c(component, value)
        WHERE b.state = 'approved' AND b.stage_id IN (SELECT stage_id FROM selection_livescore)
        ORDER BY b.stage_id, s.application_id, c.component, b.sequence DESC
    )
    SELECT e.batch_id, e.stage_id, e.sequence, e.sha256, p.name_public || ', ' || r.name,
           array_agg(a.participant_number ORDER BY a.participant_number, e.component),
           array_agg(e.component ORDER BY a.participant_number, e.component),
           array_agg(w.value ORDER BY a.participant_number, e.component),
           array_agg(e.value ORDER BY a.participant_number, e.component), array_agg(DISTINCT a.id)
    FROM each e
    JOIN shown w ON w.stage_id = e.stage_id AND w.application_id = e.application_id AND w.component = e.component
    JOIN selection_application a ON a.id = e.application_id
    JOIN vacancies_stage p ON p.id = e.stage_id JOIN vacancies_recruitment r ON r.id = p.recruitment_id
    WHERE w.value IS DISTINCT FROM e.value
    GROUP BY e.batch_id, e.stage_id, e.sequence, e.sha256, p.name_public, r.name ORDER BY e.batch_id
"""


def shown_and_imported() -> Iterator[Raised]:
    """Score files in force whose values are not those that participants saw."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT)
        found = cursor.fetchall()
    for batch, stage, sequence, sha256, name, numbers, components, shown, filed, people in found:
        yield Raised(
            key=f"live:{batch}",
            stage_id=stage,
            subject=_("Berkas nilai %(n)s: %(people)s peserta melihat nilai lain di layar")
            % {"n": sequence, "people": len(people)},
            grounds=[f"live:{batch}:{one}" for one in people],
            lines=[
                line(
                    f"{number} {component}",
                    expected=_("di layar %(value)s") % {"value": plain(seen) or "–"},
                    found=_("di berkas %(value)s") % {"value": plain(value) or "–"},
                    source=_("Berkas nilai, SHA-256 %(digest)s\u2026, %(name)s")
                    % {"digest": sha256[:16], "name": name},
                )
                for number, component, seen, value in list(zip(numbers, components, shown, filed, strict=True))[
                    :MOST_LINES
                ]
            ],
            rows={"selection.scorebatch": [batch], "selection.application": people},
            numbers={"people": len(people), "differences": len(numbers)},
        )
