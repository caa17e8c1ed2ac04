"""Two people of the office take a row out of a published list, and then the person out of the portal; a citizen looks."""

from accounts.models import Person
from accounts.roles import Role
from selection.actions import erasure, keeping
from selection.models import Erasure
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.people import a_colleague, sign_in
from tests.parts import DAY, make_person, make_user
from tests.selection.story import DUE, Stage

BOTH = (PHONE, DESKTOP)
LATER = DUE + 30 * DAY


def test_a_row_and_a_person_are_forgotten_by_two(browse):
    pia, rudi = a_colleague("pia@contoh.example", Role.PREPARER), a_colleague("rudi@contoh.example", Role.PUBLISHER)
    alya = make_user("alya@pelamar.example")
    make_person(alya)
    story = Stage(12, owners=(alya,), cast=(pia, rudi)).ready()
    keeping.keep(DUE)
    mine = story.people[0]
    number = story.stage.announcements.get().number
    first, second, citizen = browse(), browse(size=DESKTOP), browse()
    sign_in(first, pia)
    sign_in(second, rudi)

    first.goto("/kelola/")
    first.get_by_role("link", name="Penyamaran baris pengumuman").click()
    healthy(first, *BOTH)
    first.get_by_label("Nomor pengumuman").fill(number)
    first.get_by_label("Nomor peserta").fill("AAAAAAAAAA")
    first.get_by_label("Putusan pengadilan atau perintah lembaga berwenang").check()
    first.get_by_label("Nomor surat").fill("12/G/2026")
    first.get_by_role("button", name="Siapkan penyamaran").click()
    first.get_by_text("Periksa nomornya.").wait_for()
    healthy(first, *BOTH)
    first.get_by_label("Nomor peserta").fill(mine.participant_number)
    first.get_by_role("button", name="Siapkan penyamaran").click()
    first.get_by_text("Sekarang petugas pengesah memeriksanya.").wait_for()
    second.goto("/kelola/penyamaran/")
    second.get_by_role("link", name="Periksa dan sahkan").click()
    healthy(second, *BOTH)
    second.get_by_role("button", name="Sahkan penyamaran").click()
    second.get_by_text("Berkasnya diganti setelah tercatat").wait_for()
    keeping.keep(LATER)
    second.reload()
    healthy(second, *BOTH)

    citizen.goto(f"/pengumuman/{number}/")
    assert citizen.get_by_text("1 baris disamarkan menurut hukum.").is_visible()
    healthy(citizen, *BOTH)
    citizen.get_by_role("link", name="Cek hasil dan lihat daftar").click()
    healthy(citizen, *BOTH)
    citizen.get_by_label("Nomor peserta").fill(mine.participant_number)
    citizen.get_by_role("button", name="Lihat hasil").click()
    citizen.get_by_text("tidak ada dalam daftar ini").wait_for()
    citizen.goto(f"/pengumuman/{number}/v1/daftar/1.html")
    assert citizen.get_by_text("Baris disamarkan menurut hukum.").is_visible()
    healthy(citizen, *BOTH)

    first.goto("/kelola/penghapusan/")
    healthy(first, *BOTH)
    first.get_by_label("Nomor lamaran").fill(mine.ref)
    first.get_by_label("Permohonan orang yang bersangkutan").check()
    first.get_by_label("Nomor surat").fill("100/2026")
    first.get_by_role("button", name="Ajukan penghapusan").click()
    first.get_by_text("Sekarang petugas pengesah memeriksanya.").wait_for()
    second.goto("/kelola/penghapusan/")
    second.get_by_role("link", name="Periksa dan sahkan").click()
    healthy(second, *BOTH)
    second.get_by_role("button", name="Sahkan penghapusan").click()
    second.get_by_text("Data terhapus dalam beberapa menit.").wait_for()
    assert erasure.erase_due(LATER) == 1
    second.reload()
    healthy(second, *BOTH)
    assert Erasure.objects.get().done_at and not Person.objects.exists()
    citizen.goto("/privasi/")
    assert citizen.get_by_text("730 hari setelah seleksi selesai").is_visible()
    healthy(citizen, *BOTH)
