"""Whoever began an application and did not send it hears what is missing before registration closes."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from lib.indonesian_text import instant
from publishing.actions import publication
from publishing.models import Publication
from selection.actions.application import missing
from selection.models import Application
from selection.states import State
from vacancies.models import Stage

DAYS = (1, 3)  # before closing; the nearest that fits
A_ROUND = 100  # letters per ring


def remind_drafts(at) -> int:
    """A letter for each draft whose registration closes within one day, or three; once each. Returns how many."""
    soon = Stage.objects.filter(
        kind=Stage.Kind.REGISTRATION,
        closed_at=None,
        recruitment__published_at__isnull=False,
        opens_at__lte=at,
        closes_at__gt=at,
        closes_at__lte=at + timedelta(days=max(DAYS)),
    )
    written = 0
    for stage in soon.select_related("recruitment").order_by("closes_at", "pk"):
        days = next(one for one in DAYS if stage.closes_at <= at + timedelta(days=one))
        for draft in _untold(stage, days)[: A_ROUND - written]:
            _remind(draft, stage, at)
            written += 1
    return written


def _untold(stage, days: int):
    mark = f":{days}:{stage.closes_at:%Y-%m-%d}"
    source = Concat(Value("draft:"), F("ref"), Value(mark))
    drafts = Application.objects.filter(state=State.DRAFT, recruitment=stage.recruitment_id, user__is_active=True)
    told = Publication.objects.filter(source=OuterRef("reminder"))
    return (
        drafts.annotate(reminder=source)
        .exclude(Exists(told))
        .select_related("user", "formation", "answers")
        .order_by("pk")
    )


@transaction.atomic(durable=True)
def _remind(draft, stage, at) -> None:
    left = missing(draft)
    what = (
        _("Yang belum: %(left)s.") % {"left": ", ".join(left)} if left else _("Semua bagian terisi; tinggal dikirim.")
    )
    made = publication.publish(
        source=draft.reminder,
        subject=_("Lamaran Anda belum dikirim"),
        body=_("Pendaftaran %(name)s ditutup %(closes)s. Lamaran Anda untuk %(position)s belum dikirim. %(what)s")
        % {
            "name": stage.recruitment.name,
            "closes": instant(stage.closes_at, stage.recruitment.zone),
            "position": draft.formation.position,
            "what": what,
        },
        url=f"/lamaran/{draft.ref}/",
        at=at,
    )
    publication.queue_for(made, type(draft.user).objects.filter(pk=draft.user_id), at=at)
