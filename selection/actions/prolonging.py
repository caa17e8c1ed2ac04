"""Registration with too few applicants goes on by itself, by the rule that was published; selection counts them."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from selection.states import State
from vacancies.actions import schedule
from vacancies.models import Formation, Minimum, Prolongation, Stage


def short_of_applicants(recruitment, fewest: int) -> int:
    """How many formations of `recruitment` have fewer than `fewest` applicants who sent and did not withdraw."""
    sent = Count("applications", filter=Q(applications__state=State.SUBMITTED))
    return Formation.objects.filter(recruitment=recruitment).annotate(sent=sent).filter(sent__lt=fewest).count()


def prolong(stage: Stage, *, at: datetime) -> Prolongation | None:
    """Move the end of `stage`, and all that follows, where a position has too few applicants and the rule allows it.

    Inside the transaction that would close the stage and holds its lock, so that nobody applies while it is counted.
    None where there is no rule, it is used up, or every position has enough: then the stage closes.
    """
    minimum = Minimum.objects.filter(recruitment=stage.recruitment_id).first()
    if minimum is None or stage.kind != Stage.Kind.REGISTRATION:
        return None
    used = stage.prolongations.count()
    if used >= minimum.times:
        return None
    short = short_of_applicants(stage.recruitment, minimum.applicants)
    if not short:
        return None
    old, days = stage.closes_at, timedelta(days=minimum.days)
    late = max(at - old, timedelta()).days  # whole days in which nobody rang: the new end lies ahead all the same
    reason = _(
        "Pendaftaran diperpanjang dengan sendirinya, kali ke-%(n)s dari paling banyak %(times)s: "
        "%(short)s jabatan punya kurang dari %(fewest)s pelamar."
    ) % {"n": used + 1, "times": minimum.times, "short": short, "fewest": minimum.applicants}
    schedule.postpone(
        stage, by_days=days + timedelta(days=late), by=stage.recruitment.published_by, at=at, reason=reason
    )
    return Prolongation.objects.create(stage=stage, number=used + 1, short=short, old=old, new=stage.closes_at, at=at)
