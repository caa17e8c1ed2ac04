from celery import shared_task
from django.utils import timezone

from publishing.actions import keeping


@shared_task
def deliver(**_):
    """Rung by beat. May run twice: each letter is claimed in the database before it is sent."""
    keeping.keep_letters(timezone.now())


@shared_task
def post(**_):
    """Rung by beat. May run twice: each post is claimed in the database before it is sent."""
    keeping.keep_posts(timezone.now())
