"""How long personal data is kept, and why: the time limits that `erase_expired` keeps. `docs/runbooks/erasure.md`."""

from datetime import timedelta

from django.conf import settings

from selection import objection_window
from selection.actions.settlement import has_news
from vacancies.models import Stage

DRAFTS = timedelta(days=90)  # nothing was sent: long enough to ask what became of it
HEALTH = timedelta(days=90)  # the time in which a decision can be taken to the administrative court


def files() -> timedelta:
    """How long the file of an applicant is kept after the end of the recruitment."""
    return timedelta(days=settings.RETENTION_DAYS)


def ended_at(recruitment, at):
    """When `recruitment` was over, everything announced and every stage past; None while it is not.

    A result that waits, a stage that still runs (the time for objections is one) and a standing hold all mean
    that it is not: somebody may still need the files.
    """
    stages = list(recruitment.stages.all())
    if not stages:
        return None
    ends = [stage.closes_at for stage in stages]
    for stage in stages:
        if stage.closes_at > at or stage.holds.standing(at).exists():
            return None
        if stage.announce_at is None and not stage.announcements.exists():
            continue
        newest = stage.announcements.public().order_by("-version").first()
        if newest is None or has_news(stage) or stage.announcements.filter(public_at=None).exists():
            return None
        if stage.objection_days and not objection_window.of(stage, newest.public_at).is_over(at):
            return None
        if stage.objections.waiting().exists():
            return None
        ends.append(newest.public_at)
    return max(ends)


def registration_closed_at(recruitment, at):
    """When nobody could send a draft any more; None while somebody can."""
    ends = list(recruitment.stages.filter(kind=Stage.Kind.REGISTRATION).values_list("closes_at", flat=True))
    return max(ends) if ends and max(ends) <= at else None
