"""Scores arrive while people watch: the office opens a session, a machine brings scores, a mother watches on a phone,
an applicant holds the proof, and everybody reads what the official file says otherwise."""

import json
import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from exams.models import ExamSession
from ledger.actions import recording
from selection.actions import announcement
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import a_colleague, an_account, sign_in
from tests.selection.story import DUE, Stage

BOTH = (PHONE, DESKTOP)
SECONDS = timedelta(seconds=1)


class Hall:
    """Thirty people sit a test; the machine of the hall tells their scores."""

    def __init__(self):
        self.pia = a_colleague("pia@kantor.example", Role.PREPARER, name="Pia")
        self.rudi = a_colleague("rudi@kantor.example", Role.PUBLISHER, name="Rudi")
        self.alya = an_account("alya@pelamar.example", name="Alya")
        self.story = Stage(30, owners=(self.alya,), cast=(self.pia, self.rudi))
        self.number = self.story.people[0].participant_number

    def tell(self, address: str, key: str, first: int, last: int, **changes) -> int:
        """The machine sends the scores of the people from `first` to before `last`, as they are in the file but for `changes`."""
        rows, when = self.story.lines(**changes).splitlines()[1:], (timezone.now() - SECONDS).isoformat()
        lines = ["nomor,ruang,waktu,twk,tiu,tkp"]
        for place, row in list(enumerate(rows))[first:last]:
            number, *values = row.split(",")
            lines.append(",".join([number, "AB"[place % 2], when, *values]))
        sent = Client().post(
            address, "\n".join(lines).encode(), content_type="text/csv", headers={"authorization": f"Bearer {key}"}
        )
        assert sent.status_code == 201, sent.content
        return sent.json()["baru"]


