"""A profile comes to the account of its person: by a code on paper that the office hands out."""

import hashlib
import hmac
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.roles import NotGiven, give_roles
from accounts.roles import Role
from lib.codes import random_code
from workforce.models import ClaimCode, Employee

LENGTH, DAYS = 12, 30


class NotClaimed(Exception):
    """The profile stays where it is; the message says why."""


def _digest(code: str) -> str:
    tidy = "".join(code.upper().replace("-", " ").split())
    return hmac.new(settings.NIK_INDEX_KEY.encode(), b"claim:" + tidy.encode(), hashlib.sha256).hexdigest()


@transaction.atomic(durable=True)
def make_code(employee: Employee, *, by, at) -> str:
    """A new code for `employee`, shown once; earlier unused ones end now. Raises NotClaimed for who left."""
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    if employee.erased_at or employee.left_on:
        raise NotClaimed(_("Orang ini sudah berhenti."))
    employee.claim_codes.filter(used_at=None, expires_at__gt=at).update(expires_at=at)
    code = random_code(LENGTH)
    ClaimCode.objects.create(
        employee=employee, digest=_digest(code), made_by=by, made_at=at, expires_at=at + timedelta(days=DAYS)
    )
    return "-".join(code[start : start + 4] for start in range(0, LENGTH, 4))


@transaction.atomic(durable=True)
def claim(code: str, *, by, at) -> Employee:
    """The profile of `code` belongs to the account `by`, which gets the role of an employee. Locks the code.

    Raises NotClaimed: unknown, used or expired (all the same words), or the account has a profile already.
    """
    found = (
        ClaimCode.objects.select_for_update(no_key=True, of=("self",))
        .select_related("employee", "made_by")
        .filter(digest=_digest(code), used_at=None, expires_at__gt=at)
        .first()
    )
    if found is None:
        raise NotClaimed(_("Kode ini tidak berlaku. Periksa hurufnya, atau minta kode baru."))
    if Employee.objects.filter(user=by).exists():
        raise NotClaimed(_("Akun Anda sudah terhubung dengan satu profil."))
    employee = Employee.objects.select_for_update(no_key=True).get(pk=found.employee_id)
    if employee.user_id and employee.user.is_active:
        raise NotClaimed(_("Profil ini sudah terhubung dengan akun lain. Hubungi kantor kepegawaian."))
    if found.made_by_id == by.pk:
        raise NotClaimed(_("Kode ini Anda buat sendiri. Minta rekan membuatkannya."))
    try:
        give_roles(by, set(by.groups.values_list("name", flat=True)) | {Role.EMPLOYEE}, by=found.made_by, at=at)
    except NotGiven as error:
        raise NotClaimed(str(error)) from None
    employee.user = by
    employee.save(update_fields=["user"])
    found.used_at, found.used_by = at, by
    found.save(update_fields=["used_at", "used_by"])
    return employee
