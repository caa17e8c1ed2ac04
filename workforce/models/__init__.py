from workforce.models.appointment import Appointment
from workforce.models.choice import Choice
from workforce.models.employee import ClaimCode, Consent, Employee, Predicate
from workforce.models.panel import Conflict, Declaration, Panel, PanelMember
from workforce.models.paperwork import EmployeeErasure, EmployeeImport
from workforce.models.position import STRUCTURAL, Level, Position, UnitContact
from workforce.models.profile import Credential, ProfileChange, ProfileRequest, Reply
from workforce.models.sheet import CombinedFile, PanelScore, ScoreSheet
from workforce.models.shield import Shield

__all__ = [
    "Appointment",
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
    "Level",
    "Panel",
    "PanelMember",
    "PanelScore",
    "Position",
    "Predicate",
    "ProfileChange",
    "ProfileRequest",
    "Reply",
    "STRUCTURAL",
    "ScoreSheet",
    "Shield",
    "UnitContact",
]
