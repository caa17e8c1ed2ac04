"""Clocks of service cases that keep themselves: what is late goes up, ten working days of silence close a case."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from participation.actions import case_letters, cases
from participation.actions.case_moves import move
from participation.case_states import CaseState
from participation.models import CaseClock, CaseEscalation, CaseFollower, ServiceCase

A_ROUND = 200
UNCONFIRMED = timedelta(days=7)


def escalate_late(at) -> int:
    """Send up each case whose office clock ran out; once for each clock, however often it is rung."""
    late = CaseClock.objects.filter(ended_at=None, due_at__lt=at, escalation=None).exclude(kind=CaseClock.Kind.CONFIRM)
    return sum(_escalate(pk, at) for pk in late.order_by("due_at").values_list("pk", flat=True)[:A_ROUND])


@transaction.atomic(durable=True)
def _escalate(pk: int, at) -> bool:
    case = ServiceCase.objects.filter(clocks=pk).select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    clock = CaseClock.objects.filter(pk=pk, ended_at=None, escalation=None).first()
    if case is None or clock is None:
        return False
    case_letters.escalate(case, clock, CaseEscalation.Reason.LATE, at=at)
    return True


def close_silent(at) -> int:
    """Close each answered case whose reporter said nothing until the citizen's clock ran out."""
    due = CaseClock.objects.filter(ended_at=None, due_at__lte=at, kind=CaseClock.Kind.CONFIRM)
    return sum(_close(pk, at) for pk in due.order_by("due_at").values_list("case", flat=True)[:A_ROUND])


@transaction.atomic(durable=True)
def _close(pk: int, at) -> bool:
    answered = ServiceCase.objects.filter(pk=pk, state=CaseState.ANSWERED)
    case = answered.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    if case is None or not case.clocks.filter(ended_at=None, kind=CaseClock.Kind.CONFIRM, due_at__lte=at).exists():
        return False
    move(case, CaseState.SILENT, at=at, met=False)
    return True


def forget_unconfirmed(at) -> int:
    """Addresses that never said that they want to follow a case; returns how many rows went."""
    gone, _each = CaseFollower.objects.filter(confirmed_at=None, asked_at__lte=at - UNCONFIRMED).delete()
    return gone


def forget_old(at) -> int:
    """What citizens wrote in cases closed CASE_KEPT_DAYS ago goes, with photos and addresses; returns how many.

    Runs in the worker, which may delete files.
    """
    left = Q(text__isnull=False) | Q(place__isnull=False) | Q(subscriber__isnull=False) | Q(photos__isnull=False)
    over = ServiceCase.objects.filter(left, closed_at__lte=at - timedelta(days=settings.CASE_KEPT_DAYS))
    return sum(_forget(pk) for pk in over.order_by("closed_at").values_list("pk", flat=True).distinct()[:A_ROUND])


@transaction.atomic(durable=True)
def _forget(pk: int) -> bool:
    case = ServiceCase.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
    cases.forget(case)
    return True
