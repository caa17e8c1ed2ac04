from celery import shared_task
from django.utils import timezone

from selection.actions import erasure, expiry, keeping, letters, sweeping


@shared_task
def keep(**_):
    """Rung by beat; the keeper rings the same function. Any number may run: locks and constraints decide."""
    keeping.keep(timezone.now())


@shared_task
def erase_due(**_):
    """Erases what two people decided. Only the worker may; a second run finds the row stamped."""
    erasure.erase_due(timezone.now())


@shared_task
def erase_expired(**_):
    """Erases what is past its time, each night a slice; what is gone is not found again."""
    expiry.erase_expired(timezone.now(), most=2000)


@shared_task
def sweep(**_):
    """Takes away, each night, what killed processes left among the files; a second run finds nothing."""
    sweeping.sweep(timezone.now())


@shared_task
def remind(**_):
    """Rung by beat. May run twice: each letter is unique by its source and reader."""
    letters.keep(timezone.now())
