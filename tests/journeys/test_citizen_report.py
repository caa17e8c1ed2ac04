"""Somebody reports without a name and without JavaScript, and talks with the team by code; the team opens it by passphrase."""

import io
import re

from PIL import Image
from playwright.sync_api import expect

from accounts.roles import Role
from oversight.models import Report
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import a_colleague, sign_in
from tests.oversight.test_report_files import CANARY, a_photo
from tests.parts import make_team
from tests.selection.story import Stage

BOTH = (PHONE, DESKTOP)
OKAS, OMARS = "kuda hujan pelita jendela", "sepeda garam langit kertas"


def choose_passphrase(page, words: str) -> None:
    """The first step of a member: from the room to a key of one's own, opened."""
    page.goto("/pengawasan/ruang/")
    page.get_by_role("link", name="Laporan warga").click()
    page.get_by_role("link", name="Kunci tim", exact=True).first.click()
    page.get_by_label("Kalimat sandi", exact=True).fill(words)
    page.get_by_label("Kalimat sandi, sekali lagi").fill(words)
    page.get_by_role("button", name="Buat kunci saya").click()
    page.get_by_text("Kunci Anda sudah dibuat.").wait_for()
    unlock(page, words)


def unlock(page, words: str) -> None:
    page.get_by_label("Kalimat sandi", exact=True).first.fill(words)
    page.get_by_role("button", name="Buka kunci 15 menit").click()
    page.get_by_text("Kunci Anda terbuka sampai").wait_for()


