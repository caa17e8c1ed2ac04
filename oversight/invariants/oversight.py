"""The oversight itself: clocks of findings run, and what was sent or reported stays as it was."""

from django.utils.translation import gettext_lazy as _

from oversight.invariants.shape import Invariant, Sight, rows
from oversight.models import OpennessReport
from oversight.openness import rendering
from selection.rendering import folder as folders


def whole_reports(at) -> Sight:
    """Every public openness report has its files to the last byte, and the record holds their digest."""
    found = OpennessReport.objects.public().select_related("fact").order_by("-public_at")[:100]
    broken = [
        one.number
        for one in found
        if one.fact.n is None
        or one.fact.fact["body"] != {"number": one.number, "about": one.kind, "digest": one.digest}
        or not folders.is_intact(rendering.public_folder(one.number), one.digest)
    ]
    return Sight.of(len(found), broken)


CHECKS = (
    rows(
        "findings_keep_their_evidence",
        _("Temuan yang sudah dikirim punya bukti yang terkunci, tenggat jawaban, dan tercatat."),
        of="FROM oversight_finding f WHERE f.sent_at IS NOT NULL",
        what="f.number",
        broken="""f.evidence_digest = '' OR f.due_at IS NULL OR NOT EXISTS (
            SELECT FROM ledger_pending p WHERE p.kind = 'finding.sent'
            AND convert_from(p.body, 'UTF8')::jsonb -> 'body' ->> 'evidence' = f.evidence_digest)""",
    ),
    rows(
        "holds_are_recorded",
        _("Setiap penahanan oleh tim pengawas tercatat di catatan publik."),
        of="FROM selection_hold h",
        what="'tahanan ' || h.id",
        broken="""NOT EXISTS (SELECT FROM ledger_pending p WHERE p.kind = 'hold.placed'
            AND (convert_from(p.body, 'UTF8')::jsonb -> 'body' ->> 'hold')::bigint = h.id)""",
    ),
    rows(
        "citizen_reports_stay",
        _("Tidak ada laporan warga atau pesannya yang hilang: setiap jam cocok dengan sidik yang tercatat saat itu."),
        of="""FROM (SELECT t.*, lag(t.until) OVER (ORDER BY t.until) AS before FROM report_tallies() t) t
            JOIN ledger_pending p ON p.id = t.fact_id""",
        what="'hitungan ' || t.id",
        broken="""t.found <> t.digest OR t.since <> coalesce(t.before, t.since) OR p.kind <> 'reports.tallied'
            OR convert_from(p.body, 'UTF8')::jsonb -> 'body' ->> 'digest' <> t.digest""",
    ),
    rows(
        "recorded_tallies_stay",
        _("Setiap hitungan laporan warga yang tercatat di catatan publik masih ada dan dapat diperiksa."),
        of="FROM ledger_pending p WHERE p.kind = 'reports.tallied'",
        what="'fakta ' || p.id",
        broken="NOT EXISTS (SELECT FROM oversight_reporttally t WHERE t.fact_id = p.id)",
    ),
    Invariant(
        "reports_are_whole",
        _("Laporan keterbukaan yang terbit utuh, dan sidiknya sama dengan yang tercatat di catatan publik."),
        whole_reports,
    ),
)
