"""Nothing but a keyboard: the application from the vacancy to the receipt, and the look-up of a result."""

from django.utils import timezone
from playwright.sync_api import TimeoutError

from selection.actions import keeping
from selection.models import Receipt
from tests.journeys.conftest import healthy
from tests.journeys.people import PASSWORD, an_account
from tests.parts import DAY
from tests.selection.applying import Vacancy, a_pdf, a_photo
from tests.selection.story import Stage
from vacancies.models import Stage as VacancyStage

# What has the focus: its role in words, its name, and whether the eye can find it.
FOCUS = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect(), look = getComputedStyle(one);
    const label = one.labels && one.labels[0] ? one.labels[0].innerText : one.innerText || one.name || '';
    return {tag: one.tagName, name: label.trim().replace(/\\s+/g, ' '), id: one.id,
            seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && look.outlineStyle !== 'none'};
}"""


def press_until(page, name: str, *, tag: str | None = None) -> dict:
    """Press Tab until something called `name` has the focus; every stop on the way must be visible."""
    trail = []
    for _step in range(80):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop["tag"] == "BODY":
            continue
        trail.append(stop["name"])
        assert stop["seen"], f"{page.url}: the focus on {stop} cannot be seen"
        if stop["name"].startswith(name) and (tag is None or stop["tag"] == tag):
            return stop
    raise AssertionError(f"{page.url}: no Tab reaches {name!r}: {trail}")


def follow(page, name: str, tag: str = "A") -> None:
    """Tab to a link or a button and press Enter; done when the next page is there."""
    press_until(page, name, tag=tag)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page, name: str, text: str) -> None:
    press_until(page, name)
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def choose(page, file) -> None:
    """Open the browser's own dialog from the keyboard. On a busy machine it may not heed the first press."""
    for _press in range(3):
        try:
            with page.expect_file_chooser(timeout=5_000) as chooser:
                page.keyboard.press("Enter")
        except TimeoutError:
            continue
        return chooser.value.set_files(file)
    raise AssertionError("Enter opens no dialog for the file")


def test_an_application_is_filled_in_and_sent_by_keyboard_alone(browse, tmp_path):
    vacancy = Vacancy()
    an_account("alya@pelamar.example")
    (tmp_path / "ijazah.pdf").write_bytes(a_pdf())
    (tmp_path / "foto.jpg").write_bytes(a_photo())
    page = browse()
    page.goto(f"/lowongan/{vacancy.formation.slug}/")

    page.keyboard.press("Tab")
    assert page.evaluate(FOCUS)["name"] == "Langsung ke isi"
    page.keyboard.press("Enter")
    follow(page, "Mulai melamar")
    write(page, "Alamat e-mail", "alya@pelamar.example")
    write(page, "Kata sandi", PASSWORD)
    follow(page, "Masuk", "BUTTON")
    follow(page, "Mulai", "BUTTON")

    follow(page, "Data diri")
    write(page, "Nama lengkap", "Alya Uji")
    write(page, "Nomor Induk Kependudukan", "12")
    follow(page, "Simpan dan lanjutkan", "BUTTON")
    follow_error = press_until(page, "Nomor Induk Kependudukan", tag="A")
    assert "16 angka" in follow_error["name"]
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUS)["id"] == "id_nik", "the error leads into its field"
    page.keyboard.press("Control+A")
    page.keyboard.type("9901011505950001")
    press_until(page, "Tanggal lahir")
    page.keyboard.type("05151995")  # the browser's own date field takes its parts one after the other
    write(page, "Nomor telepon", "0812-3456-7890")
    write(page, "Alamat tempat tinggal", "Jalan Mawar 1")
    follow(page, "Simpan dan lanjutkan", "BUTTON")
    follow(page, "Pendidikan")
    press_until(page, "Program studi")
    page.keyboard.type("S-1")
    write(page, "Nama sekolah atau perguruan tinggi", "Universitas Contoh")
    write(page, "Tahun lulus", "2018")
    write(page, "IPK", "3,25")
    follow(page, "Simpan dan lanjutkan", "BUTTON")
    follow(page, "Penyesuaian saat ujian")
    follow(page, "Simpan dan lanjutkan", "BUTTON")
    follow(page, "Pernyataan")
    press_until(page, "Saya menyatakan")
    page.keyboard.press("Space")
    follow(page, "Simpan dan lanjutkan", "BUTTON")
    follow(page, "Dokumen")
    for wanted, name in ((vacancy.letter, "ijazah.pdf"), (vacancy.photo, "foto.jpg")):
        press_until(page, "Pilih berkas", tag="INPUT")
        field = f"berkas-{wanted.pk}"
        while page.evaluate(FOCUS)["id"] != field:
            press_until(page, "", tag="INPUT")
        choose(page, tmp_path / name)
        follow(page, "Unggah", "BUTTON")
    follow(page, "Selesai, kembali")
    follow(page, "Periksa dan kirim")
    follow(page, "Kirim lamaran", "BUTTON")

    page.wait_for_url("**/pantau/")
    assert page.get_by_text(Receipt.objects.get().number).first.is_visible()
    healthy(page)


def test_a_result_is_looked_up_by_keyboard_alone(browse):
    now = timezone.now()
    story = Stage(people=12)
    VacancyStage.objects.filter(pk=story.stage.pk).update(opens_at=now - 9 * DAY, closes_at=now - DAY, announce_at=now)
    story.stage.refresh_from_db()
    story.ready()
    keeping.keep(timezone.now())
    number = story.people[0].participant_number
    page = browse()
    page.goto("/")

    follow(page, "Pilih pengumuman")
    follow(page, "SKD")
    follow(page, "Cek hasil dan lihat daftar")
    press_until(page, "Nomor peserta", tag="INPUT")
    page.keyboard.press("Enter")
    page.get_by_text("Tulis nomor peserta Anda dahulu.").wait_for()
    page.keyboard.type(f"{number[:5]} {number[5:].lower()}")  # spaces and small letters are no mistake
    press_until(page, "Lihat hasil", tag="BUTTON")
    page.keyboard.press("Enter")

    page.locator("#jawaban", has_text=number).wait_for()
    assert number not in page.url
