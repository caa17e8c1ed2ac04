"""Service feedback in the browser: written without JavaScript, answered, overdue, reopened, and written for somebody else."""

import re

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from participation.actions import keeping
from participation.models import ServiceCase
from publishing.actions import delivery
from publishing.models import Subscriber
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import a_colleague, sign_in
from tests.oversight.test_report_files import a_photo
from tests.participation.citizens import a_case
from tests.parts import DAY, make_agency
from vacancies.models import AgencyOfficer

BOTH = (PHONE, DESKTOP)
WORDS = "Lampu di depan rumah saya mati sejak Senin."


class Town:
    """Pia sorts at the desk, Tono answers for the agency of roads, Wali stands above him."""

    def __init__(self):
        self.city = make_agency()
        self.roads = make_agency("Dinas Jalan", self.city)
        self.pia = a_colleague("pia@kota.example", Role.PREPARER, name="Pia")
        self.tono = a_colleague("tono@kota.example", Role.AGENCY_OFFICER, name="Tono")
        self.wali = a_colleague("wali@kota.example", Role.AGENCY_OFFICER, name="Wali")
        AgencyOfficer.objects.create(agency=self.roads, user=self.tono)
        AgencyOfficer.objects.create(agency=self.city, user=self.wali)


def look(page) -> None:
    """Both sizes, where the page runs scripts: without them the checks themselves cannot run."""
    if page.scripts:
        healthy(page, *BOTH)


def write(page) -> tuple[str, str]:
    """The form, with a mistake first; the number and the code that it led to."""
    page.goto("/")
    page.get_by_role("link", name="Aduan layanan").first.click()
    look(page)
    page.get_by_role("link", name="Tulis aduan", exact=True).click()
    page.get_by_label("Di mana?").fill("Jalan Melati 7")
    page.get_by_role("button", name="Kirim aduan").click()
    assert page.get_by_text("Tulis apa yang terjadi.").first.is_visible()
    assert page.get_by_label("Di mana?").input_value() == "Jalan Melati 7"
    look(page)
    page.get_by_label("Pengaduan").check()
    page.get_by_label("Tentang layanan apa?").select_option("roads")
    page.get_by_label("Ceritakan").fill(WORDS)
    page.get_by_label("Foto").set_input_files({"name": "lampu.jpg", "mimeType": "image/jpeg", "buffer": a_photo()})
    page.get_by_role("button", name="Kirim aduan").click()
    look(page)
    picture(page, "aduan-diterima")
    return page.locator("#nomor").inner_text(), page.locator("#kode").inner_text()


def route(desk, town, number: str, summary: str) -> None:
    desk.goto("/kelola/")
    desk.get_by_role("link", name="Aduan warga").first.click()
    healthy(desk, *BOTH)
    desk.get_by_role("link", name=number).click()
    desk.get_by_label("Teruskan ke").select_option(label=town.roads.name)
    desk.get_by_label("Ringkasan untuk umum").fill(summary)
    healthy(desk, *BOTH)
    desk.get_by_role("button", name="Teruskan aduan").click()
    desk.get_by_text("Tercatat.").wait_for()


def answer(officer, number: str, words: str) -> None:
    officer.goto("/kelola/aduan/")
    officer.get_by_role("link", name=number).click()
    officer.get_by_label("Jawaban untuk umum").fill(words)
    officer.get_by_role("button", name="Kirim jawaban").click()


