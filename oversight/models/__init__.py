from oversight.models.audit import (
    AuditCommitment,
    AuditFile,
    AuditReveal,
    AuditRound,
    AuditSample,
    AuditVerdict,
    AuditWithheld,
    Party,
)
from oversight.models.body_answer import BodyAnswer
from oversight.models.finding import Finding, Response, Return
from oversight.models.flag import Flag, FlagRun
from oversight.models.indicator import Indicator, PassRate
from oversight.models.interest import Interest
from oversight.models.invariant import InvariantRun
from oversight.models.openness_report import OpennessReport, ReportComment
from oversight.models.probe import Probe
from oversight.models.reading import Reading
from oversight.models.report import Report, ReportImage, ReportMessage
from oversight.models.report_tally import ReportTally
from oversight.models.retaliation import RetaliationWatch, WatchNote
from oversight.models.steps import Assessment, ClockMove, Confirmation, Escalation, Overdue
from oversight.models.team import Membership, Team
from oversight.models.team_key import MemberKey, TeamKey, TeamKeyShare

__all__ = [
    "Assessment",
    "AuditCommitment",
    "AuditFile",
    "AuditReveal",
    "AuditRound",
    "AuditSample",
    "AuditVerdict",
    "AuditWithheld",
    "BodyAnswer",
    "ClockMove",
    "Confirmation",
    "Escalation",
    "Finding",
    "Flag",
    "FlagRun",
    "Indicator",
    "Interest",
    "InvariantRun",
    "MemberKey",
    "Membership",
    "OpennessReport",
    "Overdue",
    "Party",
    "PassRate",
    "Probe",
    "Reading",
    "Report",
    "ReportComment",
    "ReportImage",
    "ReportMessage",
    "ReportTally",
    "Response",
    "RetaliationWatch",
    "Return",
    "Team",
    "TeamKey",
    "TeamKeyShare",
    "WatchNote",
]
