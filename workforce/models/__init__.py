from workforce.models.appointment import Appointment
from workforce.models.employee import ClaimCode, Consent, Employee, Predicate
from workforce.models.paperwork import EmployeeErasure, EmployeeImport
from workforce.models.position import STRUCTURAL, Level, Position, UnitContact
from workforce.models.profile import Credential, ProfileChange, ProfileRequest, Reply
from workforce.models.shield import Shield

__all__ = [
    "STRUCTURAL",
    "Appointment",
    "ClaimCode",
    "Consent",
    "Credential",
    "Employee",
    "EmployeeErasure",
    "EmployeeImport",
    "Level",
    "Position",
    "Predicate",
    "ProfileChange",
    "ProfileRequest",
    "Reply",
    "Shield",
    "UnitContact",
]
