"""Clocks of service cases that keep themselves: what is late goes up, fourteen days of silence close a case."""

from django.db import transaction

from participation import case_clock
from participation.actions import cases
from participation.case_states import CaseState
from participation.models import CaseClock, CaseEscalation, CaseStep, ServiceCase

A_ROUND = 200


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
    cases.escalate(case, clock, CaseEscalation.Reason.LATE, at=at)
    return True


def close_silent(at) -> int:
    """Close each answered case to which nobody said a word for fourteen days."""
    due = CaseClock.objects.filter(ended_at=None, due_at__lte=at, kind=CaseClock.Kind.CONFIRM)
    return sum(_close(pk, at) for pk in due.order_by("due_at").values_list("case", flat=True)[:A_ROUND])


@transaction.atomic(durable=True)
def _close(pk: int, at) -> bool:
    answered = ServiceCase.objects.filter(pk=pk, state=CaseState.ANSWERED)
    case = answered.select_for_update(no_key=True, skip_locked=True, of=("self",)).first()
    if case is None or not case.clocks.filter(ended_at=None, kind=CaseClock.Kind.CONFIRM, due_at__lte=at).exists():
        return False
    case_clock.end(case, at=at, met=False)
    CaseStep.objects.create(case=case, old=case.state, new=CaseState.SILENT, at=at)
    case.state, case.closed_at = CaseState.SILENT, at
    case.save()
    return True
