from celery import shared_task
from django.utils import timezone

from publishing.actions import delivery


@shared_task
def deliver(**_):
    """Rung by beat. May run twice: each message is claimed under a row lock."""
    delivery.deliver_due(timezone.now())
