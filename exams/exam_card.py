"""The card of a seat as PDF: number, time, place, and the way to the door as QR. No name, and never the code."""

from pathlib import Path

import segno
from django.conf import settings
from django.utils.translation import gettext as _

from exams.models import Seat
from lib.indonesian_text import instant
from lib.typst_pdf import compiled

TEMPLATE = Path(__file__).parent / "typst" / "card.typ"
NEEDS = ("application", "test__blueprint", "test__session__stage__recruitment")


def of(seat: Seat, site: str) -> bytes:
    """The PDF; the same bytes for the same seat."""
    test, session = seat.test, seat.test.session
    recruitment = session.stage.recruitment
    link = f"{site}/ujian/?nomor={seat.application.participant_number}"
    content = {
        "office": settings.INSTANCE["office"], "phone": settings.INSTANCE["phone"], "link": link,
        "title": _("Kartu ujian"), "recruitment": f"{session.stage.name_public}, {recruitment.name}",
        "number": seat.application.participant_number,
        "lines": [
            [_("Sesi"), session.name], [_("Mulai"), instant(test.begins_at, recruitment.zone)],
            [_("Pintu ditutup"), instant(test.door_closes_at, recruitment.zone)], [_("Tempat"), session.place],
            [_("Ruang dan kursi"), f"{seat.room}, {seat.number}"],
            [_("Lama"), _("%(n)s menit") % {"n": (test.blueprint.seconds + seat.extra_seconds) // 60}],
        ],
        "rules": [
            _("Bawa kartu ini dan KTP. Datang 30 menit sebelum mulai."),
            _("Kode masuk diberikan petugas di kursi Anda. Jangan berikan kepada siapa pun."),
            _("Ponsel disimpan di luar ruang, kecuali ujian memakai ponsel."),
        ],
    }  # fmt: skip
    return compiled(TEMPLATE, content, qr_svg=segno.make(link, error="m").svg_inline(scale=6))
