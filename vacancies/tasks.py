from celery import shared_task
from django.utils import timezone

from vacancies.actions import keeping


@shared_task
def keep(**_):
    """Rung by beat. May run twice: each search is locked, each letter is unique."""
    keeping.keep(timezone.now())
