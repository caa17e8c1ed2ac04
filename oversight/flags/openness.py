"""Rules about how open a recruitment is: its window, its conditions, its competition."""

import json
from collections.abc import Iterator

from django.db import connection
from django.utils.translation import gettext as _

from lib.indonesian_text import instant, long_date
from oversight.flags.raised import Raised, line
from vacancies.models import Recruitment, Stage

# Calendar days a registration stays open. National selections practise 15; for local ones the portal asks for 7.
LEAST_DAYS = {Recruitment.Kind.CONTRACT: 7, Recruitment.Kind.PROMOTION: 7}
LEAST_DAYS_OTHERWISE = 15
LEAST_APPLICANTS = 2  # with a single applicant nobody was turned away


def short_window(at) -> Iterator[Raised]:
    """Registrations that are open for fewer calendar days than LEAST_DAYS, counted from when they could be seen."""
    stages = Stage.objects.filter(kind=Stage.Kind.REGISTRATION, recruitment__published_at__isnull=False)
    for stage in stages.select_related("recruitment"):
        recruitment = stage.recruitment
        seen = max(stage.opens_at, recruitment.published_at).astimezone(recruitment.zone).date()
        last = stage.closes_at.astimezone(recruitment.zone).date()
        days, least = (last - seen).days + 1, LEAST_DAYS.get(recruitment.kind, LEAST_DAYS_OTHERWISE)
        if days >= least:
            continue
        yield Raised(
            key=f"stage:{stage.pk}",
            stage_id=stage.pk,
            subject=_("%(days)s hari pendaftaran") % {"days": max(days, 0)},
            grounds=[f"{seen}/{last}"],
            lines=[
                line(
                    _("Lama pendaftaran"),
                    expected=_("paling sedikit %(n)s hari kalender") % {"n": least},
                    found=_("%(n)s hari, %(first)s sampai %(last)s")
                    % {"n": max(days, 0), "first": long_date(seen), "last": long_date(last)},
                    source=_("Jadwal pengadaan %(name)s") % {"name": recruitment.name},
                )
            ],
            rows={"vacancies.stage": [stage.pk]},
            numbers={"days": days, "least": least},
        )


CHANGES = """
    WITH opened AS (
        SELECT r.id, r.name, r.time_zone, s.id AS stage_id, greatest(s.opens_at, min(e.pgh_created_at)) AS since
        FROM vacancies_recruitment r
        JOIN vacancies_stage s ON s.recruitment_id = r.id AND s.kind = 'registration'
        JOIN vacancies_recruitmentevent e ON e.pgh_obj_id = r.id AND e.published_at IS NOT NULL
        WHERE r.published_at IS NOT NULL GROUP BY r.id, s.id
    ), changes AS (
        SELECT 'vacancies.formationevent' AS "table", e.pgh_id, e.recruitment_id, e.pgh_created_at, e.code, v.*
        FROM (SELECT f.*, lag(pgh_id) OVER w AS before, lag(quota) OVER w AS q, lag(need) OVER w AS n,
                     lag(ipk_min) OVER w AS i, lag(withdrawn_at) OVER w AS wd
              FROM vacancies_formationevent f WINDOW w AS (PARTITION BY pgh_obj_id ORDER BY pgh_id)) e,
        LATERAL (VALUES ('kuota', q::text, quota::text), ('jenis kebutuhan', n, need),
                        ('IPK paling rendah', i::text, ipk_min::text),
                        ('ditarik', wd::text, withdrawn_at::text)) v(field, old, new)
        WHERE e.before IS NOT NULL AND v.old IS DISTINCT FROM v.new
        UNION ALL
        SELECT 'vacancies.requirementevent', e.pgh_id, e.recruitment_id, e.pgh_created_at, e.code, v.*
        FROM (SELECT q.*, lag(pgh_id) OVER w AS before, lag(text) OVER w AS t, lag("limit") OVER w AS l,
                     lag(required) OVER w AS must, lag(check_name) OVER w AS c, lag(max_kb) OVER w AS kb
              FROM vacancies_requirementevent q WHERE pgh_label <> 'delete'
              WINDOW w AS (PARTITION BY pgh_obj_id ORDER BY pgh_id)) e,
        LATERAL (VALUES ('bunyi syarat', t, text), ('batas', l, "limit"), ('wajib', must::text, required::text),
                        ('pemeriksaan otomatis', c, check_name), ('ukuran paling besar', kb::text, max_kb::text)) v(field, old, new)
        WHERE v.old IS DISTINCT FROM v.new AND (e.before IS NOT NULL OR v.field = 'bunyi syarat')
        UNION ALL
        SELECT 'vacancies.requirementevent', d.pgh_id, d.recruitment_id, d.pgh_created_at, d.code, 'bunyi syarat', d.text, NULL
        FROM vacancies_requirementevent d WHERE d.pgh_label = 'delete'
        UNION ALL
        SELECT 'vacancies.educationchange', max(h.id), f.recruitment_id, h.at, f.code, 'pendidikan',
               CASE WHEN bool_or(h.added) THEN NULL ELSE h.level || ' ' || h.program END,
               CASE WHEN bool_or(h.added) THEN h.level || ' ' || h.program END
        FROM vacancies_educationchange h JOIN vacancies_formation f ON f.id = h.formation_id
        GROUP BY f.recruitment_id, f.code, h.formation_id, h.level, h.program, h.at
        HAVING count(*) FILTER (WHERE h.added) <> count(*) FILTER (WHERE NOT h.added)
    )
    SELECT o.stage_id, o.id, o.name, c.pgh_created_at,
        jsonb_agg(jsonb_build_array(c."table", c.pgh_id, c.code, c.field, c.old, c.new) ORDER BY c.pgh_id, c.field)
    FROM opened o JOIN changes c ON c.recruitment_id = o.id AND c.pgh_created_at > o.since
    GROUP BY o.stage_id, o.id, o.name, c.pgh_created_at ORDER BY o.id, c.pgh_created_at
"""


