"""What a reader sees of a profile: the one function that every page, file, answer and search goes through."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from lib.indonesian_text import long_date
from workforce.field_policy import FIELDS, LISTED, OWN, Line, Openness, Reader
from workforce.models import Appointment, Credential, Employee, ProfileRequest, TalentPlacement

ENTRIES = {
    "education": Credential.Kind.EDUCATION,
    "training": Credential.Kind.TRAINING,
    "certificates": Credential.Kind.CERTIFICATE,
}
# Columns that a search by words looks into, where the field is open to everybody of everybody.
COLUMNS = {"name": "name", "position": "position__name", "unit": "position__unit__name"}


@dataclass(frozen=True)
class Shown:
    """One field as one reader sees it: `value` is None where it is not open, and `why` says why."""

    line: Line
    open: bool
    value: object
    why: str


def show(employee: Employee, reader: Reader, *, keys: Iterable[str] = FIELDS) -> dict[str, Shown]:
    """Each field of `keys`, open or not, as FIELDS says for `reader`. Whether the person may be seen at all was
    asked before (`queries`). Values are read only where they are open.
    """
    lines = [FIELDS[key] for key in keys]
    held_back = _held_back(employee) if any(line.objectable for line in lines) and reader not in OWN else {}
    found = {}
    for line in lines:
        is_open = line.is_open_to(reader, structural=employee.is_structural, consents=employee.consents)
        if is_open and line.key in held_back:
            found[line.key] = Shown(line, False, None, held_back[line.key])
        elif is_open:
            found[line.key] = Shown(line, True, VALUES[line.key](employee), str(line.basis))
        else:
            found[line.key] = Shown(line, False, None, _closed(line))
    return found


def _held_back(employee: Employee) -> dict[str, str]:
    """Key → why, of fields that an objection keeps from others: granted, or raised in the preview and undecided."""
    waiting = Q(withholds=True, decided_at=None)
    objections = employee.requests.filter(Q(granted=True) | waiting, kind=ProfileRequest.Kind.OBJECTION)
    return {
        key: _("Ditutup setelah keberatan dikabulkan.") if granted else _("Ditahan: keberatan sedang diputuskan.")
        for key, granted in objections.order_by("pk").values_list("key", "granted")
    }


def _closed(line: Line) -> str:
    if line.openness is Openness.CONSENT:
        return _("Belum disetujui dibuka oleh yang bersangkutan.")
    return f"{line.why} {line.basis}."


def changes_shown(employee: Employee, shown: dict[str, Shown]) -> list:
    """The corrections of those fields that the reader sees; of a closed field not even that it changed."""
    return [change for change in employee.changes.all() if change.key in shown and shown[change.key].open]


def searchable(reader: Reader) -> list[str]:
    """The columns in which `reader` may look for words: of fields that are open to everybody of everybody."""
    return [COLUMNS[key] for key in LISTED if FIELDS[key].openness is Openness.PUBLIC]


def plain(shown: dict[str, Shown]) -> dict:
    """For machines: the open fields by their key, text, numbers, lists and nothing."""
    return {key: _plain(one.value) for key, one in shown.items() if one.open}


def _plain(value):
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value if value is None or isinstance(value, bool | int) else str(value)


def unit_path(unit) -> str:
    """The unit and the one it is part of: "Bidang A, Dinas B"."""
    return f"{unit.name}, {unit.parent.name}" if unit.parent_id and unit.parent.parent_id else unit.name


def _contact(employee: Employee) -> dict:
    contact = getattr(employee.position.unit, "contact", None) if employee.position else None
    return {
        "phone": contact.phone if contact and contact.phone else settings.INSTANCE["phone"],
        "email": contact.email if contact and contact.email else settings.INSTANCE["email"],
    }


def _history(employee: Employee) -> list[dict]:
    return [
        {
            "position": one.position.name,
            "unit": unit_path(one.position.unit),
            "kind": one.get_kind_display() if one.kind != Appointment.Kind.DEFINITIVE else "",
            "since": long_date(one.since),
            "until": long_date(one.until) if one.until else "",
            "corrected": bool(one.corrected_at),
        }
        for one in _appointments(employee)
    ]


def _decrees(employee: Employee) -> list[dict]:
    return [
        {
            "position": one.position.name,
            "number": one.decree,
            "date": long_date(one.decree_date) if one.decree_date else "",
            "ended_by": one.end_decree,
            "corrected": bool(one.corrected_at),
        }
        for one in _appointments(employee)
        if one.decree or one.end_decree
    ]


def _appointments(employee: Employee) -> list[Appointment]:
    if not hasattr(employee, "_appointments"):
        found = employee.appointments.select_related("position__unit__parent").order_by("-since", "-pk")
        employee._appointments = list(found)
    return employee._appointments


def _entries(employee: Employee, kind: str) -> list[dict]:
    if not hasattr(employee, "_credentials"):
        employee._credentials = list(employee.credentials.select_related("corrected_by"))
    return [
        {
            "title": one.title,
            "issuer": one.issuer,
            "year": one.year,
            "corrected": hasattr(one, "corrected_by"),
        }
        for one in employee._credentials
        if one.kind == kind
    ]


def _reply(employee: Employee) -> str:
    newest = employee.replies.first()
    return newest.text if newest else ""


def _box(employee: Employee) -> str:
    """The newest sealed box, in words; empty without one."""
    sealed = TalentPlacement.objects.filter(employee=employee, list__sealed_at__isnull=False)
    found = sealed.order_by("-list__year", "-version").values_list("box", "list__year").first()
    return _("Kotak %(box)s dari 9 (%(year)s)") % {"box": found[0], "year": found[1]} if found else ""


VALUES = {
    "name": lambda one: one.name,
    "position": lambda one: one.position.name if one.position else "",
    "unit": lambda one: unit_path(one.position.unit) if one.position else "",
    "contact": _contact,
    "kind": lambda one: one.get_kind_display(),
    "history": _history,
    "decrees": _decrees,
    **{key: (lambda one, kind=kind: _entries(one, kind)) for key, kind in ENTRIES.items()},
    "assets_report": lambda one: one.assets_report,
    "reply": _reply,
    "grade": lambda one: one.grade,
    "sex": lambda one: one.get_sex_display(),
    "skp": lambda one: one.get_skp_display(),
    "talent_box": _box,
    "nip": lambda one: one.nip,
    "birth_date": lambda one: one.born,
}
