"""What the screens showed, beside the score file in force and the announcement: who differs, for everybody to read.

Before the announcement only the numbers of those who differ are told: the values of a score file are not public yet.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from exams.models import ExamSession
from selection.models import Announcement, ScoreBatch
from selection.rendering.rows import NOT_CONTINUED

WHOLE = """
    WITH shown AS (
        SELECT DISTINCT ON (l.application_id) l.application_id, l.components, l."values"
        FROM selection_livescore l JOIN exams_liverow r ON r.score_id = l.id
        JOIN exams_livedelivery d ON d.id = r.delivery_id
        WHERE d.session_id = %(session)s AND NOT EXISTS (
            SELECT FROM exams_resit t JOIN exams_resitseat p ON p.resit_id = t.id JOIN exams_seat c ON c.id = p.seat_id
            WHERE t.test_id = %(session)s AND t.state = 'granted' AND c.application_id = l.application_id)
        ORDER BY l.application_id, l.shown_at DESC
    ), filed AS (
        SELECT application_id, array_agg(component) AS components, array_agg(value) AS "values" FROM (
            SELECT DISTINCT ON (s.application_id, c.component) s.application_id, c.component, c.value
            FROM selection_scorebatch b JOIN selection_score s ON s.batch_id = b.id,
                LATERAL unnest(b.components, s."values") c(component, value)
            WHERE b.id = ANY(%(files)s) ORDER BY s.application_id, c.component, b.sequence DESC
        ) newest GROUP BY application_id
    )
    SELECT a.participant_number, v.need, w.components, w."values", f.components, f."values", e.components, o."values", o.code
    FROM shown w JOIN selection_application a ON a.id = w.application_id
    JOIN vacancies_formation v ON v.id = a.formation_id
    LEFT JOIN filed f ON f.application_id = w.application_id
    LEFT JOIN selection_outcome o ON o.application_id = w.application_id AND o.set_id = %(announced)s
    LEFT JOIN selection_outcomeset e ON e.id = o.set_id
    ORDER BY a.participant_number COLLATE "C"
"""


@dataclass(frozen=True)
class Difference:
    """A component of a participant: what the screen, the file and the announcement say. `closed` tells no value.

    Where `why` is given, the participant is missing as a whole, and there is no component.
    """

    number: str
    component: str
    shown: Decimal | None
    filed: Decimal | None
    announced: Decimal | None
    closed: bool
    why: str = ""


@dataclass(frozen=True)
class Compared:
    """How many participants of the session were compared, with which announcement, and what differs."""

    people: int
    announcement: str
    rows: list[Difference]

    @property
    def numbers(self) -> list[str]:
        return list(dict.fromkeys(one.number for one in self.rows))


def differences(session: ExamSession, small: set[str]) -> Compared | None:
    """What differs; None before a score file with what the screens showed is in force. `small` as of `live_board`.

    Three statements.
    """
    files = dict(session.stage.batches.filter(state=ScoreBatch.State.APPROVED).values_list("pk", "components"))
    if not files:
        return None
    carried = {key for components in files.values() for key in components}
    announced = (
        Announcement.objects.public().filter(stage=session.stage_id).order_by("-pk").values("number", "outcome_set_id")
    ).first()
    given = {"session": session.pk, "files": list(files), "announced": announced and announced["outcome_set_id"]}
    with connection.cursor() as cursor:
        cursor.execute(WHOLE, given)
        found = cursor.fetchall()
    comparable = [row for row in found if carried & set(row[2])]
    if found and not comparable:
        return None
    rows = [one for row in comparable for one in _of(row, carried, small, bool(announced))]
    return Compared(len(comparable), announced["number"] if announced else "", rows)


def _of(row: tuple, carried: set[str], small: set[str], is_announced: bool):
    number, need, components, values, filed_in, filed, announced_in, announced, code = row
    shown = dict(zip(components, values, strict=True))
    official = dict(zip(filed_in, filed, strict=True)) if filed_in else {}
    public = dict(zip(announced_in, announced, strict=True)) if announced_in else None
    stopped = code in NOT_CONTINUED
    closed = need in small or stopped
    if not official.keys() & shown.keys():
        yield Difference(number, "", None, None, None, closed, _("tidak ada di berkas nilai resmi"))
        return
    if is_announced and public is None:
        yield Difference(number, "", None, None, None, closed, _("tidak ada di pengumuman"))
        return
    for key, seen in shown.items():
        said = official.get(key)
        told = public.get(key) if public else said
        if key in carried and seen != said or public and key in public and not stopped and seen != told:
            yield Difference(number, key, seen, said, told if public else None, closed)
