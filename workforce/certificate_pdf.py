"""A certificate as a PDF: name, training, meetings, and the code with which anybody checks it."""

from pathlib import Path

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from lib.indonesian_text import long_date
from lib.typst_pdf import compiled
from workforce.models import Certificate

TEMPLATE = Path(__file__).parent / "typst" / "certificate.typ"


def content_of(certificate: Certificate) -> dict:
    """What the PDF says."""
    training, zone = certificate.enrolment.training, timezone.get_default_timezone()
    return {
        "title": "Sertifikat pelatihan",
        "office": settings.INSTANCE["office"],
        "name": certificate.holder,
        "training": training.title,
        "days": [long_date(one.starts_at.astimezone(zone)) for one in training.sessions.all()],
        "code": certificate.code_words,
        "issued": long_date(certificate.issued_at.astimezone(zone)),
        "link": settings.SITE_URL + reverse("certificate_detail", args=[certificate.code]),
    }


def drawn(certificate: Certificate) -> bytes:
    """The PDF."""
    content = content_of(certificate)
    return compiled(TEMPLATE, content, qr_svg=segno.make(content["link"], error="m").svg_inline(scale=4))
