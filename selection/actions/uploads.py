"""Documents of an application: one file, one request, saved at once."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from lib.document_checks.check import BadDocument, Checked, check
from selection.actions.application import editable
from selection.models import Document

MOST_A_DAY = 40  # files of one application: enough for many mistakes, too few to fill a disk


def upload(application, requirement, file, *, by, at) -> Document:
    """Check `file` and keep it as the current document for `requirement`; an earlier one stays, replaced.

    The bytes of a PDF are kept as they came (a stamped one must not change). Parsing happens before the
    transaction. Raises BadDocument, NotEditable.
    """
    checked = check(file, kind=requirement.document_format, max_kb=requirement.max_kb)
    return _keep(application, requirement, checked, file_name=getattr(file, "name", "") or "", by=by, at=at)


@transaction.atomic(durable=True)
def _keep(application, requirement, checked, *, file_name: str, by, at) -> Document:
    application = editable(application, by=by)
    if application.documents.filter(uploaded_at__gt=at - timedelta(days=1)).count() >= MOST_A_DAY:
        raise BadDocument(
            _("Hari ini sudah terlalu banyak berkas Anda unggah. Yang terakhir tersimpan; lanjutkan besok.")
        )
    application.documents.filter(requirement=requirement, replaced_at=None).update(replaced_at=at)
    document = stored(checked)
    document.application, document.requirement = application, requirement
    document.original_name, document.uploaded_at = file_name.rsplit("/")[-1][-200:], at
    document.save()
    return document


def stored(checked: Checked) -> Document:
    """A document, not yet saved, whose bytes lie in the store under their hash."""
    document = Document(
        sha256=checked.sha256,
        size=len(checked.content),
        pages=checked.pages,
        content_type=checked.content_type,
    )
    document.file.save(checked.sha256, ContentFile(checked.content), save=False)
    return document