def open_mine(page, code: str) -> None:
    page.goto("/aduan/")
    page.get_by_role("link", name="Buka aduan saya dengan kode").click()
    page.get_by_label("Kode aduan").fill(code.lower())
    page.get_by_role("button", name="Buka aduan").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_complaint_is_answered_reopened_answered_again_and_solved_by_its_citizen(browse, scripts):
    town = Town()
    citizen, neighbour = browse(javascript=scripts), browse(javascript=scripts)
    desk, officer = browse(size=DESKTOP), browse(size=DESKTOP)
    citizen.scripts = neighbour.scripts = scripts
    asked = []
    citizen.on("request", lambda request: asked.append(request.url))

    # On a small phone, with JavaScript and without; the photo is seen by the office alone.
    number, code = write(citizen)
    sign_in(desk, town.pia)
    route(desk, town, number, "Lampu jalan mati di Jalan Melati")

    # What points at a person is refused in public words, and stays in the form.
    sign_in(officer, town.tono)
    answer(officer, number, "Pak Budi (0812-3456-7890) sudah kami datangi.")
    assert officer.get_by_text("nomor ponsel").first.is_visible()
    assert WORDS in officer.locator("main").inner_text()
    healthy(officer, *BOTH)
    answer(officer, number, "Sudah kami ganti.")
    officer.get_by_text("Tercatat.").wait_for()

    # Everybody sees the answer and nothing of the person; a neighbour says that it is the same with her.
    neighbour.goto("/aduan/")
    neighbour.get_by_role("link", name="Semua aduan").click()
    look(neighbour)
    neighbour.get_by_role("link", name="Lampu jalan mati di Jalan Melati").click()
    look(neighbour)
    public = neighbour.content()
    assert "Sudah kami ganti." in public and "Dinas Jalan" in public
    assert WORDS not in public and "Melati 7" not in public and "Tono" not in public
    neighbour.get_by_role("link", name="Saya mengalami hal yang sama").click()
    look(neighbour)
    neighbour.get_by_role("link", name="Tulis aduan sendiri").click()
    neighbour.get_by_label("Pengaduan").check()
    neighbour.get_by_label("Tentang layanan apa?").select_option("roads")
    neighbour.get_by_label("Ceritakan").fill("Sudah seminggu lampu di Jalan Melati mati semua.")
    neighbour.get_by_label("Alamat surel").fill("tini@warga.example")
    neighbour.get_by_role("button", name="Kirim aduan").click()
    neighbour.get_by_text("Aduan Anda belum terkirim.").wait_for()
    look(neighbour)
    neighbour.get_by_role("button", name="Ikuti yang ini saja").click()
    neighbour.get_by_text("tini@warga.example").or_(neighbour.get_by_role("heading", level=1)).first.wait_for()
    look(neighbour)
    assert ServiceCase.objects.count() == 1
    delivery.deliver_due(timezone.now())
    neighbour.goto(f"/aduan/surat/{Subscriber.objects.get().token()}/")
    look(neighbour)
    neighbour.get_by_role("button", name="Kirim kabar ke alamat ini").click()
    assert neighbour.get_by_role("button", name="Berhenti mengikuti").is_visible()

    # The citizen says that it is not solved; the officer answers again; the citizen says that it is.
    open_mine(citizen, "AAAA-AAAA-AAAA-AAAA")
    assert citizen.get_by_text("Kode ini tidak kami kenal.").first.is_visible()
    open_mine(citizen, code)
    look(citizen)
    citizen.get_by_label("Belum? Apa yang masih kurang").fill("Malam ini mati lagi.")
    citizen.get_by_role("button", name="Belum, buka lagi aduan").click()
    assert citizen.get_by_text("Aduan dibuka lagi.").is_visible()
    look(citizen)
    answer(officer, number, "Kabelnya kami ganti.")
    open_mine(citizen, code)
    picture(citizen, "aduan-saya")
    citizen.get_by_role("button", name="Ya, sudah selesai").click()
    assert citizen.get_by_text("Selesai menurut warga").first.is_visible()
    look(citizen)
    assert not [one for one in asked if code.replace("-", "") in one.upper().replace("-", "")]


def test_a_complaint_nobody_answers_goes_up_and_everybody_sees_it(browse):
    town = Town()
    case = a_case(at=timezone.now() - 40 * DAY)
    reader, above = browse(), browse(size=DESKTOP)

    keeping.keep(timezone.now())

    reader.goto("/aduan/")
    reader.get_by_role("link", name="Aduan yang baru lewat tenggat").click()
    healthy(reader, *BOTH)
    picture(reader, "aduan-lewat-tenggat")
    assert reader.get_by_text(case.number).first.is_visible()
    sign_in(above, town.pia)
    route(above, town, case.number, "Lampu jalan mati")
    reader.goto(f"/aduan/{case.number}/")
    assert reader.get_by_text("Lewat tenggat").first.is_visible()
    healthy(reader, *BOTH)
    reader.goto("/aduan/tanggapan/")
    assert reader.get_by_text("terlalu sedikit untuk dibandingkan").first.is_visible()
    healthy(reader, *BOTH)
    reader.goto("/aduan/lewat-tenggat/")
    reader.emulate_media(media="print")
    assert not reader.locator("header.top nav").is_visible()


def test_an_officer_at_a_post_writes_for_somebody_who_agrees_by_code(browse):
    town = Town()
    post = browse(size=DESKTOP)
    sign_in(post, town.tono)
    post.goto("/kelola/aduan/")
    post.get_by_role("link", name="Tulis untuk seseorang").click()
    healthy(post, *BOTH)
    post.get_by_label("Pertanyaan").check()
    post.get_by_label("Tentang layanan apa?").select_option("civil")
    post.get_by_label("Cerita orangnya").fill("Kapan akta anak saya jadi?")
    post.get_by_label("Alamat surel orangnya").fill("mbah@warga.example")
    post.get_by_role("button", name="Lanjut ke persetujuan").click()
    healthy(post, *BOTH)
    assert not ServiceCase.objects.exists()

    post.get_by_label("Sudah saya bacakan").check()
    post.get_by_label("Kode 6 angka").fill("000000")
    post.get_by_role("button", name="Kirim aduan orangnya").click()
    expect(post.get_by_text("Kode ini tidak cocok.").first).to_be_visible()
    code = re.search(r"\b(\d{6})\b", the_letter("mbah@warga.example"))[1]
    post.get_by_label("Kode 6 angka").fill(code)
    post.get_by_role("button", name="Kirim aduan orangnya").click()

    expect(post.locator("#nomor")).to_be_visible()
    assert post.locator("#kode").count() == 0, "who has a letter needs no code, and the officer sees none"
    healthy(post, *BOTH)
    case = ServiceCase.objects.get()
    assert (case.consent, case.entered_by.pk) == ("mailed_code", town.tono.pk)


def the_letter(address: str) -> str:
    """The body of the last letter to an address, as the worker wrote it."""
    delivery.deliver_due(timezone.now())
    return [one.body for one in mail.outbox if one.to == [address]][-1]
