"""Objections: judged by others, granted by two, sent in time, and carried out before the next stage is announced."""

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
            AND r.stage_id = s.stage_id AND r.verdict = 'MS' AND r.second_by_id <> r.first_by_id)""",
    ),
)