def changed_after_opening(at) -> Iterator[Raised]:
    """Quota, need, education or a requirement changed or gone after people could apply; one flag for what changed together.

    Read from the history that the database itself writes, so that a change by SQL counts as well.
    """
    zones = {one.pk: one.zone for one in Recruitment.objects.published()}
    with connection.cursor() as cursor:
        cursor.execute(CHANGES)
        found = cursor.fetchall()
    for stage, recruitment, name, changed_at, text in found:
        changes = json.loads(text)
        rows: dict[str, list[int]] = {}
        for table, event, *_rest in changes:
            if event not in rows.setdefault(table, []):
                rows[table].append(event)
        when = instant(changed_at, zones[recruitment])
        yield Raised(
            key=f"recruitment:{recruitment}:{changed_at.isoformat()}",
            stage_id=stage,
            subject=_("%(n)s perubahan pada %(when)s") % {"n": len(changes), "when": when},
            grounds=[f"{table}:{event}" for table, events in sorted(rows.items()) for event in events],
            lines=[
                line(
                    f"{code}: {field}",
                    expected=old if old not in (None, "") else _("tidak ada"),
                    found=new if new not in (None, "") else _("tidak ada"),
                    source=_("Riwayat %(name)s, %(when)s, nomor %(event)s")
                    % {"name": name, "when": when, "event": event},
                )
                for _table, event, code, field, old, new in changes
            ],
            rows=rows,
            numbers={"changes": len(changes)},
        )


ONE_LEFT = """
    SELECT s.id, f.id, f.code, f.position, c.version, count(*), min(o.application_id) FILTER (WHERE o.advances), r.name
    FROM (SELECT DISTINCT ON (stage_id) id, stage_id, version FROM selection_outcomeset
          WHERE state = 'applied' ORDER BY stage_id, version DESC) c
    JOIN vacancies_stage s ON s.id = c.stage_id AND s.kind = 'administrative'
    JOIN vacancies_recruitment r ON r.id = s.recruitment_id AND r.published_at IS NOT NULL
    JOIN selection_outcome o ON o.set_id = c.id
    JOIN vacancies_formation f ON f.id = o.formation_id
    GROUP BY s.id, f.id, f.code, f.position, c.version, r.name
    HAVING count(*) FILTER (WHERE o.advances) = 1 AND count(*) >= %s
    ORDER BY s.id, f.code
"""


def one_eligible(at) -> Iterator[Raised]:
    """Formations for which the check of files let one applicant through and nobody else of several."""
    with connection.cursor() as cursor:
        cursor.execute(ONE_LEFT, [LEAST_APPLICANTS])
        found = cursor.fetchall()
    for stage, formation, code, position, version, people, application, name in found:
        yield Raised(
            key=f"stage:{stage}:formation:{formation}",
            stage_id=stage,
            subject=_("%(position)s: 1 dari %(people)s pelamar memenuhi syarat")
            % {"position": position[:200], "people": people},
            grounds=[f"application:{application}"],
            lines=[
                line(
                    _("Formasi %(code)s, pelamar yang memenuhi syarat") % {"code": code},
                    expected=_("2 atau lebih"),
                    found=_("1 dari %(people)s") % {"people": people},
                    source=_("Hasil pemeriksaan berkas %(name)s, hitungan %(version)s")
                    % {"name": name, "version": version},
                )
            ],
            rows={"vacancies.formation": [formation], "selection.application": [application]},
            numbers={"applicants": people, "eligible": 1},
        )
