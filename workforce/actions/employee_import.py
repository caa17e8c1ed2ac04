"""Files of employees: read with a report by one, applied as a whole by another. Nobody is ever removed by a file.

History is only added to: a post that is known already must say the same decree. Who is not in the file stays as they
are. Who left is said by a row of their own, with the date in the column `berhenti`.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.core.files.base import File
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.encrypted import nik_index
from lib.table_files import reader
from vacancies.actions import units
from vacancies.models import Agency
from workforce.actions import appointments
from workforce.employee_files import rows
from workforce.employee_files.rows import Refused
from workforce.models import (
    STRUCTURAL,
    Appointment,
    Credential,
    Employee,
    EmployeeImport,
    Position,
    ProfileChange,
    UnitContact,
)

MAX_BYTES = 20 * 1024 * 1024
OF_PERSON = ("name", "kind", "sex", "grade", "assets_report", "skp")


class NotApplied(Exception):
    """Nothing changed; the message says why and what to do."""


def nip_index(digits: str) -> str:
    """Keyed hash of a NIP: finds its row, says nothing without the key; never equal to that of a NIK."""
    return nik_index(f"nip:{digits}")


@dataclass
class Plan:
    """What a file does to one person: `employee` is None for a new one."""

    person: dict
    employee: Employee | None
    fields: dict = field(default_factory=dict)
    appointments: list[dict] = field(default_factory=list)
    ends: dict[int, tuple[str, str]] = field(default_factory=dict)  # appointment → until, decree
    credentials: list[dict] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        if self.employee is None:
            return "new"
        return "changed" if self.fields or self.appointments or self.ends or self.credentials else "same"

    @property
    def words(self) -> list[str]:
        """What changes, for whoever approves. No NIP."""
        said = [f"{one['position']} ({one['kind']}) sejak {one['since']}" for one in self.appointments]
        said += [_("jabatan lama berakhir %(day)s") % {"day": until} for until, _decree in self.ends.values()]
        said += [one["title"] for one in self.credentials]
        return said + sorted(self.fields)


@transaction.atomic(durable=True)
def stage_file(file: File, *, file_name: str, by, at) -> EmployeeImport:
    """The file waits with its report; nothing else changes: the dry run. Raises Refused, then nothing is kept."""
    today = timezone.localdate(at)
    try:
        with (
            reader.kept(file, max_bytes=MAX_BYTES) as (kept, digest),
            reader.rows(kept, max_xlsx_rows=settings.IMPORT_MAX_XLSX_ROWS) as lines,
        ):
            sheet = rows.read(lines, today=today)
    except reader.Unreadable as error:
        refused = Refused()
        refused.add(error.row, "", str(error))
        raise refused from None
    people = list(sheet.people.values())
    plans = plan(people)
    counts = {verdict: sum(one.verdict == verdict for one in plans) for verdict in ("new", "changed", "same")}
    counts["leaving"] = sum("left_on" in one.fields for one in plans)
    known = [one.employee.pk for one in plans if one.employee]
    counts["absent"] = Employee.objects.serving().exclude(pk__in=known).count()
    waiting = {
        "people": people,
        "contacts": sheet.contacts,
        "lines": [
            {"row": one.person["row"], "name": one.person["name"], "verdict": one.verdict, "words": one.words}
            for one in plans
        ],
    }
    return EmployeeImport.objects.create(
        file_name=file_name[:200],
        sha256=digest,
        report=counts | {"rows": sheet.rows, "digest": _digest(plans)},
        rows=json.dumps(waiting),
        uploaded_by=by,
        uploaded_at=at,
    )


def waiting_lines(made: EmployeeImport) -> list[dict]:
    """What the file would do to each person, while it waits: changes first."""
    lines = json.loads(made.rows)["lines"] if made.rows else []
    return sorted(lines, key=lambda one: (("new", "changed", "same").index(one["verdict"]), one["row"]))


@transaction.atomic(durable=True)
def apply(made: EmployeeImport, *, by, at) -> EmployeeImport:
    """Everybody in the file is in the directory as it says; new people in preview first. Locks the import.

    Raises NotApplied: applied before, by who uploaded it, or when the people changed since the report; Refused when
    what is stored now contradicts the file.
    """
    made = EmployeeImport.objects.select_for_update(no_key=True).get(pk=made.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('workforce.employees'))")
        cursor.execute("SET LOCAL statement_timeout = '15min'")
    if made.applied_at:
        raise NotApplied(_("Berkas ini sudah diterapkan."))
    if made.uploaded_by_id == by.pk:
        raise NotApplied(_("Berkas ini Anda unggah sendiri. Minta orang lain menerapkannya."))
    waiting = json.loads(made.rows)
    plans = plan(waiting["people"])
    if _digest(plans) != made.report["digest"]:
        raise NotApplied(_("Data pegawai berubah sejak laporan ini dibuat. Unggah berkas sekali lagi."))
    _store(plans, waiting["contacts"], by=by, uploaded_by=made.uploaded_by, at=at)
    made.applied_by, made.applied_at, made.rows = by, at, None
    made.save(update_fields=["applied_by", "applied_at", "rows"])
    return made


def _digest(plans: list[Plan]) -> str:
    said = [(nip_index(one.person["nip"]), one.verdict, one.words, sorted(one.ends)) for one in plans]
    return hashlib.sha256(json.dumps(sorted(said), default=str).encode()).hexdigest()


def paths() -> dict[int, str]:
    """Unit → its path, as files write it."""
    names = {pk: (parent, name) for pk, parent, name in Agency.objects.values_list("pk", "parent_id", "name")}
    found = {}
    for pk in names:
        parts, step = [], pk
        while step is not None and len(parts) < 20:
            step, name = names[step][0], names[step][1]
            parts.append(name)
        found[pk] = rows.SEPARATOR.join(reversed(parts))
    return found


def plan(people: list[dict]) -> list[Plan]:
    """What `people` would change. Raises Refused where history says otherwise, or two would hold one seat."""
    refused = Refused()
    indexes = {nip_index(one["nip"]): one for one in people}
    known = {one.nip_index: one for one in Employee.objects.filter(nip_index__in=indexes)}
    unit_of = paths()
    held: dict[int, list[Appointment]] = {}
    for one in Appointment.objects.valid().filter(employee__in=known.values()).select_related("position"):
        held.setdefault(one.employee_id, []).append(one)
    has: dict[int, set] = {}
    for one in Credential.objects.filter(employee__in=known.values()):
        has.setdefault(one.employee_id, set()).add((one.kind, one.title, one.issuer, one.year))
    plans = []
    for index, person in indexes.items():
        employee = known.get(index)
        pk = employee.pk if employee else None
        made = Plan(person, employee)
        _person(made, refused)
        _posts(made, held.get(pk, []), unit_of, refused)
        made.credentials = [
            one for one in person["credentials"]
            if (one["kind"], one["title"], one["issuer"], one["year"]) not in has.get(pk, set())
        ]  # fmt: skip
        plans.append(made)
    _seats(plans, unit_of, refused)
    if refused.count:
        raise refused
    return plans


def _person(made: Plan, refused: Refused) -> None:
    """The fields that change; an empty cell says nothing."""
    person, employee = made.person, made.employee
    if employee is None:
        if person["left_on"]:
            refused.add(person["row"], "berhenti", _("Orang ini belum ada di direktori. Hapus barisnya."))
        return
    if employee.left_on and not person["left_on"]:
        refused.add(person["row"], "nip", _("Orang ini tercatat sudah berhenti. Periksa NIP, atau hubungi pengelola."))
    for name in OF_PERSON:
        if person[name] not in (None, "") and person[name] != getattr(employee, name):
            made.fields[name] = person[name]
    if person["left_on"] and not employee.left_on:
        made.fields["left_on"] = person["left_on"]


def _posts(made: Plan, held: list[Appointment], unit_of: dict[int, str], refused: Refused) -> None:
    """The posts that are new, and the definitive one that ends because another begins or the person left."""
    known = {
        (unit_of[one.position.unit_id].lower(), one.position.name.lower(), one.kind, one.since.isoformat()): one
        for one in held
    }
    for one in made.person["appointments"]:
        same = known.get((one["unit"].lower(), one["position"].lower(), one["kind"], one["since"]))
        if same is None:
            made.appointments.append(one)
            continue
        if same.decree != one["decree"]:
            refused.add(
                one["row"], "nomor_keputusan",
                _("Riwayat mencatat nomor lain untuk jabatan ini dan tidak ditimpa. Pakai halaman koreksi."),
            )  # fmt: skip
        if one["until"] and same.until is None:
            made.ends[same.pk] = (one["until"], "")
    open_now = [one for one in made.appointments if one["kind"] == "definitif" and not one["until"]]
    if len(open_now) > 1:
        refused.add(open_now[1]["row"], "sampai", _("Dua jabatan definitif tanpa tanggal sampai. Isi pada yang lama."))
    standing = [one for one in held if one.kind == "definitif" and one.until is None and one.pk not in made.ends]
    for old in standing if open_now else []:
        new = open_now[0]
        if new["since"] <= old.since.isoformat():
            refused.add(new["row"], "tmt", _("Lebih awal daripada jabatan sekarang. Isi kolom sampai, atau perbaiki."))
        else:
            day_before = date.fromisoformat(new["since"]) - timedelta(days=1)
            made.ends[old.pk] = (day_before.isoformat(), new["decree"])
    if made.fields.get("left_on"):
        for old in held:
            if old.until is None and old.pk not in made.ends:
                made.ends[old.pk] = (max(made.fields["left_on"], old.since.isoformat()), "")


def _seats(plans: list[Plan], unit_of: dict[int, str], refused: Refused) -> None:
    """A structural post has one definitive holder: after the whole file, nobody sits on another's seat."""
    ending = {pk for one in plans for pk in one.ends}
    taken = {
        (unit_of[one.position.unit_id].lower(), one.position.name.lower()): one.employee_id
        for one in Appointment.objects.valid()
        .filter(kind="definitif", until=None, position__level__in=STRUCTURAL)
        .exclude(pk__in=ending)
        .select_related("position")
    }
    for made in plans:
        for one in made.appointments:
            if one["kind"] != "definitif" or one["until"] or one["level"] not in STRUCTURAL:
                continue
            seat = (one["unit"].lower(), one["position"].lower())
            who = made.employee.pk if made.employee else f"new {made.person['nip']}"
            if taken.setdefault(seat, who) != who:
                refused.add(
                    one["row"], "jabatan",
                    _("Jabatan ini masih dijabat orang lain. Masukkan juga perpindahannya, atau isi kolom sampai."),
                )  # fmt: skip


