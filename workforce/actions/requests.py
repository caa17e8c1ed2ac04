"""A person asks for a correction or objects to an open field; the office decides with a reason."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from publishing.actions.publication import publish, queue_for
from workforce.actions import appointments
from workforce.field_policy import FIELDS
from workforce.models import Appointment, Credential, Employee, ProfileChange, ProfileRequest
from workforce.showing import ENTRIES

MOST_OPEN = 10
KEY_OF_KIND = {kind: key for key, kind in ENTRIES.items()}


class NotNow(Exception):
    """The request is not taken, or not decided like this; the message says why."""


@transaction.atomic(durable=True)
def object_to(employee: Employee, key: str, *, text: str, at) -> ProfileRequest:
    """The person objects to `key` being open. In the preview nobody reads the field until it is decided. Raises NotNow."""
    employee = _with_room(employee)
    if not FIELDS[key].objectable:
        raise NotNow(_("Bagian ini melekat pada jabatan dan tidak dapat ditutup. Anda dapat meminta koreksi."))
    try:
        with transaction.atomic():
            return ProfileRequest.objects.create(
                employee=employee, kind="objection", key=key, text=text, asked_at=at,
                withholds=at < employee.preview_until,
            )  # fmt: skip
    except IntegrityError:
        raise NotNow(_("Keberatan Anda atas bagian ini sudah tercatat dan menunggu putusan.")) from None


@transaction.atomic(durable=True)
def ask_correction(employee: Employee, target, *, text: str, at) -> ProfileRequest:
    """The person says what is wrong: `target` is "name", "assets_report", a Credential, an Appointment, or the key of
    ENTRIES in which one is missing. Raises NotNow.
    """
    employee = _with_room(employee)
    values = {"key": target}
    if isinstance(target, Credential):
        values = {"key": KEY_OF_KIND[target.kind], "credential": target}
    elif isinstance(target, Appointment):
        values = {"key": "history", "appointment": target}
    return ProfileRequest.objects.create(employee=employee, kind="correction", text=text, asked_at=at, **values)


def _with_room(employee: Employee) -> Employee:
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    if employee.requests.filter(decided_at=None).count() >= MOST_OPEN:
        raise NotNow(_("Sepuluh permohonan Anda masih menunggu putusan."))
    return employee


@transaction.atomic(durable=True)
def decide(
    request: ProfileRequest, *, granted: bool, answer: str, values: dict | None = None, by, at
) -> ProfileRequest:
    """The office grants or refuses, with a reason; a granted correction is made with `values` and seen by everybody
    who sees the field. The person is told. Locks request and person. Raises NotNow.
    """
    request = ProfileRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=request.pk)
    employee = Employee.objects.select_for_update(no_key=True).get(pk=request.employee_id)
    if request.decided_at:
        raise NotNow(_("Permohonan ini sudah diputus."))
    if employee.user_id == by.pk:
        raise NotNow(_("Ini permohonan Anda sendiri. Minta rekan lain memutusnya."))
    if granted and request.kind == ProfileRequest.Kind.CORRECTION:
        _correct(request, employee, values or {}, reason=answer, by=by, at=at)
    request.granted, request.answer, request.decided_by, request.decided_at = granted, answer, by, at
    request.save(update_fields=["granted", "answer", "decided_by", "decided_at"])
    _tell(request, employee, at)
    return request


def _correct(request: ProfileRequest, employee: Employee, values: dict, *, reason: str, by, at) -> None:
    """The right data takes the place of the wrong, which stays in the history."""
    if request.credential_id:
        old = request.credential
        if hasattr(old, "corrected_by"):
            raise NotNow(_("Isian ini sudah dikoreksi. Tolak permohonan ini dan sebutkan koreksinya."))
        new = Credential.objects.create(employee=employee, kind=old.kind, corrects=old, by=by, at=at, **values)
        before, after = old.words, new.words
    elif request.appointment_id:
        before, after = _correct_appointment(request.appointment, values, by=by, at=at)
    elif request.key in ENTRIES:
        new = Credential.objects.create(employee=employee, kind=ENTRIES[request.key], by=by, at=at, **values)
        before, after = "", new.words
    else:
        before, after = getattr(employee, request.key), values[request.key]
        setattr(employee, request.key, after)
        employee.save(update_fields=[request.key])
        if request.key == "assets_report":
            before, after = (_("sudah") if one else _("belum") for one in (before, after))
    ProfileChange.objects.create(
        employee=employee, key=request.key, old=before[:400], new=after[:400], reason=reason[:500], by=by, at=at
    )


def _correct_appointment(old: Appointment, values: dict, *, by, at) -> tuple[str, str]:
    """A new row says it right; the old one is marked, never rewritten. The decrees are no part of the words: they are a
    field of their own.
    """
    old = Appointment.objects.select_for_update(no_key=True, of=("self",)).select_related("position").get(pk=old.pk)
    if old.corrected_at:
        raise NotNow(_("Isian ini sudah dikoreksi. Tolak permohonan ini dan sebutkan koreksinya."))
    if old.until and values["since"] > old.until:
        raise NotNow(_("Tanggal mulai ini sesudah tanggal berakhirnya. Periksa keputusannya."))
    old.corrected_at = at
    old.save(update_fields=["corrected_at"])
    new = Appointment.objects.create(
        employee_id=old.employee_id, position=old.position, kind=old.kind, until=old.until, end_decree=old.end_decree,
        corrects=old, by=by, at=at, **values,
    )  # fmt: skip
    appointments.settle_positions()
    return f"{old.position.name}, {old.since:%d-%m-%Y}", f"{new.position.name}, {new.since:%d-%m-%Y}"


def _tell(request: ProfileRequest, employee: Employee, at) -> None:
    """A letter without what was asked: it says where to read the decision."""
    if not employee.user_id:
        return
    told = publish(
        source=f"profile_request:{request.pk}",
        subject=_("Permohonan Anda tentang profil pegawai sudah diputus"),
        body=_("Baca putusan dan alasannya di halaman profil Anda."),
        url="/asn/saya/",
        at=at,
    )
    queue_for(told, User.objects.filter(pk=employee.user_id), at=at)
