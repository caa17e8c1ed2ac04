import io
import logging

from celery import shared_task
from django.core.management import CommandError, call_command

logger = logging.getLogger(__name__)


@shared_task
def verify_record(**_):
    """Rung by beat every night: the whole record, database against files. Reads only, so it may run twice."""
    found = io.StringIO()
    try:
        call_command("verify_record", facts=True, stdout=io.StringIO(), stderr=found)
    except CommandError as error:
        logger.error("%s %s", error, found.getvalue()[:2000])
