from celery import shared_task
from django.utils import timezone

from participation.actions import case_keeping, keeping


@shared_task
def keep(**_):
    """Rung by beat; the keeper rings the same function. Each duty locks its rows."""
    keeping.keep(timezone.now())


@shared_task
def forget_old_cases(**_):
    """Each night what citizens wrote in cases closed long ago goes; what is gone is not found again."""
    case_keeping.forget_old(timezone.now())
