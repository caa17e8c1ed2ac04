"""Objections: judged by others, granted by two, sent in time; what a finding led to: by two others, and as a whole."""

from django.utils.translation import gettext_lazy as _

from oversight.invariants.shape import rows

CHECKS = (
    rows(
        "objections_judged_by_others",
        _("Tidak ada sanggah yang diputus orang yang ikut dalam hasilnya, atau dikabulkan satu orang saja."),
        of="FROM selection_objection o WHERE o.state IN ('granted', 'refused')",
        what="'sanggah ' || o.number",
        broken="""took_part_in_result(o.decided_by_id, o.application_id, o.stage_id)
            OR took_part_in_result(o.confirmed_by_id, o.application_id, o.stage_id)
            OR (o.state = 'granted' AND (o.confirmed_by_id IS NULL OR o.confirmed_by_id = o.decided_by_id))""",
    ),
    rows(
        "objections_sent_in_time",
        _("Setiap sanggah dikirim di dalam masa sanggahnya, dengan bukti yang tidak berubah."),
        of="""FROM selection_objection o JOIN selection_announcement a ON a.id = o.announcement_id
            JOIN vacancies_stage s ON s.id = o.stage_id JOIN vacancies_recruitment r ON r.id = s.recruitment_id
            WHERE o.state <> 'draft'""",
        what="'sanggah ' || o.number",
        broken="NOT (o.filed_at <@ objection_window(a.public_at, r.time_zone, s.objection_days)) OR o.evidence_digest = ''",
    ),
    rows(
        "objection_results_by_two",
        _("Di balik setiap hasil yang berubah karena sanggah ada dua orang yang tidak ikut dalam hasil lama."),
        of="""FROM selection_outcome o JOIN selection_outcomeset s ON s.id = o.set_id AND s.state = 'applied'
            WHERE o.decided_by = 'objection'""",
        what="'hasil ' || o.set_id || ' lamaran ' || o.application_id",
        broken="""NOT EXISTS (SELECT FROM selection_reopening r WHERE r.application_id = o.application_id
            AND r.stage_id = s.stage_id AND r.objection_id IS NOT NULL AND r.verdict = 'MS'
            AND r.second_by_id <> r.first_by_id)""",
    ),
    rows(
        "finding_results_by_two",
        _("Di balik setiap hasil yang diperiksa ulang karena temuan ada dua pemeriksa baru yang sepakat."),
        of="""FROM selection_outcome o JOIN selection_outcomeset s ON s.id = o.set_id AND s.state = 'applied'
            WHERE o.decided_by = 'finding'""",
        what="'hasil ' || o.set_id || ' lamaran ' || o.application_id",
        broken="""NOT EXISTS (SELECT FROM selection_reopening r JOIN selection_recheck k ON k.id = r.recheck_id
            JOIN oversight_finding f ON f.number = k.cause AND f.stage_id = s.stage_id
            JOIN selection_outcomeset e ON e.id = k.result_id AND e.state = 'applied' AND e.version <= s.version
            WHERE r.application_id = o.application_id AND r.stage_id = s.stage_id AND k.state = 'applied'
            AND 2 = (SELECT count(*) FROM selection_review v WHERE v.reopening_id = r.id AND v.verdict = r.verdict
                     AND v.verifier_id IN (r.first_by_id, r.second_by_id) AND NOT EXISTS (
                         SELECT FROM selection_review w WHERE w.application_id = v.application_id AND w.id <> v.id
                         AND w.verifier_id = v.verifier_id)))""",
    ),
    rows(
        "rechecks_are_whole",
        _("Berkas yang diperiksa ulang berlaku semuanya atau tidak satu pun."),
        of="""FROM selection_recheck k JOIN selection_outcomeset s ON s.id = k.result_id AND s.state <> 'shadow'
            JOIN selection_reopening r ON r.recheck_id = k.id AND r.second_at IS NOT NULL""",
        what="'temuan ' || k.cause || ' lamaran ' || r.application_id",
        broken="""k.state <> s.state OR (s.state = 'applied' AND NOT EXISTS (SELECT FROM selection_outcome o
            WHERE o.set_id = s.id AND o.application_id = r.application_id AND o.decided_by <> 'review'))""",
    ),
)
