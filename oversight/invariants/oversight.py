"""The oversight itself: clocks of findings run, and what was sent stays as it was."""

from django.utils.translation import gettext_lazy as _

from oversight.invariants.shape import rows

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
)
