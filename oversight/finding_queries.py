"""Reads of findings: what the team alone sees is read as the team."""

from django.db import transaction
from django.db.models import Count
from django.http import Http404

from accounts.team_role import as_team
from lib import working_days
from lib.indonesian_text import weekday_date
from oversight.actions.clocks import holidays_since
from oversight.models import Finding
from oversight.states import FindingState
from selection.models import Recheck

PARTS = ("stage__recruitment__agency", "team", "announcement", "recurs", "hold", "assessment")
SAID = ("responses", "returns", "escalations__answers", "overdues", "clock_moves")


def seen_by_team(queryset) -> list:
    """The rows of `queryset` as the team sees them: drafts are hidden from the web role."""
    with transaction.atomic(), as_team():
        return list(queryset)


def own_finding(team, number: str) -> Finding:
    """A finding of `team` with all that belongs to it; Http404 otherwise."""
    found = Finding.objects.filter(team=team, number=number).select_related(*PARTS, "filed_by")
    found = seen_by_team(found.prefetch_related(*SAID, "confirmations__by"))
    if not found:
        raise Http404
    return found[0]


def sent_findings():
    """Findings that were handed to the office, the newest first."""
    return Finding.objects.sent().select_related(*PARTS).order_by("-sent_at")


def public_findings(at):
    """Findings whose header everybody may read at `at`, the newest first."""
    return sent_findings().public(at)


def may_recur(recruitment):
    """Sent findings about other recruitments of the same agency: what a new finding may repeat."""
    return (
        sent_findings().filter(stage__recruitment__agency=recruitment.agency_id).exclude(stage__recruitment=recruitment)
    )


def talk(finding: Finding) -> list[dict]:
    """What was said and what happened by itself after sending, in its order; `kind` names whose word it is."""
    lines = [{"at": one.at, "text": one.text, "kind": "answer"} for one in finding.responses.all()]
    lines += [{"at": one.at, "text": one.text, "kind": "return"} for one in finding.returns.all()]
    lines += [{"at": one.at, "kind": "moved", "move": one} for one in finding.clock_moves.all()]
    lines += [{"at": one.at, "kind": "overdue", "due_at": one.due_at} for one in finding.overdues.all()]
    lines += [{"at": one.at, "text": one.text, "kind": "escalated", "body": one.get_body_display()}
              for one in finding.escalations.all()]  # fmt: skip
    for one in Recheck.objects.filter(cause=finding.number).annotate(n=Count("files")):
        lines.append({"at": one.opened_at, "kind": "rechecked", "text": one.reason, "files": one.n})
        if one.ended_at:
            lines.append({"at": one.ended_at, "kind": "recheck_ended", "applied": one.state == one.State.APPLIED})
    if assessment := getattr(finding, "assessment", None):
        lines.append(
            {"at": assessment.at, "text": assessment.text, "kind": "assessed", "adequate": assessment.adequate}
        )
    return sorted(lines, key=lambda one: one["at"])


class Clock:
    """Where a finding's answer stands at `at`, in working days where the recruitment is."""

    def __init__(self, finding: Finding, at, holidays=None):
        self.due_at, self.waits = finding.due_at, finding.state == FindingState.SENT
        self.days, self.start = finding.answer_days, finding.clock_from
        zone = finding.stage.recruitment.zone
        holidays = holidays_since(finding.clock_from) if holidays is None else holidays
        self.is_over = self.waits and at > finding.due_at
        self.late = working_days.late(finding.due_at, at, holidays, zone) if self.is_over else 0
        self.left = working_days.late(at, finding.due_at, holidays, zone) if self.waits and not self.is_over else 0
        skipped = [day for day in sorted(holidays) if day.isoformat() in finding.due_skipped]
        self.skipped = [f"{weekday_date(day)} ({holidays[day]})" for day in skipped]
        self.text_late = bool(not finding.text_at and finding.text_due_at and at > finding.text_due_at)
        self.text_days = working_days.late(finding.text_due_at, at, holidays, zone) if self.text_late else 0


def with_clocks(findings, at) -> list[tuple[Finding, Clock]]:
    """Each finding with its clock; the calendar is read once."""
    findings = list(findings)
    holidays = holidays_since(min(one.clock_from for one in findings)) if findings else {}
    return [(one, Clock(one, at, holidays)) for one in findings]
