"""Who hears of findings and holds: the office's staff, or the team's members. By mail, as rows."""

from accounts.models import User
from accounts.roles import Role
from oversight.rules import OFFICE
from publishing.actions import publication

HEADS = (*OFFICE, Role.SUPERVISOR, Role.OVERRIDE_OFFICIAL)


def tell_office(*, source: str, subject: str, body: str, url: str, at) -> None:
    """A mail for everybody who prepares or approves announcements. Once per `source`."""
    _tell_staff(OFFICE, source=source, subject=subject, body=body, url=url, at=at)


def tell_heads(*, source: str, subject: str, body: str, url: str, at) -> None:
    """A mail for the office and for those above it: supervisors and the official. Once per `source`."""
    _tell_staff(HEADS, source=source, subject=subject, body=body, url=url, at=at)


def _tell_staff(roles, *, source: str, subject: str, body: str, url: str, at) -> None:
    made = publication.publish(source=source, subject=subject, body=body, url=url, at=at)
    staff = User.objects.filter(is_active=True, made_by_team=False, groups__name__in=roles).distinct()
    publication.queue_for(made, staff, at=at)


def tell_members(memberships, *, source: str, subject: str, body: str, url: str, at) -> None:
    """A mail for everybody whose membership among `memberships` is current. Once per `source`."""
    made = publication.publish(source=source, subject=subject, body=body, url=url, at=at)
    members = User.objects.filter(is_active=True, memberships__in=memberships.current(at)).distinct()
    publication.queue_for(made, members, at=at)
