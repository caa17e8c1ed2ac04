"""An officer hangs a poster and sends a photo of the board from a phone; everybody sees where it hangs and since when."""

import io
import re
from datetime import timedelta

from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from accounts.roles import Role
from publishing.models import Board, Notice
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import a_colleague, sign_in
from tests.publishing.test_notice_boards import with_place
from tests.publishing.test_posting import make_news
from tests.selection.applying import a_pdf, a_photo

BOTH = (PHONE, DESKTOP)


def test_a_photo_of_a_notice_board_stands_in_the_publication_ledger(browse):
    news = make_news(at=timezone.now() - timedelta(hours=2))
    Board.objects.create(name="Papan Kelurahan Mekar", place="Jalan Mawar 1, depan balai", district="Mekar")
    lurah = a_colleague("lurah@contoh.example", Role.AGENCY_OFFICER)
    officer, citizen = browse(size=PHONE), browse(javascript=False)
    photo = with_place(a_photo())
    assert b"TeleponUji" in photo and Image.open(io.BytesIO(photo)).getexif().get_ifd(0x8825)

    sign_in(officer, lurah)
    officer.goto("/kelola/siaran/papan/")
    healthy(officer, *BOTH)
    officer.get_by_role("link", name="Hasil SKD terbit").click()
    healthy(officer, *BOTH)
    officer.get_by_role("button", name="Kirim foto").click()
    officer.get_by_text("Ambil foto papannya.").first.wait_for()
    officer.get_by_label("Papan", exact=True).select_option(label="Papan Kelurahan Mekar, Mekar")
    officer.get_by_label("Foto papan (JPG)").set_input_files(
        {"name": "surat.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
    )
    officer.get_by_role("button", name="Kirim foto").click()
    officer.get_by_text("Ini bukan foto JPG.").first.wait_for()
    healthy(officer, *BOTH)
    expect(officer.locator("select[name=board] option:checked")).to_have_text("Papan Kelurahan Mekar, Mekar")
    hung = timezone.localtime() - timedelta(hours=1)
    officer.get_by_label("Dipasang (tanggal dan jam)").fill(hung.strftime("%Y-%m-%dT%H:%M"))
    officer.get_by_label("Foto papan (JPG)").set_input_files(
        {"name": "IMG_0001.jpg", "mimeType": "image/jpeg", "buffer": photo}
    )
    officer.get_by_role("button", name="Kirim foto").click()
    officer.get_by_text("Tercatat. Foto terlihat di halaman kabar ini.").wait_for()
    healthy(officer, *BOTH)
    picture(officer, "papan")

    citizen.goto(f"/siaran/{news.pk}/")
    row = citizen.get_by_role("row", name=re.compile("Papan Kelurahan Mekar"))
    assert row.get_by_text("Jalan Mawar 1, depan balai").is_visible()
    assert row.get_by_text(hung.strftime("%H.%M")).is_visible()
    shown = citizen.request.get(row.get_by_role("link", name=re.compile("lihat foto")).get_attribute("href"))
    assert shown.headers["content-type"] == "image/jpeg"
    assert b"TeleponUji" not in shown.body() and not dict(Image.open(io.BytesIO(shown.body())).getexif())
    assert shown.body() != photo and Notice.objects.count() == 1
    looking = browse()
    looking.goto(f"/siaran/{news.pk}/")
    healthy(looking, *BOTH)
