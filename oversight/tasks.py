from celery import shared_task
from django.utils import timezone

from oversight.actions import keeping


@shared_task
def keep(**_):
    """Rung by beat; the keeper rings the same function. Each duty is told or done once, by a constraint."""
    keeping.keep(timezone.now())
