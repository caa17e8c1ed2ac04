"""Who hears of findings and holds: the office's staff, or the team's members. By mail, as rows."""

from accounts.models import User
from oversight.rules import OFFICE
from publishing.actions import publication


def tell_office(*, source: str, subject: str, body: str, url: str, at) -> None:
    """A mail for everybody who prepares or approves announcements. Once per `source`."""
    made = publication.publish(source=source, subject=subject, body=body, url=url, at=at)
    office = User.objects.filter(is_active=True, made_by_team=False, groups__name__in=OFFICE).distinct()
    publication.queue_for(made, office, at=at)


def tell_members(memberships, *, source: str, subject: str, body: str, url: str, at) -> None:
    """A mail for everybody whose membership among `memberships` is current. Once per `source`."""
    made = publication.publish(source=source, subject=subject, body=body, url=url, at=at)
    members = User.objects.filter(is_active=True, memberships__in=memberships.current(at)).distinct()
    publication.queue_for(made, members, at=at)
