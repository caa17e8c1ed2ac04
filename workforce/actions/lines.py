"""Who answers to whom: one officer declares, another confirms. Only the superior of a confirmed line assesses."""

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from workforce.models import Employee, ReportingLine
from workforce.queries import superior_of

FROM_STRUCTURE = _("Susunan organisasi")


class NotDeclared(Exception):
    """The line stays as it was; the message says why."""


@transaction.atomic(durable=True)
def declare(employee: Employee, superior: Employee, *, basis: str, by, at) -> ReportingLine:
    """A line waits for a second officer; what waited before goes. Locks the employee. Raises NotDeclared."""
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    _may(employee, superior, by)
    employee.lines.waiting().update(ended_at=at)
    return ReportingLine.objects.create(
        employee=employee, superior=superior, basis=basis, declared_by=by, declared_at=at
    )


@transaction.atomic(durable=True)
def declare_from_structure(*, by, at, today) -> int:
    """A waiting line to the head of the unit for everybody in service who has none. Returns how many."""
    people = (
        Employee.objects.serving().filter(position__isnull=False).exclude(lines__ended_at=None, lines__isnull=False)
    )
    made = []
    for one in people.select_related("position__unit__parent__parent"):
        superior = superior_of(one, today)
        if superior and by.pk not in (one.user_id, superior.user_id):
            made.append(
                ReportingLine(
                    employee=one, superior=superior, basis=str(FROM_STRUCTURE), declared_by=by, declared_at=at
                )
            )
    return len(ReportingLine.objects.bulk_create(made))


@transaction.atomic(durable=True)
def confirm(line: ReportingLine, *, by, at) -> ReportingLine:
    """The second officer puts a waiting line in force; the one before it ends. Raises NotDeclared."""
    employee = Employee.objects.select_for_update(no_key=True).get(pk=line.employee_id)
    line = ReportingLine.objects.select_for_update(no_key=True).select_related("superior").get(pk=line.pk)
    if line.confirmed_at or line.ended_at:
        raise NotDeclared(_("Garis ini sudah diputuskan."))
    if line.declared_by_id == by.pk:
        raise NotDeclared(_("Anda yang menetapkan. Minta rekan lain mengesahkan."))
    _may(employee, line.superior, by)
    try:
        with transaction.atomic():
            employee.lines.standing().update(ended_at=at)
            line.confirmed_by, line.confirmed_at = by, at
            line.save(update_fields=["confirmed_by", "confirmed_at"])
    except DatabaseError as error:
        raise NotDeclared(_("Garis ini berputar: orang itu akan menjadi atasan dirinya sendiri.")) from error
    return line


def confirm_all(lines, *, by, at) -> tuple[int, int]:
    """Confirm each of `lines`; returns how many were confirmed and how many were refused."""
    done = refused = 0
    for line in lines:
        try:
            confirm(line, by=by, at=at)
        except NotDeclared:
            refused += 1
        else:
            done += 1
    return done, refused


def _may(employee: Employee, superior: Employee, by) -> None:
    if employee.pk == superior.pk:
        raise NotDeclared(_("Seseorang tidak dapat menjadi atasan dirinya sendiri."))
    if by.pk in (employee.user_id, superior.user_id):
        raise NotDeclared(_("Garis ini menyangkut Anda. Minta rekan lain mengurusnya."))
