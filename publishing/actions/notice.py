"""News on walls: an officer hangs the poster and sends a photo of the board."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from lib.document_checks.check import IMAGE, check
from publishing.models import Board, Notice, Publication

MOST_KB = 12_000  # what phones make


class NotPossible(Exception):
    """The photo was sent before, or the time cannot be."""


@transaction.atomic(durable=True)
def put_up(publication: Publication, *, board: Board, photo, put_up_at, by, at) -> Notice:
    """The publication hangs on `board` since `put_up_at`. What the phone wrote beside the picture is not kept.

    Raises BadDocument for a file that is no photo, NotPossible for a time before the news or still to come, and for a
    photo that shows it already.
    """
    if put_up_at > at + timedelta(minutes=5):
        raise NotPossible(_("Waktu pemasangan belum tiba. Periksa tanggal dan jamnya."))
    if put_up_at < publication.opened_at.replace(second=0, microsecond=0):
        raise NotPossible(_("Kabar ini terbit sesudah waktu itu. Periksa tanggal dan jamnya."))
    checked = check(photo, kind=IMAGE, max_kb=MOST_KB)
    if publication.notices.filter(sha256=checked.sha256).exists():
        raise NotPossible(_("Foto ini sudah pernah dikirim untuk kabar ini. Ambil foto papan yang sekarang."))
    return Notice.objects.create(
        publication=publication,
        board=board,
        put_up_at=min(put_up_at, at),
        photo=ContentFile(checked.content, name="papan.jpg"),
        sha256=checked.sha256,
        by=by,
        at=at,
    )
