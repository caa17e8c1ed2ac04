"""Everything personal about somebody who left goes: asked by one, approved by another, done by the keeper.

The row and its appointments stay, because the history of posts points to them; they name nobody any more.
"""

import json
import os

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from workforce.models import (
    Appointment,
    Certificate,
    ClaimCode,
    Consent,
    Credential,
    Employee,
    EmployeeErasure,
    Enrolment,
    FeedbackAnswer,
    FeedbackReply,
    FeedbackSelf,
    Plan,
    ProfileChange,
    ProfileRequest,
    Reply,
    TalentPlacement,
)


class NotErasable(Exception):
    """This cannot be erased, or not like this; the message says why."""


@transaction.atomic(durable=True)
def ask(employee: Employee, *, letter: str, by, at) -> EmployeeErasure:
    """Ask that everything personal of `employee` goes. Raises NotErasable while they serve or when it was asked."""
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    if employee.left_on is None:
        raise NotErasable(_("Orang ini masih bertugas. Profilnya dapat dihapus setelah ia berhenti."))
    if employee.erasures.exists():
        raise NotErasable(_("Penghapusan orang ini sudah diajukan."))
    return EmployeeErasure.objects.create(employee=employee, letter=letter, asked_by=by, asked_at=at)


@transaction.atomic(durable=True)
def approve(erasure: EmployeeErasure, *, by, at) -> EmployeeErasure:
    """The second person approves; the next ring of the keeper erases. Locks the row. Raises NotErasable."""
    erasure = EmployeeErasure.objects.select_for_update(no_key=True).get(pk=erasure.pk)
    if erasure.approved_at:
        raise NotErasable(_("Penghapusan ini sudah disahkan."))
    if erasure.asked_by_id == by.pk:
        raise NotErasable(_("Anda yang mengajukan. Minta rekan lain mengesahkan."))
    erasure.approved_by, erasure.approved_at = by, at
    erasure.save(update_fields=["approved_by", "approved_at"])
    return erasure


def erase_due(at) -> int:
    """Carry out what was approved; returns how many. The list beside the database hears of each first. May run twice."""
    done = 0
    for one in EmployeeErasure.objects.filter(approved_at__isnull=False, done_at=None).select_related("employee"):
        _write_down(one.employee.slug)
        with transaction.atomic(durable=True):
            forget([one.employee_id], at=at)
            done += EmployeeErasure.objects.filter(pk=one.pk, done_at=None).update(done_at=at)
    return done


def replay(at) -> int:
    """Erase again what a restored backup brought back, by the list beside the database. Returns how many it holds."""
    slugs = _written()
    with transaction.atomic(durable=True):
        forget(list(Employee.objects.filter(slug__in=slugs).values_list("pk", flat=True)), at=at)
    return len(slugs)


def forget(employees: list[int], *, at) -> None:
    """Nothing personal is left of these people. May run again. Locks them in the order of their keys."""
    people = Employee.objects.filter(pk__in=employees)
    list(people.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    ProfileRequest.objects.filter(employee__in=employees).update(text=None, answer=None, credential=None)
    for model in (Credential, ProfileChange, Reply, Consent, ClaimCode, Plan):
        model.objects.filter(employee__in=employees).delete()
    FeedbackAnswer.objects.filter(subject__in=employees).delete()
    for model in (FeedbackSelf, FeedbackReply, TalentPlacement):
        model.objects.filter(employee__in=employees).delete()
    Appointment.objects.filter(employee__in=employees).exclude(decree="").update(decree="")
    Appointment.objects.filter(employee__in=employees).exclude(end_decree="").update(end_decree="")
    Certificate.objects.filter(enrolment__user__employee__in=employees).exclude(holder="").update(holder="")
    Enrolment.objects.filter(user__employee__in=employees).exclude(distance="").update(distance="")
    people.filter(erased_at=None).update(
        name="", nip=None, nip_index=None, user=None, grade="", sex="", skp="", assets_report=None, consents=False,
        erased_at=at,
    )  # fmt: skip


def _list():
    return settings.ERASURE_LIST.with_name("employees.jsonl")


def _written() -> list[str]:
    try:
        return [json.loads(line)["slug"] for line in _list().read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []


def _write_down(slug: str) -> None:
    if slug in _written():
        return
    _list().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(_list(), "a", encoding="utf-8") as file:
        file.write(json.dumps({"slug": slug}) + "\n")
        file.flush()
        os.fsync(file.fileno())
