from celery import shared_task
from django.utils import timezone

from publishing.actions import keeping


@shared_task
def deliver(**_):
    """Rung by beat. May run twice: each message is claimed in the database before it is sent."""
    keeping.keep(timezone.now())
