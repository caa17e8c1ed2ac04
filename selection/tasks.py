from celery import shared_task
from django.utils import timezone

from selection.actions import keeping


@shared_task
def keep(**_):
    """Rung by beat; the keeper rings the same function. Any number may run: locks and constraints decide."""
    keeping.keep(timezone.now())