def _store(plans: list[Plan], contacts: dict, *, by, uploaded_by, at) -> None:
    """Write everything, set by set."""
    wanted = {one["unit"] for made in plans for one in made.appointments} | contacts.keys()
    tree = {path: unit for path, (unit, _office) in units.grow(wanted).items()}
    positions = _positions(plans, tree)
    preview = at + timedelta(days=settings.PROFILE_PREVIEW_DAYS)
    new = [
        Employee(
            nip=made.person["nip"],
            nip_index=nip_index(made.person["nip"]),
            preview_until=preview,
            added_by=uploaded_by,
            added_at=at,
            **{name: made.person[name] for name in OF_PERSON},
        )
        for made in plans
        if made.employee is None
    ]
    made_new = iter(Employee.objects.bulk_create(new, batch_size=1000))
    for made in plans:
        made.employee = made.employee or next(made_new)
    for made in plans:
        for pk, (until, decree) in made.ends.items():
            Appointment.objects.filter(pk=pk, until=None).update(until=until, end_decree=decree)
    _appoint([(made, one) for made in plans for one in made.appointments], positions, tree, by=uploaded_by, at=at)
    Credential.objects.bulk_create(
        (
            Credential(employee=made.employee, by=uploaded_by, at=at, **one)
            for made in plans
            for one in made.credentials
        ),
        batch_size=1000,
    )
    _change(plans, by=by, at=at)
    for path, contact in contacts.items():
        UnitContact.objects.update_or_create(unit_id=tree[path], defaults=contact)


