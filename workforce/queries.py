"""Who is seen by whom: the doors through which every reader comes to profiles."""

from datetime import date

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.roles import TEAM_ROLES, Role
from workforce.field_policy import OWN, Reader
from workforce.models import Appointment, Employee

DESK = (Role.PREPARER, Role.PUBLISHER)
WHOLE = ("position__unit__parent__parent", "position__unit__contact")
HIGHEST = 12  # levels of units that are climbed; more would be a mistake in the tree


def directory(at) -> QuerySet:
    """The people everybody may know of, with what a list shows of them."""
    return Employee.objects.shown(at).filter(position__isnull=False).select_related("position__unit__parent")


def reader_of(user: User, employee: Employee, today: date) -> Reader:
    """As whom `user` reads the profile of `employee`."""
    if not user.is_authenticated:
        return Reader.ANONYMOUS
    if employee.user_id == user.pk:
        return Reader.PERSON
    if user.has_role(*DESK):
        return Reader.BKD
    if user.has_role(*TEAM_ROLES):
        return Reader.OVERSEER
    superior = superior_of(employee, today)
    return Reader.SUPERIOR if superior and superior.user_id == user.pk else Reader.CITIZEN


def superior_of(employee: Employee, today: date) -> Employee | None:
    """Who heads the unit of `employee`, or the nearest unit above whose head is somebody else; acting ones count."""
    unit = employee.position.unit if employee.position else None
    for _step in range(HIGHEST):
        if unit is None:
            return None
        heads = (
            Appointment.objects.current(today)
            .filter(position__unit=unit, position__heads_unit=True, employee__left_on=None, employee__erased_at=None)
            .order_by("kind", "-since")  # definitive stands before acting
            .select_related("employee")
        )
        head = heads.first()
        if head and head.employee_id != employee.pk:
            return head.employee
        unit = unit.parent
    return None


def public_profile(slug: str, at) -> Employee:
    """The profile that everybody may see under `slug`. Raises Http404, the same whether there is none, or none yet,
    or it is shielded.
    """
    found = Employee.objects.shown(at).filter(position__isnull=False).select_related(*WHOLE).filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def profile_for(user: User, slug: str, at, today: date) -> tuple[Employee, Reader]:
    """The profile under `slug` and as whom `user` reads it. Person and BKD see it in preview and shielded; nobody else.

    Raises Http404.
    """
    employee = Employee.objects.filter(slug=slug, erased_at=None).select_related(*WHOLE).first()
    if employee is None:
        raise Http404
    reader = reader_of(user, employee, today)
    if reader not in OWN and not Employee.objects.shown(at).filter(pk=employee.pk, position__isnull=False).exists():
        raise Http404
    return employee, reader


def words_in(columns: list[str], text: str) -> Q:
    """Every word of `text` stands somewhere in `columns`."""
    condition = Q()
    for word in text.replace("\0", " ").split()[:8]:
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": word})
        condition &= anywhere
    return condition
