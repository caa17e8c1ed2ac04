"""Rules about results: scores that move late, people who change sides at the limit, lists that do not follow."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from lib.indonesian_text import instant
from oversight import comparison
from oversight.flags import live_scores
from oversight.flags.raised import MOST_LINES, Raised, line
from selection.models import Announcement
from selection.rendering.rows import plain
from vacancies.models import Recruitment

NEAR = "0.02"  # of the lowest score that is let through
LOOKED_AT_FOR = timedelta(days=183)  # a published list is held against its scores every night for so long

AFTER_FREEZE = """
    SELECT b.id, b.stage_id, r.id, s.name_public || ', ' || r.name, b.sequence, b.sha256, b.decided_at, n.frozen_at,
        count(*) FILTER (WHERE old.application_id IS NULL),
        count(*) FILTER (WHERE old.application_id IS NOT NULL AND (old.components <> b.components
            OR (old."values", old.status) IS DISTINCT FROM (new."values", new.status)))
    FROM selection_scorebatch b
    JOIN vacancies_stage s ON s.id = b.stage_id JOIN vacancies_recruitment r ON r.id = s.recruitment_id
    JOIN LATERAL (SELECT min(frozen_at) AS frozen_at FROM selection_announcement WHERE stage_id = b.stage_id) n
        ON n.frozen_at < b.decided_at
    JOIN selection_score new ON new.batch_id = b.id
    LEFT JOIN LATERAL (
        SELECT o.application_id, o."values", o.status, ob.components
        FROM selection_scorebatch ob JOIN selection_score o ON o.batch_id = ob.id AND o.application_id = new.application_id
        WHERE ob.stage_id = b.stage_id AND ob.sequence < b.sequence AND ob.state = 'approved'
        AND (ob.components && b.components OR b.components = '{}')
        ORDER BY ob.sequence DESC LIMIT 1) old ON true
    WHERE b.state = 'approved'
    GROUP BY b.id, r.id, s.id, n.frozen_at ORDER BY b.id
"""


def after_freeze(at) -> Iterator[Raised]:
    """Score files put in force after the stage's first result was frozen, that change or add a score."""
    zones = {one.pk: one.zone for one in Recruitment.objects.published()}
    with connection.cursor() as cursor:
        cursor.execute(AFTER_FREEZE)
        found = cursor.fetchall()
    for batch, stage, recruitment, name, sequence, sha256, decided_at, frozen_at, added, changed in found:
        if not added + changed:
            continue
        yield Raised(
            key=f"batch:{batch}",
            stage_id=stage,
            subject=_("Berkas nilai %(n)s: %(changed)s nilai berubah, %(added)s bertambah")
            % {"n": sequence, "changed": changed, "added": added},
            grounds=[f"batch:{batch}"],
            lines=[
                line(
                    _("Nilai sesudah hasil dibekukan"),
                    expected=_("tidak berubah sejak %(when)s") % {"when": instant(frozen_at, zones[recruitment])},
                    found=_("%(changed)s berubah, %(added)s bertambah pada %(when)s")
                    % {"changed": changed, "added": added, "when": instant(decided_at, zones[recruitment])},
                    source=_("Berkas nilai %(n)s, SHA-256 %(digest)s\u2026, %(name)s")
                    % {"n": sequence, "digest": sha256[:16], "name": name},
                )
            ],
            rows={"selection.scorebatch": [batch]},
            numbers={"changed": changed, "added": added},
        )


REVERSED = """
    WITH sets AS (
        SELECT o.id, o.stage_id, o.version, r.name,
               lag(o.id) OVER (PARTITION BY o.stage_id ORDER BY o.version) AS before
        FROM selection_outcomeset o JOIN vacancies_stage s ON s.id = o.stage_id
        JOIN vacancies_recruitment r ON r.id = s.recruitment_id AND r.published_at IS NOT NULL
        WHERE o.state = 'applied'
    ), moved AS (
        SELECT c.id AS set_id, c.stage_id, c.version, c.name, n.formation_id, n.id AS new_id, a.participant_number,
               n.advances, coalesce(o.final, o.total) AS was, coalesce(n.final, n.total) AS now,
               (SELECT min(coalesce(l.final, l.total)) FROM selection_outcome l WHERE l.set_id = c.before
                AND l.formation_id = o.formation_id AND l."group" = o."group" AND l.advances) AS old_limit,
               (SELECT min(coalesce(l.final, l.total)) FROM selection_outcome l WHERE l.set_id = c.id
                AND l.formation_id = n.formation_id AND l."group" = n."group" AND l.advances) AS new_limit
        FROM sets c
        JOIN selection_outcome n ON n.set_id = c.id
        JOIN selection_outcome o ON o.set_id = c.before AND o.application_id = n.application_id
            AND o.advances <> n.advances
        JOIN selection_application a ON a.id = n.application_id
    )
    SELECT m.stage_id, m.set_id, m.version, m.name, f.id, f.code, f.position,
           array_agg(m.new_id ORDER BY m.participant_number),
           array_agg(m.participant_number ORDER BY m.participant_number),
           array_agg(m.advances ORDER BY m.participant_number),
           array_agg(m.now ORDER BY m.participant_number), min(m.new_limit)
    FROM moved m JOIN vacancies_formation f ON f.id = m.formation_id
    WHERE abs(m.now - m.new_limit) <= m.new_limit * %(near)s OR abs(m.was - m.old_limit) <= m.old_limit * %(near)s
    GROUP BY m.stage_id, m.set_id, m.version, m.name, f.id, f.code, f.position ORDER BY m.set_id, f.code
"""


