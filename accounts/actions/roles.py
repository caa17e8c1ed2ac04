"""Giving roles to staff, so that the oversight team sees who could do what, since when, and who made it so."""

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import RoleChange, User
from accounts.roles import TEAM_ROLES


class NotGiven(Exception):
    """These roles cannot be given like this; the message says why."""


@transaction.atomic
def give_roles(user: User, roles: set[str], *, by: User, at) -> list[RoleChange]:
    """`user` has exactly these roles; each one given or taken is written down for the oversight team.

    Raises NotGiven for one's own account, for an account that hands out roles (it has none itself), for an
    account of the team, and for a role that only the team gives.
    """
    before = set(user.groups.values_list("name", flat=True))
    if before == roles:
        return []
    if user.pk == by.pk:
        raise NotGiven(_("Peran Anda sendiri diatur oleh pengelola lain."))
    if roles and user.is_superuser:
        raise NotGiven(_("Pengelola akun tidak memegang peran lain. Buat akun petugas yang terpisah."))
    if user.made_by_team or roles & TEAM_ROLES:
        raise NotGiven(_("Peran tim pengawas diberikan oleh tim pengawas sendiri."))
    user.groups.set(Group.objects.filter(name__in=roles))
    return RoleChange.objects.bulk_create(
        RoleChange(user=user, role=role, given=role in roles, by=by, at=at) for role in sorted(before ^ roles)
    )
