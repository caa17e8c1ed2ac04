"""The state tables as pages: what `docs/states/` holds is drawn from the dicts that the triggers are built from."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import TextChoices

from oversight.flag_states import NEXT as FLAG_NEXT
from oversight.flag_states import FlagState
from oversight.report_states import INITIAL as REPORT_INITIAL
from oversight.report_states import NEXT as REPORT_NEXT
from oversight.report_states import ReportState
from oversight.states import NEXT as FINDING_NEXT
from oversight.states import FindingState
from participation.case_states import INITIAL as CASE_INITIAL
from participation.case_states import NEXT as CASE_NEXT
from participation.case_states import CaseState
from publishing.mailing_states import INITIAL as MAILING_INITIAL
from publishing.mailing_states import NEXT as MAILING_NEXT
from publishing.mailing_states import MailingState
from publishing.states import NEXT as POST_NEXT
from publishing.states import PostState
from selection.objection_states import NEXT as OBJECTION_NEXT
from selection.objection_states import ObjectionState
from selection.states import INITIAL as APPLICATION_INITIAL
from selection.states import NEXT as APPLICATION_NEXT
from selection.states import State


@dataclass(frozen=True)
class Drawing:
    """One life: its states, the table of steps, where it begins, and the action that takes each step."""

    name: str
    about: str
    states: type[TextChoices]
    next: dict[str, frozenset[str]]
    initial: frozenset[str]
    source: str
    taken_by: dict[tuple[str, str], str]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Every step that is allowed, in the order in which the states are written down."""
        order = list(self.states)
        return [(old, new) for old in order for new in order if new in self.next.get(old, ())]