def _positions(plans: list[Plan], tree: dict[str, int]) -> dict[tuple, Position]:
    """Every post the file names exists; (unit, name, level) → row. Names are told apart without regard to capitals."""
    known = {(one.unit_id, one.name.lower(), one.level): one for one in Position.objects.filter(unit__in=tree.values())}
    missing = {}
    for made in plans:
        for one in made.appointments:
            key = (tree[one["unit"]], one["position"].lower(), one["level"])
            if key not in known and key not in missing:
                missing[key] = Position(
                    unit_id=key[0], name=one["position"], level=one["level"], heads_unit=one["heads_unit"]
                )
    Position.objects.bulk_create(missing.values(), batch_size=1000)
    return known | missing


def _appoint(pairs, positions, tree, *, by, at) -> None:
    """New appointments; an acting one that begins where the same person's ended continues it."""
    Appointment.objects.bulk_create(
        (
            Appointment(
                employee=plan_of.employee,
                position=positions[tree[one["unit"]], one["position"].lower(), one["level"]],
                kind=one["kind"],
                since=one["since"],
                until=one["until"],
                decree=one["decree"],
                decree_date=one["decree_date"],
                extends=_continued(plan_of.employee, positions[tree[one["unit"]], one["position"].lower(), one["level"]], one),
                by=by,
                at=at,
            )
            for plan_of, one in pairs
        ),
        batch_size=1000,
    )  # fmt: skip
    appointments.settle_positions()


def _continued(employee: Employee, position: Position, one: dict) -> Appointment | None:
    if one["kind"] != Appointment.Kind.ACTING:
        return None
    day_before = date.fromisoformat(one["since"]) - timedelta(days=1)
    before = Appointment.objects.valid().filter(
        employee=employee, position=position, kind=one["kind"], until=day_before
    )
    return before.filter(extended_by=None).first()


def _change(plans: list[Plan], *, by, at) -> None:
    """What is said of people that were there before; a new name or asset report is a line in their history."""
    told = {"name", "assets_report"}
    changes = []
    for made in plans:
        if not made.fields:
            continue
        before = {name: getattr(made.employee, name) for name in made.fields}
        Employee.objects.filter(pk=made.employee.pk).update(**made.fields)
        changes += [
            ProfileChange(
                employee=made.employee, key=name, old=_words(before[name]), new=_words(made.fields[name]),
                reason=_("Data kepegawaian diperbarui."), by=by, at=at,
            )
            for name in made.fields.keys() & told
        ]  # fmt: skip
    ProfileChange.objects.bulk_create(changes, batch_size=1000)


def _words(value) -> str:
    return (
        {True: _("sudah"), False: _("belum"), None: ""}.get(value, str(value)) if not isinstance(value, str) else value
    )
