"""A citizen finds a vacancy; an applicant applies with and without JavaScript, and follows to the result."""

import gzip
import re

import pytest
from django.core import mail
from django.utils import timezone

from selection.actions import announcement
from selection.models import Application, Receipt
from selection.states import State
from tests.journeys.conftest import DESKTOP, healthy, picture
from tests.journeys.people import PASSWORD, an_account, give_password, sign_in
from tests.parts import DAY, make_requirement
from tests.selection.applying import Vacancy, a_pdf, a_photo
from tests.selection.story import Stage
from vacancies.models import Stage as VacancyStage

PICTURED = {"/": "beranda", "/lowongan/": "lowongan"}


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_citizen_finds_a_vacancy_and_checks_the_clauses(browse, javascript):
    vacancy = Vacancy()
    make_requirement(
        vacancy.recruitment, "usia", kind="clause", text="Usia paling tinggi 35 tahun", check_name="age_max", limit="35"
    )
    page = browse(javascript=javascript)
    answers = []
    page.on("response", lambda answer: answers.append(answer))

    page.goto("/lowongan/")
    weight, requests = sum(len(gzip.compress(one.body())) for one in answers), len(answers)  # as the server sends it
    page.get_by_role("link", name="Analis Data Ahli Pertama").first.click()
    page.get_by_role("link", name=re.compile("Cek syarat")).click()
    page.fill("input[name=birth_date]", "1980-01-01")
    page.get_by_role("button", name="Cek syarat").click()

    assert weight <= 60 * 1024 and requests <= 6
    assert page.get_by_text("Tidak terpenuhi").is_visible()
    assert "1980" not in page.url
    if javascript:
        healthy(page)
        for name in (
            "/",
            "/lowongan/",
            f"/lowongan/{vacancy.formation.slug}/",
            "/seleksi/",
            "/pengumuman/",
            "/pengawasan/",
        ):
            page.goto(name)
            healthy(page)
            if name in PICTURED:
                picture(page, PICTURED[name])


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_applicant_signs_up_applies_and_gets_a_receipt(browse, javascript, tmp_path):
    vacancy = Vacancy()
    (tmp_path / "ijazah.pdf").write_bytes(a_pdf())
    (tmp_path / "foto.jpg").write_bytes(a_photo())
    (tmp_path / "salah.pdf").write_bytes(a_photo())
    page = browse(javascript=javascript)
    look = healthy if javascript else (lambda page: None)
    email = f"alya{int(javascript)}@pelamar.example"  # a second letter to one address waits for minutes

    page.goto("/akun/daftar/")
    look(page)
    page.fill("input[name=email]", email)
    page.fill("input[name=password1]", PASSWORD)
    page.fill("input[name=password2]", PASSWORD)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/email/periksa/")
    link = re.search(r"https?://\S+/akun/email/konfirmasi/\S+", mail.outbox[-1].body)[0]
    page.goto(re.sub(r"https?://[^/]+", "", link))
    page.click("main form button[type=submit]")
    if "/masuk/" in page.url:
        give_password(page, email)

    page.goto(f"/lamaran/mulai/{vacancy.formation.slug}/")
    look(page)
    page.get_by_role("button", name="Mulai").click()
    look(page)
    picture(page, "lamaran")
    page.get_by_role("link", name="Data diri").click()
    page.fill("input[name=nik]", "123")
    page.get_by_role("button", name="Simpan").click()
    assert page.get_by_text("NIK harus 16 angka").first.is_visible()
    look(page)
    page.fill("input[name=name]", "Alya Uji")
    page.fill("input[name=nik]", "9901 0115 0595 0001")
    page.fill("input[name=birth_date]", "1995-05-15")
    page.fill("input[name=phone]", "0812-3456-7890")
    page.fill("textarea[name=address]", "Jalan Mawar 1")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("link", name="Pendidikan").click()
    look(page)
    page.select_option("select[name=program]", "S-1 STATISTIKA")
    page.fill("input[name=institution]", "Universitas Contoh")
    page.fill("input[name=graduation_year]", "2018")
    page.fill("input[name=ipk]", "3,25")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("link", name="Penyesuaian saat ujian").click()
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("link", name="Pernyataan").click()
    page.check("input[name=agree]")
    page.get_by_role("button", name="Simpan").click()
    page.get_by_role("link", name="Dokumen", exact=True).click()
    page.set_input_files(f"#berkas-{vacancy.letter.pk}", tmp_path / "salah.pdf")
    page.locator(f"#dokumen-{vacancy.letter.pk} button").click()
    assert page.get_by_text("Ini bukan PDF").first.is_visible()
    look(page)
    page.set_input_files(f"#berkas-{vacancy.letter.pk}", tmp_path / "ijazah.pdf")
    page.locator(f"#dokumen-{vacancy.letter.pk} button").click()
    page.set_input_files(f"#berkas-{vacancy.photo.pk}", tmp_path / "foto.jpg")
    page.locator(f"#dokumen-{vacancy.photo.pk} button").click()
    page.get_by_role("link", name="Selesai, kembali").click()
    page.get_by_role("link", name="Periksa dan kirim").last.click()
    look(page)
    page.get_by_role("button", name="Kirim lamaran").click()
    page.wait_for_url("**/pantau/")

    receipt = Receipt.objects.get()
    assert page.get_by_text(receipt.number).first.is_visible()
    assert page.get_by_text("Lamaran Anda sudah kami terima").is_visible()
    assert Application.objects.get().state == State.SUBMITTED
    look(page)
    page.get_by_role("link", name="Lihat bukti").click()
    assert page.get_by_text(receipt.content_digest).is_visible()


def test_a_stage_publishes_itself_while_the_applicants_page_is_open(browse):
    alya = an_account("alya@pelamar.example")
    now = timezone.now()
    story = Stage(people=12, owners=[alya])
    VacancyStage.objects.filter(pk=story.stage.pk).update(
        opens_at=now - 9 * DAY, closes_at=now - DAY, announce_at=now + DAY
    )
    story.stage.refresh_from_db()
    story.ready()
    page = browse()
    sign_in(page, alya)
    page.goto(f"/lamaran/{story.people[0].ref}/pantau/")
    assert page.get_by_text("Penjelasan hasil saya").count() == 0
    healthy(page)

    VacancyStage.objects.filter(pk=story.stage.pk).update(announce_at=timezone.now())
    announcement.announce_due(timezone.now())

    link = page.get_by_role("link", name="Penjelasan hasil saya")
    link.wait_for(timeout=10_000)  # no reload: the open page asks by itself
    healthy(page)
    picture(page, "pantau")
    link.click()
    assert page.get_by_text("Nilai Anda dan ambang batasnya").is_visible()
    healthy(page)
    page.get_by_role("link", name="Lihat pengumuman lengkap").click()
    healthy(page)
    number = page.url.rstrip("/").rsplit("/", 1)[-1]
    page.goto(f"/pengumuman/{number}/v1/")
    page.fill("#nomor", story.people[0].participant_number)
    page.get_by_role("button", name="Lihat hasil").click()
    page.locator("#jawaban", has_text="Anda").wait_for()
    assert story.people[0].participant_number not in page.url
    healthy(page)
    plain = browse(javascript=False, size=DESKTOP)
    plain.goto(f"/pengumuman/{number}/v1/")
    picture(plain, "pengumuman")
    plain.locator("main a[href^=daftar]").first.click()
    assert plain.get_by_text(story.people[0].participant_number).first.is_visible()