def fill_report(page, text: str) -> None:
    page.get_by_label("Diminta uang atau dijanjikan lulus").check()
    page.get_by_label("Apa yang terjadi?").fill(text)
    page.get_by_label("Foto atau PDF").set_input_files(
        {"name": f"{CANARY}.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    )


def test_an_anonymous_report_and_two_way_messages(browse):
    oka = a_colleague("oka@tim.example", Role.OVERSEER, name="Oka")
    omar = a_colleague("omar@tim.example", Role.OVERSEER, name="Omar")
    make_team(oka, omar)
    Stage(people=3)
    citizen, other = browse(javascript=False), browse()
    overseer, colleague = browse(size=DESKTOP), browse(size=DESKTOP)
    seen = []
    citizen.on("request", lambda request: seen.append(request.url))

    # Before the team has a key nothing is promised.
    citizen.goto("/lapor/")
    assert citizen.get_by_text("belum membuka saluran ini").is_visible()
    assert citizen.get_by_role("link", name="Tulis laporan").count() == 0

    # The team: a passphrase, a key of one's own, the key of the team.
    sign_in(overseer, oka)
    choose_passphrase(overseer, OKAS)
    healthy(overseer, *BOTH)
    overseer.get_by_role("button", name="Buat kunci tim").click()
    overseer.get_by_text("Kunci tim sudah dibuat").wait_for()
    healthy(overseer, *BOTH)
    overseer.goto("/lapor/")
    assert overseer.get_by_text("Anda sedang masuk ke akun di peramban ini.").is_visible()
    assert overseer.get_by_text("oka@tim.example").count() == 0

    # Without JavaScript, on a small phone: mistakes keep what was written, the code is shown once.
    citizen.goto("/")
    citizen.get_by_role("link", name="Lapor", exact=True).first.click()
    citizen.get_by_role("link", name="Tulis laporan").click()
    citizen.get_by_role("button", name="Kirim laporan").click()
    assert citizen.get_by_text("Tulis apa yang terjadi.").first.is_visible()
    fill_report(citizen, "Diminta Rp2.000.000 di loket dua.")
    citizen.get_by_label("Hanya tim pengawas yang tahu nama saya.").check()
    citizen.get_by_role("button", name="Kirim laporan").click()
    assert citizen.get_by_text("Isi nama dan cara menghubungi Anda").first.is_visible()
    assert citizen.get_by_label("Apa yang terjadi?").input_value() == "Diminta Rp2.000.000 di loket dua."
    fill_report(citizen, "Diminta Rp2.000.000 di loket dua.")
    citizen.get_by_label("Tanpa nama. Cukup kode.").check()
    citizen.get_by_role("button", name="Kirim laporan").click()
    code = citizen.locator("#kode").inner_text()
    assert re.fullmatch(r"([A-Z2-7]{4}-){6}[A-Z2-7]{2}", code)
    citizen.get_by_role("link", name="Sudah dicatat. Ke halaman kode").click()

    # The team reads it behind the passphrase; the picture came without what the phone wrote.
    report = Report.objects.get()
    overseer.goto("/pengawasan/ruang/laporan/")
    healthy(overseer, *BOTH)
    overseer.get_by_role("link", name=report.ref).click()
    assert overseer.get_by_text("Diminta Rp2.000.000 di loket dua.").is_visible()
    healthy(overseer, *BOTH)
    image = overseer.request.get(overseer.get_by_role("link", name="Gambar 1.1").get_attribute("href")).body()
    assert CANARY.encode() not in image and not dict(Image.open(io.BytesIO(image)).getexif())
    overseer.get_by_label("Pesan untuk pelapor").fill("Pukul berapa kejadiannya?")
    overseer.get_by_label("Menunggu jawaban pelapor").check()
    overseer.get_by_role("button", name="Kirim pesan").click()
    overseer.get_by_text("Pesan terkunci untuk pelapor").wait_for()

    # A colleague reads nothing until the second step is done.
    sign_in(colleague, omar)
    choose_passphrase(colleague, OMARS)
    colleague.goto(f"/pengawasan/ruang/laporan/{report.pk}/")
    assert colleague.get_by_text("belum diberi kunci tim").is_visible()
    assert colleague.get_by_text("Diminta Rp2.000.000").count() == 0
    overseer.goto("/pengawasan/ruang/laporan/kunci-tim/")
    healthy(overseer, *BOTH)
    overseer.get_by_role("button", name="Beri kunci tim Omar").click()
    overseer.get_by_text("Anggota itu sekarang dapat membuka laporan.").wait_for()
    colleague.reload()
    assert colleague.get_by_text("Diminta Rp2.000.000 di loket dua.").is_visible()
    colleague.get_by_role("button", name="Kunci lagi").click()
    colleague.goto(f"/pengawasan/ruang/laporan/{report.pk}/")
    assert colleague.get_by_text("Diminta Rp2.000.000").count() == 0
    healthy(colleague, *BOTH)

    # Back by code, typed as people type; an answer, and the end.
    citizen.get_by_label("Kode laporan").fill(code.lower().replace("-", " "))
    citizen.get_by_role("button", name="Buka", exact=True).click()
    assert citizen.get_by_text("Pukul berapa kejadiannya?").is_visible()
    assert citizen.get_by_text("Menunggu pelapor").is_visible()
    assert citizen.get_by_text("Diminta Rp2.000.000").count() == 0, "her own words stay closed"
    citizen.get_by_label("Pesan Anda untuk tim").fill("Pukul sembilan pagi.")
    citizen.get_by_role("button", name="Kirim pesan").click()
    assert citizen.get_by_text("Pesan Anda terkirim").is_visible()
    overseer.goto(f"/pengawasan/ruang/laporan/{report.pk}/")
    assert overseer.get_by_text("Pukul sembilan pagi.").is_visible()
    overseer.get_by_text("Jadikan temuan").click()
    overseer.get_by_role("button", name="Buat rancangan temuan").click()
    overseer.get_by_role("heading", name="Temuan dari pemeriksaan tim").wait_for()
    assert overseer.get_by_text("sembilan").count() == 0
    overseer.goto(f"/pengawasan/ruang/laporan/{report.pk}/")
    overseer.get_by_label("Pesan untuk pelapor").fill("Sudah kami periksa dan teruskan. Terima kasih.")
    overseer.get_by_label("Laporan selesai").check()
    overseer.get_by_role("button", name="Kirim pesan").click()
    overseer.get_by_text("Laporan selesai. Pelapor dapat membukanya lagi").wait_for()
    citizen.goto("/lapor/pantau/")
    citizen.get_by_label("Kode laporan").fill(code)
    citizen.get_by_role("button", name="Buka", exact=True).click()
    expect(citizen.locator(".tag")).to_have_text("Selesai")
    assert citizen.get_by_text("Sudah kami periksa dan teruskan.").is_visible()

    # Nothing was left in the browser, and no address ever held the code.
    assert citizen.context.cookies() == []
    assert not [url for url in seen if code.replace("-", "") in url.replace("-", "").upper() or "?" in url]
    assert not [url for url in seen if not url.startswith(citizen.context.pages[0].url.split("/lapor")[0])]

    # Every page on a small and a large screen.
    for address in ("/lapor/", "/lapor/pantau/", "/lapor/statistik/", "/lapor/tulis/"):
        other.goto(address)
        healthy(other, *BOTH)
    other.get_by_role("button", name="Kirim laporan").click()
    other.get_by_text("Tulis apa yang terjadi.").first.wait_for()
    healthy(other, *BOTH)
    fill_report(other, "Laporan kedua.")
    other.get_by_label("Tanpa nama. Cukup kode.").check()
    other.get_by_role("button", name="Kirim laporan").click()
    other.locator("#kode").wait_for()
    healthy(other, *BOTH)
    picture(other, "lapor")
    second = other.locator("#kode").inner_text()
    other.goto("/lapor/pantau/")
    other.get_by_label("Kode laporan").fill(second)
    other.get_by_role("button", name="Buka", exact=True).click()
    other.get_by_text("Tim menjawab paling lambat").wait_for()
    healthy(other, *BOTH)
