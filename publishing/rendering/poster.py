"""A publication as a sheet for notice boards, A4 or A3."""

import tempfile
from pathlib import Path

import segno
from django.conf import settings
from django.utils import timezone

from lib.indonesian_text import instant
from lib.typst_pdf import compile_to

TEMPLATE = Path(__file__).parent / "typst" / "poster.typ"
SCALE = {"a4": 1.0, "a3": 1.414}


def poster(publication, paper: str) -> bytes:
    """The PDF; `paper` is a key of SCALE."""
    link = f"{settings.SITE_URL}{publication.url or f'/siaran/{publication.pk}/'}"
    content = {
        "paper": paper,
        "scale": SCALE[paper],
        "office": settings.INSTANCE["office"],
        "phone": settings.INSTANCE["phone"],
        "title": publication.subject,
        "text": publication.body,
        "at": instant(publication.opened_at, timezone.get_default_timezone()),
        "link": link,
    }
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "poster.pdf"
        compile_to(target, TEMPLATE, content, qr_svg=segno.make(link, error="m").svg_inline(scale=6))
        return target.read_bytes()