def reversed_near_limit(at) -> Iterator[Raised]:
    """People who changed sides between two results in force while their score lay within NEAR of the limit."""
    with connection.cursor() as cursor:
        cursor.execute(REVERSED, {"near": NEAR})
        found = cursor.fetchall()
    for stage, outcome_set, version, name, formation, code, position, rows, numbers, advances, scores, limit in found:
        yield Raised(
            key=f"set:{outcome_set}:formation:{formation}",
            stage_id=stage,
            subject=_("%(position)s: %(n)s orang berbalik di dekat batas")
            % {"position": position[:200], "n": len(rows)},
            grounds=[f"outcome:{one}" for one in rows],
            lines=[
                line(
                    _("Peserta %(number)s, formasi %(code)s") % {"number": number, "code": code},
                    expected=_("tidak lanjut") if on else _("lanjut"),
                    found=_("%(result)s, nilai %(score)s, batas %(limit)s")
                    % {
                        "result": _("lanjut") if on else _("tidak lanjut"),
                        "score": plain(score),
                        "limit": plain(limit),
                    },
                    source=_("Hitungan %(version)s dibanding hitungan sebelumnya, %(name)s")
                    % {"version": version, "name": name},
                )
                for number, on, score in list(zip(numbers, advances, scores, strict=True))[:MOST_LINES]
            ],
            rows={"selection.outcome": rows, "vacancies.formation": [formation]},
            numbers={"people": len(rows)},
        )


STORED = """
    SELECT b.id, b.stage_id, s.name_public || ', ' || r.name, b.sequence, b.sha256, b.rows, b.report->>'sum',
           count(x.id), sum(x.total)
    FROM selection_scorebatch b
    JOIN vacancies_stage s ON s.id = b.stage_id JOIN vacancies_recruitment r ON r.id = s.recruitment_id
    LEFT JOIN LATERAL (
        SELECT c.id, (SELECT sum(v) FROM unnest(c."values") v) AS total FROM selection_score c WHERE c.batch_id = b.id
    ) x ON true
    WHERE b.state = 'approved' AND b.report ? 'sum'
    GROUP BY b.id, s.id, r.id
    HAVING count(x.id) <> b.rows OR coalesce(sum(x.total), 0) <> coalesce((b.report->>'sum')::numeric, 0)
    ORDER BY b.id
"""


def scores_differ(at) -> Iterator[Raised]:
    """A file that is not what the screen showed, stored scores that no longer add up, a list that does not follow."""
    yield from live_scores.shown_and_imported()
    yield from _imported_and_stored()
    yield from _stored_and_announced(at)


def _imported_and_stored() -> Iterator[Raised]:
    with connection.cursor() as cursor:
        cursor.execute(STORED)
        found = cursor.fetchall()
    for batch, stage, name, sequence, sha256, rows, total, stored_rows, stored_total in found:
        yield Raised(
            key=f"batch:{batch}",
            stage_id=stage,
            subject=_("Berkas nilai %(n)s tidak sama dengan nilai yang tersimpan") % {"n": sequence},
            grounds=[f"batch:{batch}:{stored_rows}:{stored_total}"],
            lines=[
                line(
                    _("Jumlah kendali berkas nilai %(n)s") % {"n": sequence},
                    expected=_("%(rows)s baris, jumlah %(total)s") % {"rows": rows, "total": total or "0"},
                    found=_("%(rows)s baris, jumlah %(total)s")
                    % {"rows": stored_rows, "total": plain(stored_total) or "0"},
                    source=_("Berkas nilai, SHA-256 %(digest)s\u2026, %(name)s")
                    % {"digest": sha256[:16], "name": name},
                )
            ],
            rows={"selection.scorebatch": [batch]},
            numbers={"rows": stored_rows},
        )


def _stored_and_announced(at) -> Iterator[Raised]:
    newest = Announcement.objects.public().filter(Q(superseded_by=None) | Q(superseded_by__public_at=None))
    for one in newest.filter(public_at__gt=at - LOOKED_AT_FOR).select_related("stage__recruitment", "outcome_set"):
        compared = comparison.of_announcement(one)
        if compared.agrees:
            continue
        yield Raised(
            key=f"announcement:{one.pk}",
            stage_id=one.stage_id,
            subject=_("Pengumuman %(name)s: %(people)s peserta tidak sesuai nilainya")
            % {"name": one, "people": compared.people},
            grounds=[f"{m.participant}:{m.what}:{m.found}" for m in compared.mismatches],
            lines=compared.evidence(),
            rows={"selection.announcement": [one.pk]},
            numbers={"people": compared.people, "differences": compared.count},
        )
