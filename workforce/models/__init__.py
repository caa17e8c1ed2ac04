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
from workforce.models.panel import Conflict, Declaration, Panel, PanelMember
from workforce.models.paperwork import EmployeeErasure, EmployeeImport
from workforce.models.plan import Evidence, Plan, PlanStep, Value
from workforce.models.position import STRUCTURAL, Level, Position, UnitContact
from workforce.models.profile import Credential, ProfileChange, ProfileRequest, Reply
from workforce.models.reporting_line import ReportingLine
from workforce.models.sheet import CombinedFile, PanelScore, ScoreSheet
from workforce.models.shield import Shield
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
    "Attendance",
    "Certificate",
    "AppraisalYear",
    "Assessment",
    "AssessmentReply",
    "CalibrationNote",
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
    "Training",
    "TrainingDraw",
    "TrainingNeed",
    "TrainingReveal",
    "TrainingRound",
    "TrainingSecret",
    "TrainingSession",
    "TrainingWithheld",
    "UnitContact",
    "UseQuestion",
    "UnitRating",
    "Value",
]
