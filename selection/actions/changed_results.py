"""Whoever a correction moves in or out is told in person, with the new window where an announced pass was taken away."""

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from lib.indonesian_text import instant
from publishing.actions import publication
from selection import objection_window
from selection.models import Announcement, Outcome


def tell(announcement: Announcement, *, at) -> int:
    """A letter to each person whose pass changed with this correction; returns how many. May run again: told once."""
    if not announcement.supersedes_id or not announcement.public_at:
        return 0
    before = Outcome.objects.filter(set=announcement.supersedes.outcome_set_id, application=OuterRef("application"))
    moved = (
        Outcome.objects.filter(set=announcement.outcome_set_id, application__user__isnull=False)
        .annotate(passed=Subquery(before.values("advances")[:1]))
        .exclude(passed=None)
        .exclude(passed=F("advances"))
        .select_related("application")
    )
    told = 0
    for one in moved.order_by("pk"):
        _tell(announcement, one, at)
        told += 1
    return told


def _tell(announcement: Announcement, outcome: Outcome, at) -> None:
    stage, zone = announcement.stage, announcement.stage.recruitment.zone
    if outcome.advances:
        subject = _("Hasil Anda dikoreksi: Anda lanjut, %(stage)s") % {"stage": stage.name_public}
        body = _("Hasil %(stage)s dikoreksi dan sekarang Anda lanjut ke tahap berikutnya.\nAlasan koreksi: %(reason)s")
    else:
        subject = _("Hasil Anda dikoreksi: kelulusan dicabut, %(stage)s") % {"stage": stage.name_public}
        body = _("Hasil %(stage)s dikoreksi dan sekarang Anda tidak lanjut.\nAlasan koreksi: %(reason)s")
    words = body % {"stage": stage.name_public, "reason": announcement.reason}
    if not outcome.advances and stage.objection_days:
        window = objection_window.of(stage, announcement.public_at)
        words += _("\nAnda mendapat masa sanggah baru: %(first)s sampai %(last)s.") % {
            "first": instant(window.opens_at, zone),
            "last": instant(window.last_second, zone),
        }
    made = publication.publish(
        source=f"changed:{announcement.number}:v{announcement.version}:{outcome.application_id}",
        subject=subject,
        body=words,
        url=f"/lamaran/{outcome.application.ref}/pantau/",
        at=at,
    )
    publication.queue_for(made, User.objects.filter(pk=outcome.application.user_id), at=at)
