"""Minutes, recording and slides of a session."""

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from lib.document_checks.check import PDF, check
from participation.actions.events import NotNow, locked
from participation.models import Event, EventPaper

MOST_KB = 10_000


@transaction.atomic(durable=True)
def add(event: Event, *, kind: str, title: str, file, url: str, by, at) -> EventPaper:
    """Everybody may read it from now on: a PDF, or a link. Raises NotNow before the session, and BadDocument."""
    found = locked(event)
    if not found.published_at or found.cancelled_at or at < found.starts_at:
        raise NotNow(_("Isi setelah acara mulai."))
    made = EventPaper(event=found, kind=kind, title=title, url=url, by=by, at=at)
    if not url:
        checked = check(file, kind=PDF, max_kb=MOST_KB)
        made.file = ContentFile(checked.content, name="acara.pdf")
        made.sha256, made.pages = checked.sha256, checked.pages
    made.save()
    return made