def test_a_live_board_on_a_phone_from_the_first_score_to_the_difference(browse):
    hall = Hall()
    desk, approver, phone = browse(size=DESKTOP), browse(size=DESKTOP), browse()
    plain, wall = browse(javascript=False, size=DESKTOP), browse(size=DESKTOP)

    # Pia makes a session; she cannot open it, Rudi does.
    sign_in(desk, hall.pia)
    desk.goto("/kelola/")
    desk.get_by_role("link", name="Nilai langsung").click()
    desk.get_by_label("Tahap").select_option(index=1)
    desk.get_by_label("Nama sesi").fill("Sesi 2, pagi")
    desk.get_by_label("Tempat").fill("Gedung Serba Guna")
    desk.get_by_label("Ruang").fill("A\nB")
    desk.get_by_label("Tanggal").fill(f"{timezone.localdate():%Y-%m-%d}")
    desk.get_by_role("button", name="Simpan sesi").click()
    desk.get_by_text("Sesi tersimpan.").wait_for()
    assert desk.get_by_role("button", name="Buka sesi").count() == 0
    healthy(desk, *BOTH)
    slug = ExamSession.objects.get().slug
    assert phone.goto(f"/skor/{slug}/").status == 404
    sign_in(approver, hall.rudi)
    approver.goto(f"/kelola/nilai-langsung/{slug}/")
    approver.get_by_role("button", name="Buka sesi").click()
    approver.get_by_text("Sesi dibuka.").wait_for()
    healthy(approver, *BOTH)

    # The machine gets its key, told once.
    desk.reload()
    desk.get_by_role("button", name="Buat kunci baru").click()
    desk.get_by_role("heading", name="Kunci baru").wait_for()
    healthy(desk, *BOTH)
    key = desk.get_by_role("status").locator(".code").inner_text()
    feed = f"/api/v1/skor/{slug}/"

    # A mother finds the session on her phone before the first score, and sees scores arrive without touching anything.
    phone.goto("/skor/")
    healthy(phone, *BOTH)
    phone.get_by_role("link", name="Sesi 2, pagi").click()
    phone.get_by_text("Belum ada nilai yang masuk.").wait_for()
    healthy(phone, *BOTH)
    assert hall.tell(feed, key, 0, 10) == 10
    phone.get_by_text("10 peserta sudah selesai.").wait_for(timeout=40_000)
    assert phone.get_by_text(re.compile(r"umurnya \d+ detik saat dimuat pukul")).first.is_visible()
    healthy(phone, *BOTH)
    picture(phone, "nilai-langsung")

    # She finds one number, one room, and stops the page while she reads.
    phone.get_by_text("Cari nomor peserta atau pilih ruang").click()
    phone.get_by_label("Cari nomor peserta").fill(hall.number)
    phone.get_by_role("button", name="Cari").click()
    phone.get_by_text("TWK 120").wait_for()
    healthy(phone, *BOTH)
    phone.get_by_role("link", name="Kembali ke nilai langsung").click()
    phone.get_by_text("Cari nomor peserta atau pilih ruang").click()
    phone.get_by_label("Ruang", exact=True).select_option("B")
    phone.get_by_role("button", name="Tampilkan").click()
    phone.get_by_role("heading", name="Nilai · B").wait_for()
    assert phone.locator("#tabel tbody tr").count() == 5
    assert phone.get_by_text(hall.number).count() == 0
    phone.get_by_role("link", name="Jeda").click()
    phone.get_by_text("Dijeda: halaman ini tidak memuat dirinya ulang.").wait_for()
    healthy(phone, *BOTH)

    # With the keyboard alone: the order is a link, the table scrolls, the page waits while somebody is inside.
    plain.goto(f"/skor/{slug}/")
    assert plain.get_by_role("link", name="Muat ulang").is_visible()
    by_number = plain.get_by_role("link", name="Urutkan menurut nomor")
    for _step in range(60):
        plain.keyboard.press("Tab")
        if by_number.evaluate("one => one === document.activeElement"):
            break
    plain.keyboard.press("Enter")
    plain.get_by_text("Urut menurut nomor.").wait_for()
    numbers = plain.locator("#tabel tbody th").all_inner_texts()
    assert [one.split()[0] for one in numbers] == sorted(one.split()[0] for one in numbers)

    # The wall turns its pages and takes in what arrives.
    hall.tell(feed, key, 10, 30, p11=77)
    wall.goto(f"/skor/{slug}/?layar=1")
    wall.get_by_text("30 peserta sudah selesai.").wait_for(timeout=40_000)
    wall.get_by_text("Halaman 1 dari 2").wait_for()
    healthy(wall, DESKTOP, PHONE)
    picture(wall, "layar-besar")
    wall.get_by_text("Halaman 2 dari 2").wait_for(timeout=40_000)

    # Alya holds the proof of her own score within the minute; her browser checks it, and no changed copy.
    recording.record_waiting(timezone.now())
    mine = browse()
    sign_in(mine, hall.alya)
    mine.goto(f"/lamaran/{hall.story.people[0].ref}/pantau/")
    mine.get_by_role("link", name="Nilai Anda di layar ujian").click()
    mine.get_by_text("Tercatat. Nilai ini sudah masuk catatan publik").wait_for()
    healthy(mine, *BOTH)
    picture(mine, "bukti-nilai")
    with mine.expect_download() as download:
        mine.get_by_role("link", name="Unduh bukti digital").click()
    slip = json.loads(download.value.path().read_text())
    assert slip["opening"]["scores"]["twk"] == "120"
    mine.get_by_role("link", name="Periksa bukti").click()
    _check(mine, slip, "Cocok")
    assert mine.locator("#putusan").get_by_text("120").first.is_visible()
    healthy(mine, *BOTH)
    slip["opening"]["scores"]["twk"] = "150"
    _check(mine, slip, "Tidak cocok")

    # The official file says something else about one; everybody reads who, and after the announcement what.
    hall.story.score().rank().prepare().approve()
    plain.goto(f"/skor/{slug}/selisih/")
    assert plain.get_by_text("1 peserta berbeda.").is_visible()
    assert plain.get_by_text(hall.story.people[11].participant_number).is_visible()
    assert plain.get_by_text("tampil sesudah diumumkan").is_visible()
    phone.goto(f"/skor/{slug}/selisih/")
    healthy(phone, *BOTH)
    announcement.announce_due(DUE)
    _after_what_is_kept(plain, f"/skor/{slug}/selisih/")
    assert plain.locator("tbody").get_by_role("cell", name="77").is_visible()
    phone.reload()
    healthy(phone, *BOTH)
    assert approver.goto(f"/kelola/nilai-langsung/{slug}/").ok
    approver.get_by_role("button", name="Tutup sesi").click()
    approver.get_by_text("Sesi ditutup.").wait_for()


def _check(page, slip: dict, verdict: str) -> None:
    page.get_by_label("Pilih berkas").wait_for()  # it shows when the script is there
    page.get_by_label("Pilih berkas").set_input_files(
        [{"name": "bukti.json", "mimeType": "", "buffer": json.dumps(slip).encode()}]
    )
    page.locator("#putusan h2").get_by_text(verdict, exact=True).wait_for()


def _after_what_is_kept(page, address: str) -> None:
    """What is kept for a few seconds is asked for anew until it is there."""
    for _turn in range(30):
        page.goto(address)
        if not page.get_by_text("tampil sesudah diumumkan").count():
            return
        page.wait_for_timeout(500)
    raise AssertionError("what was before the announcement is still there")
