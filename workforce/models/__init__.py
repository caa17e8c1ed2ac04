from workforce.models.appointment import Appointment
from workforce.models.appraisal import (
    AppraisalYear,
    Assessment,
    AssessmentReply,
    CalibrationNote,
    Period,
    UnitRating,
)
from workforce.models.choice import Choice
from workforce.models.employee import ClaimCode, Consent, Employee, Predicate
from workforce.models.feedback import (
    Cell,
    FeedbackAnswer,
    FeedbackDraft,
    FeedbackRater,
    FeedbackReply,
    FeedbackRound,
    FeedbackSelf,
    Side,
)
from workforce.models.panel import Conflict, Declaration, Panel, PanelMember
from workforce.models.paperwork import EmployeeErasure, EmployeeImport
from workforce.models.plan import Evidence, Plan, PlanStep, Value
from workforce.models.position import STRUCTURAL, Level, Position, UnitContact
from workforce.models.profile import Credential, ProfileChange, ProfileRequest, Reply
from workforce.models.reporting_line import ReportingLine
from workforce.models.sheet import CombinedFile, PanelScore, ScoreSheet
from workforce.models.shield import Shield
from workforce.models.talent import TalentList, TalentPlacement
from workforce.models.training import Enrolment, Training, TrainingSession
from workforce.models.training_after import Attendance, Certificate, Evaluation, EvaluationGiven, UseQuestion
from workforce.models.training_draw import (
    Party,
    TrainingDraw,
    TrainingReveal,
    TrainingRound,
    TrainingSecret,
    TrainingWithheld,
)
from workforce.models.training_need import LessonRead, NeedVote, TrainingNeed

__all__ = [
    "Appointment",
    "AppraisalYear",
    "Assessment",
    "AssessmentReply",
    "Attendance",
    "CalibrationNote",
    "Cell",
    "Certificate",
    "Choice",
    "ClaimCode",
    "CombinedFile",
    "Conflict",
    "Consent",
    "Credential",
    "Declaration",
    "Employee",
    "EmployeeErasure",
    "EmployeeImport",
    "Enrolment",
    "Evaluation",
    "EvaluationGiven",
    "Evidence",
    "FeedbackAnswer",
    "FeedbackDraft",
    "FeedbackRater",
    "FeedbackReply",
    "FeedbackRound",
    "FeedbackSelf",
    "LessonRead",
    "Level",
    "NeedVote",
    "Panel",
    "PanelMember",
    "PanelScore",
    "Party",
    "Period",
    "Plan",
    "PlanStep",
    "Position",
    "Predicate",
    "ProfileChange",
    "ProfileRequest",
    "Reply",
    "ReportingLine",
    "STRUCTURAL",
    "ScoreSheet",
    "Shield",
    "Side",
    "TalentList",
    "TalentPlacement",
    "Training",
    "TrainingDraw",
    "TrainingNeed",
    "TrainingReveal",
    "TrainingRound",
    "TrainingSecret",
    "TrainingSession",
    "TrainingWithheld",
    "UnitContact",
    "UnitRating",
    "UseQuestion",
    "Value",
]
