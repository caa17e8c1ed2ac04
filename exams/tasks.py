from celery import shared_task
from django.utils import timezone

from exams.actions import keeping


@shared_task
def keep(**_):
    """Rung by beat; the keeper rings the first of the two. Each duty locks its rows."""
    keeping.keep(timezone.now())
    keeping.show(timezone.now())


@shared_task
def end(**_):
    """Rung by beat, and every second by the keeper: whoever's time is over has a score. It skips what another locked."""
    keeping.end(timezone.now())
