"""Clocks of objections that keep themselves: a reminder to open drafts, and a deadline that a new holiday moves."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from lib.indonesian_text import instant
from publishing.actions import publication
from publishing.models import Publication
from selection import objection_window
from selection.models import Announcement, Objection
from selection.objection_states import ObjectionState
from vacancies.models import Stage

HOURS = (3, 24)  # before the window ends; the nearest that fits
A_ROUND = 100  # letters per ring


def keep(at) -> int:
    """Remind and move; returns how many letters were written. May run at any time, each letter is written once."""
    return remind_drafts(at) + move_deadlines(at)


def remind_drafts(at) -> int:
    """A letter to whoever has an unsent objection whose window ends within a day, and again within three hours."""
    recent = Announcement.objects.public().filter(
        stage__objection_days__gt=0, public_at__gt=at - timedelta(days=70), objections__state=ObjectionState.DRAFT
    )
    written = 0
    for announcement in recent.select_related("stage__recruitment").distinct().order_by("pk"):
        window = objection_window.of(announcement.stage, announcement.public_at, known=())
        left = window.closes_at - at
        hours = next((one for one in HOURS if left <= timedelta(hours=one)), None)
        if hours is None or not window.is_open(at):
            continue
        drafts = announcement.objections.filter(state=ObjectionState.DRAFT).select_related("application__user")
        for draft in drafts.order_by("pk")[: A_ROUND - written]:
            written += _remind(draft, window, hours, at)
    return written


def _remind(draft: Objection, window, hours: int, at) -> int:
    application = draft.application
    return _once(
        source=f"unsent:{application.ref}:{draft.pk}:{hours}",
        subject=_("Sanggah Anda belum terkirim"),
        body=_("Sanggah yang Anda tulis belum terkirim. Kirim paling lambat %(when)s.")
        % {"when": instant(window.last_second, window.zone)},
        objection=draft,
        at=at,
    )


def move_deadlines(at) -> int:
    """Where answers are counted in working days, a holiday that was added or taken out moves the deadline, and people hear."""
    known, moved = objection_window.holidays(), 0
    running = Objection.objects.waiting().filter(stage__answer_counts=Stage.Counting.WORKING)
    for one in running.select_related("stage__recruitment", "announcement", "application").order_by("pk"):
        due = objection_window.of(one.stage, one.announcement.public_at, known).due_at
        if due != one.due_at:
            moved += _move(one, due, at)
    return moved


@transaction.atomic(durable=True)
def _move(objection: Objection, due, at) -> int:
    if not Objection.objects.waiting().filter(pk=objection.pk, due_at=objection.due_at).update(due_at=due):
        return 0
    return _once(
        source=f"objection:{objection.number}:due:{due:%Y-%m-%d}",
        subject=_("Batas jawaban sanggah %(number)s berubah") % {"number": objection.number},
        body=_("Hari libur berubah. Sanggah Anda sekarang dijawab paling lambat %(when)s.")
        % {"when": instant(due, objection.stage.recruitment.zone)},
        objection=objection,
        at=at,
    )


def _once(*, source: str, subject: str, body: str, objection: Objection, at) -> int:
    """Write the letter unless it was written; 1 when it was now."""
    if Publication.objects.filter(source=source).exists():
        return 0
    url = f"/sanggah/{objection.application.ref}/{objection.stage.slug}/"
    with transaction.atomic():
        made = publication.publish(source=source, subject=subject, body=body, url=url, at=at)
        publication.queue_for(made, User.objects.filter(pk=objection.application.user_id), at=at)
    return 1
