"""Whoever applies hears of every answer that binds the office there."""

from django.db import transaction

from accounts.models import User
from publishing.actions import publication
from publishing.models import Publication
from selection.states import State
from vacancies.models import Clarification

A_ROUND = 20  # publications per ring


def tell_due(at) -> int:
    """Queue the letters of clarifications that are open and not fanned out yet; returns how many letters."""
    queued = 0
    waiting = Publication.objects.filter(
        opened_at__isnull=False, fanned_out_at=None, source__startswith="clarification:"
    )
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[:A_ROUND]:
        with transaction.atomic(durable=True):
            locked = waiting.select_for_update(no_key=True, skip_locked=True).filter(pk=pk).first()
            if locked:
                queued += publication.queue_for(locked, _audience(locked), at=at)
                locked.fanned_out_at = at
                locked.save(update_fields=["fanned_out_at"])
    return queued


def _audience(told: Publication):
    """Accounts with a draft or an application where the answer holds."""
    found = Clarification.objects.get(pk=int(told.source.partition(":")[2]))
    place = {"applications__formation": found.formation_id} if found.formation_id else {}
    return User.objects.filter(
        is_active=True,
        applications__recruitment=found.recruitment_id,
        applications__state__in=[State.DRAFT, State.SUBMITTED],
        **place,
    ).distinct()