DRAWINGS = (
    Drawing(
        "application",
        "Results are not states: what a stage decided about a person is an `Outcome`. Imported participants are born submitted.",
        State,
        APPLICATION_NEXT,
        APPLICATION_INITIAL,
        "selection/states.py",
        {
            (State.DRAFT, State.SUBMITTED): "selection.actions.application.submit",
            (State.DRAFT, State.WITHDRAWN): "selection.actions.application.withdraw",
            (State.SUBMITTED, State.WITHDRAWN): "selection.actions.application.withdraw",
        },
    ),
    Drawing(
        "objection",
        "Refusing takes one person who had no part in the result, granting takes two. Nothing is decided by the clock.",
        ObjectionState,
        OBJECTION_NEXT,
        frozenset({ObjectionState.DRAFT}),
        "selection/objection_states.py",
        {
            (ObjectionState.DRAFT, ObjectionState.FILED): "selection.actions.objection.file",
            (ObjectionState.FILED, ObjectionState.PROPOSED): "selection.actions.objection_decision.decide",
            (ObjectionState.FILED, ObjectionState.REFUSED): "selection.actions.objection_decision.decide",
            (ObjectionState.PROPOSED, ObjectionState.GRANTED): "selection.actions.objection_decision.confirm",
            (ObjectionState.PROPOSED, ObjectionState.FILED): "selection.actions.objection_decision.give_back",
        },
    ),
    Drawing(
        "case",
        "Whether it is solved is the citizen's word; ten working days of silence close it as such. Reopened twice at most.",
        CaseState,
        CASE_NEXT,
        CASE_INITIAL,
        "participation/case_states.py",
        {
            (CaseState.RECEIVED, CaseState.ROUTED): "participation.actions.case_work.route",
            (CaseState.RECEIVED, CaseState.MERGED): "participation.actions.case_work.merge",
            (CaseState.RECEIVED, CaseState.DECLINED): "participation.actions.case_work.decline",
            (CaseState.RECEIVED, CaseState.WITHDRAWN): "participation.actions.cases.withdraw",
            (CaseState.ROUTED, CaseState.WITHDRAWN): "participation.actions.cases.withdraw",
            (CaseState.ROUTED, CaseState.ANSWERED): "participation.actions.case_work.answer",
            (CaseState.ROUTED, CaseState.RECEIVED): "participation.actions.case_work.pass_on",
            (CaseState.ROUTED, CaseState.MERGED): "participation.actions.case_work.merge",
            (CaseState.ANSWERED, CaseState.SOLVED): "participation.actions.cases.say_solved",
            (CaseState.ANSWERED, CaseState.REOPENED): "participation.actions.cases.reopen",
            (CaseState.ANSWERED, CaseState.SILENT): "participation.actions.case_keeping.close_silent",
            (CaseState.REOPENED, CaseState.ANSWERED): "participation.actions.case_work.answer",
            (CaseState.REOPENED, CaseState.RECEIVED): "participation.actions.case_work.pass_on",
            (CaseState.SILENT, CaseState.REOPENED): "participation.actions.cases.reopen",
        },
    ),
    Drawing(
        "post",
        "One publication on one outside channel. A step out of `unknown` or `failed` is a person's.",
        PostState,
        POST_NEXT,
        frozenset({PostState.QUEUED}),
        "publishing/states.py",
        {
            (PostState.QUEUED, PostState.SENDING): "publishing.actions.posting.claim",
            (PostState.SENDING, PostState.QUEUED): "publishing.actions.posting.finish",
            (PostState.SENDING, PostState.SENT): "publishing.actions.posting.finish",
            (PostState.SENDING, PostState.FAILED): "publishing.actions.posting.finish",
            (PostState.SENDING, PostState.UNKNOWN): "publishing.actions.posting.finish",
            (PostState.FAILED, PostState.QUEUED): "publishing.actions.posting.settle",
            (PostState.UNKNOWN, PostState.SENT): "publishing.actions.posting.settle",
            (PostState.UNKNOWN, PostState.QUEUED): "publishing.actions.posting.settle",
        },
    ),
    Drawing(
        "mailing",
        "The letters of one publication to many people. They leave while it runs and its hours are open.",
        MailingState,
        MAILING_NEXT,
        MAILING_INITIAL,
        "publishing/mailing_states.py",
        {
            (MailingState.RUNNING, MailingState.PAUSED): "publishing.actions.mailing.pause",
            (MailingState.RUNNING, MailingState.STOPPED): "publishing.actions.mailing.stop",
            (MailingState.RUNNING, MailingState.DONE): "publishing.actions.mailing.end_finished",
            (MailingState.PAUSED, MailingState.RUNNING): "publishing.actions.mailing.resume",
            (MailingState.PAUSED, MailingState.STOPPED): "publishing.actions.mailing.stop",
        },
    ),
    Drawing(
        "finding",
        "The team files, assesses and closes; the office only answers. A trigger refuses the office every other step, "
        "and each step wants its row: two confirmations of the same words, an answer, an assessment, a letter.",
        FindingState,
        FINDING_NEXT,
        frozenset({FindingState.DRAFT}),
        "oversight/states.py",
        {
            (FindingState.DRAFT, FindingState.CONFIRMED): "oversight.actions.finding.confirm",
            (FindingState.CONFIRMED, FindingState.SENT): "oversight.actions.finding.send",
            (FindingState.SENT, FindingState.ANSWERED): "oversight.actions.answering.answer",
            (FindingState.SENT, FindingState.ESCALATED): "oversight.actions.answering.escalate",
            (FindingState.ANSWERED, FindingState.SENT): "oversight.actions.answering.return_answer",
            (FindingState.ANSWERED, FindingState.ASSESSED): "oversight.actions.answering.assess",
            (FindingState.ASSESSED, FindingState.ESCALATED): "oversight.actions.answering.escalate",
            (FindingState.ASSESSED, FindingState.CLOSED): "oversight.actions.answering.close",
            (FindingState.ESCALATED, FindingState.CLOSED): "oversight.actions.answering.close",
        },
    ),
    Drawing(
        "flag",
        "The portal's own processes raise a flag, a member of the team judges it once. New grounds are a new flag.",
        FlagState,
        FLAG_NEXT,
        frozenset({FlagState.OPEN}),
        "oversight/flag_states.py",
        {
            (FlagState.OPEN, FlagState.EXPLAINED): "oversight.actions.flags.judge",
            (FlagState.OPEN, FlagState.FALSE_ALARM): "oversight.actions.flags.judge",
            (FlagState.OPEN, FlagState.FINDING): "oversight.actions.flags.begin_finding",
        },
    ),
    Drawing(
        "report",
        "The team answers, asks and closes; a new message of the reporter takes a closed report up again.",
        ReportState,
        REPORT_NEXT,
        REPORT_INITIAL,
        "oversight/report_states.py",
        {
            (ReportState.RECEIVED, ReportState.IN_HAND): "oversight.actions.report_desk.answer",
            (ReportState.RECEIVED, ReportState.ASKED): "oversight.actions.report_desk.answer",
            (ReportState.RECEIVED, ReportState.CLOSED): "oversight.actions.report_desk.answer",
            (ReportState.IN_HAND, ReportState.ASKED): "oversight.actions.report_desk.answer",
            (ReportState.IN_HAND, ReportState.CLOSED): "oversight.actions.report_desk.answer",
            (ReportState.ASKED, ReportState.IN_HAND): "oversight.actions.reports.say",
            (ReportState.ASKED, ReportState.CLOSED): "oversight.actions.report_desk.answer",
            (ReportState.CLOSED, ReportState.IN_HAND): "oversight.actions.reports.say",
            (ReportState.CLOSED, ReportState.ERASED): "oversight.actions.report_keeping.forget_old",
        },
    ),
)


def draw(drawing: Drawing) -> str:
    """The page of one life in Markdown: a diagram and the same as a table."""
    lines = [f"# The life of {'an' if drawing.name[0] in 'aeiou' else 'a'} {drawing.name}", ""]
    lines += [drawing.about, "", f"Drawn from `{drawing.source}` by `manage.py draw_states`; a test compares.", ""]
    lines += ["```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {state.value}" for state in drawing.states if state in drawing.initial]
    lines += [f"    {old.value} --> {new.value}" for old, new in drawing.steps]
    lines += [f"    {state.value} --> [*]" for state in drawing.states if state not in drawing.next]
    lines += ["```", "", "| from | on pages | to | taken by |", "|---|---|---|---|"]
    for state in drawing.states:
        born = ", born so" if state in drawing.initial else ""
        to = [new for old, new in drawing.steps if old == state]
        if not to:
            lines.append(f"| **{state.value}**{born} | {state.label} | – | the end |")
        for new in to:
            action = drawing.taken_by.get((state, new))
            lines.append(
                f"| **{state.value}**{born} | {state.label} | {new.value} | {f'`{action}`' if action else '–'} |"
            )
    lines += ["", "Every pair that is not in the table is refused by the database, also for SQL written by hand.", ""]
    return "\n".join(lines)


def place_of(drawing: Drawing) -> Path:
    return settings.BASE_DIR / "docs" / "states" / f"{drawing.name}.md"
