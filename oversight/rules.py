"""Who may speak for the team, and who for the office. Nobody does both."""

from django.db import connection

from accounts.roles import Role
from oversight.models import Membership

OFFICE = (Role.PREPARER, Role.PUBLISHER)


def membership_of(user, at) -> Membership | None:
    """The membership on which `user` acts for the team at `at`.

    The row decides, never a role that staff can give; and only an account that the team made itself.
    """
    if not (user.is_active and user.made_by_team):
        return None
    return Membership.objects.current(at).filter(user=user).select_related("team").order_by("since").first()


def has_interest(user, stage, at) -> bool:
    """Whether `user` has declared a conflict of interest that touches `stage` and runs at `at`.

    The database's own function decides, the one that its triggers ask.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT oversight_has_interest(%s, %s, %s)", [user.pk, stage.pk, at])
        return cursor.fetchone()[0]


def may_appoint(membership: Membership) -> bool:
    """Whether this membership lets its holder take members on and end their terms."""
    return membership.role == Membership.Role.SECRETARIAT


def answers_for_office(user) -> bool:
    """Whether `user` answers findings for the office: staff that prepare or approve, no account of the team."""
    return not user.made_by_team and user.has_role(*OFFICE)


def may_override(user) -> bool:
    """Whether `user` is the official who may lift a hold in public."""
    return not user.made_by_team and user.has_role(Role.OVERRIDE_OFFICIAL)
