"""Deadlines: what ran out went up by itself, whoever slept."""

from django.utils.translation import gettext_lazy as _

from oversight.invariants.shape import rows

GRACE = "interval '1 hour'"  # the keeper looks every few seconds; after an outage it catches up

CHECKS = (
    rows(
        "overdue_goes_up",
        _(
            "Setiap aduan atau temuan yang lewat tenggat sudah naik dengan sendirinya, paling lambat satu jam sesudahnya."
        ),
        of="""FROM (
            SELECT 'aduan ' || s.number AS what, c.due_at, c.ended_at IS NULL AS runs,
                EXISTS (SELECT FROM participation_caseescalation e WHERE e.clock_id = c.id) AS went_up
            FROM participation_caseclock c JOIN participation_servicecase s ON s.id = c.case_id WHERE c.kind <> 'confirm'
            UNION ALL SELECT 'temuan ' || f.number, f.due_at, f.state = 'sent',
                EXISTS (SELECT FROM oversight_overdue o WHERE o.finding_id = f.id AND o.due_at = f.due_at)
            FROM oversight_finding f WHERE f.sent_at IS NOT NULL) x""",
        what="x.what",
        broken=f"x.runs AND NOT x.went_up AND x.due_at + {GRACE} < %(at)s",
    ),
)
