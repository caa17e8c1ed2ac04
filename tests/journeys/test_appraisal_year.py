"""A year of an employee: lines, plan, agreement, marks, a survey from all sides that forgets its raters, and its end."""

import re

from django.utils import timezone

from accounts.roles import Role
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.people import a_colleague, an_account, sign_in
from tests.parts import DAY
from tests.workforce.serving import a_position, a_unit, an_employee
from workforce.actions import feedback
from workforce.models import Employee, FeedbackAnswer, FeedbackRater, FeedbackRound, Level, Plan

BOTH = (PHONE, DESKTOP)
PEERS = ("Budi", "Citra", "Dodi", "Euis")


def rates(page, step: str) -> None:
    """One mark for each of the seven questions, with the keyboard alone."""
    groups = page.locator("form fieldset, form [role=radiogroup]")
    assert groups.count() == 7
    for number in range(7):
        page.get_by_label(step, exact=False).nth(number).press("Space")
    page.get_by_role("button", name="Simpan jawaban").press("Enter")


def test_a_year_from_the_plan_to_the_survey_and_its_end(browse):
    now = timezone.now()
    pia = a_colleague("pia@kota.example", Role.PREPARER)
    rudi = a_colleague("rudi@kota.example", Role.PUBLISHER)
    unit = a_unit("Bidang Pendaftaran", a_unit("Dinas Kependudukan", a_unit("Pemerintah Kota Contoh")))
    accounts = {name: an_account(f"{name.lower()}@kota.example", Role.EMPLOYEE) for name in ("Lia", "Ani", *PEERS)}
    head = a_position(unit, "Kepala Bidang", Level.ADMINISTRATOR, heads_unit=True)
    an_employee(head, user=accounts["Lia"], name="Lia", at=now - DAY)
    for name in ("Ani", *PEERS):
        an_employee(a_position(unit, "Operator Loket"), user=accounts[name], name=name, at=now - DAY)

    # Pia opens the year and takes the lines from the structure; Rudi puts them in force.
    desk = browse(size=DESKTOP)
    sign_in(desk, pia)
    desk.goto("/kelola/kinerja/")
    healthy(desk, *BOTH)
    desk.get_by_label("Tahun").fill("2025")
    desk.get_by_role("button", name="Buka tahun ini").click()
    desk.get_by_role("link", name="Garis pelaporan").click()
    desk.get_by_role("button", name="Tetapkan menurut susunan").click()
    desk.get_by_text("5 garis menunggu pengesahan").wait_for()
    healthy(desk, *BOTH)
    judge = browse(size=DESKTOP)
    sign_in(judge, rudi)
    judge.goto("/kelola/kinerja/garis/")
    judge.get_by_role("button", name="Sahkan yang dicentang").click()
    judge.get_by_text("5 garis disahkan").wait_for()

    # Ani writes on a phone without JavaScript, forgets something, and sends.
    ani = browse(javascript=False)
    sign_in(ani, accounts["Ani"])
    ani.goto("/asn/saya/kinerja/")
    ani.get_by_text("Atasan Anda menurut garis pelaporan: Lia").wait_for()
    ani.get_by_role("link", name="2025").click()
    ani.get_by_role("button", name="Mulai rencana").click()
    ani.locator("#id_result1").fill("Akta kelahiran terbit")
    ani.get_by_role("button", name="Kirim ke atasan").click()
    ani.get_by_text("Isi ketiga kolom hasil kerja 1.").first.wait_for()
    ani.get_by_label("Ukuran hasil kerja 1").fill("hari kerja")
    ani.get_by_label("Target hasil kerja 1").fill("paling lama 3")
    ani.get_by_role("button", name="Kirim ke atasan").click()
    ani.get_by_text("Menunggu persetujuan atasan").first.wait_for()

    # Lia agrees.
    lia = browse()
    sign_in(lia, accounts["Lia"])
    lia.goto("/asn/saya/kinerja/")
    healthy(lia, *BOTH)
    lia.get_by_role("link", name="Lihat kinerja tim saya").click()
    healthy(lia, *BOTH)
    lia.get_by_role("link", name="Ani").click()
    healthy(lia, *BOTH)
    lia.get_by_role("button", name="Sepakati rencana").click()
    lia.get_by_text("Disepakati").first.wait_for()

    # Ani shows what was done; Lia marks the year; Ani answers.
    ani.reload()
    ani.get_by_label("Apa yang tercapai?").fill("412 akta terbit")
    ani.get_by_role("button", name="Simpan bukti").click()
    ani.get_by_text("Bukti tercatat.").wait_for()
    lia.reload()
    assert lia.get_by_text("412 akta terbit").is_visible()
    lia.get_by_label("Masa yang dinilai").select_option(label="Satu tahun")
    lia.get_by_role("radio", name="Sesuai ekspektasi").nth(0).check()
    lia.get_by_role("radio", name="Di atas ekspektasi").nth(1).check()
    lia.get_by_role("button", name="Simpan penilaian").click()
    lia.get_by_text("Tulis umpan balik.").first.wait_for()
    lia.get_by_label("Umpan balik untuk pegawai").fill("Loket rapi.")
    lia.get_by_role("button", name="Simpan penilaian").click()
    lia.get_by_text("Penilaian tercatat").wait_for()
    healthy(lia, *BOTH)
    ani.reload()
    ani.get_by_text("Tanggapi penilaian").click()
    ani.get_by_label("Tanggapan Anda").fill("Terima kasih, saya ingin belajar arsip.")
    ani.get_by_role("button", name="Kirim tanggapan").click()
    ani.get_by_text("Terima kasih, saya ingin belajar arsip.").wait_for()

    # The survey: Pia opens it and prints papers; a visitor and a peer answer, the peer with the keyboard alone.
    desk.goto("/kelola/kinerja/2025/umpan-balik/")
    healthy(desk, *BOTH)
    desk.get_by_role("button", name="Buka survei").click()
    desk.get_by_label("Kode profil pegawai").fill(Employee.objects.get(name="Ani").slug)
    desk.get_by_role("button", name="Buat kode").click()
    code = desk.locator("li code").first.inner_text()
    healthy(desk, *BOTH)
    visitor = browse()
    visitor.goto("/umpan-balik/")
    healthy(visitor, *BOTH)
    visitor.get_by_label("Kode di kertas Anda").fill(code)
    visitor.get_by_role("button", name="Lanjut").click()
    healthy(visitor, *BOTH)
    rates(visitor, "5 selalu")
    visitor.get_by_role("heading", name="Terima kasih").wait_for()
    healthy(visitor, *BOTH)
    budi = browse(javascript=False)
    sign_in(budi, accounts["Budi"])
    budi.goto("/asn/saya/umpan-balik/")
    budi.get_by_role("link", name="Ani").click()
    budi.get_by_text("terikat selama survei terbuka").wait_for()
    rates(budi, "4 sering")
    budi.get_by_text("sudah dijawab").wait_for()
    for name in PEERS[1:]:
        rater = FeedbackRater.objects.get(subject__name="Ani", user=accounts[name])
        feedback.answer(rater, [4] * 7, at=timezone.now())
    look = browse()
    sign_in(look, accounts["Citra"])
    look.goto("/asn/saya/umpan-balik/")
    healthy(look, *BOTH)
    look.get_by_role("link", name="Dodi").click()
    healthy(look, *BOTH)

    # The keeper closes it: the peers are told, the one visitor is not, and who answered is gone.
    assert feedback.close_due(FeedbackRound.objects.get().closes_at) == 1
    assert not FeedbackRater.objects.exists()
    assert set(FeedbackAnswer.objects.values_list("cell", flat=True)) == {"rekan"}
    ani.goto("/asn/saya/umpan-balik/")
    ani.get_by_role("link", name="Hasil tahun 2025").click()
    ani.get_by_role("columnheader", name="Rekan setingkat").wait_for()
    assert ani.get_by_role("columnheader", name="Pengguna layanan").count() == 0
    ani.get_by_label("Tanggapan Anda").fill("Saya senang.")
    ani.get_by_role("button", name="Kirim tanggapan").click()
    lia.get_by_role("link", name="Hasil umpan balik 360").click()
    lia.get_by_text("Saya senang.").wait_for()
    healthy(lia, *BOTH)

    # Rudi closes the year; the predicate is in the profile of the person and on no public page.
    judge.goto("/kelola/kinerja/2025/")
    healthy(judge, *BOTH)
    judge.get_by_role("button", name="Tutup tahun ini").click()
    judge.get_by_text("1 predikat masuk profil").wait_for()
    ani.goto("/asn/saya/")
    predicate = re.compile(r"^\s*Baik\b")
    ani.locator("dd", has_text=predicate).first.wait_for()
    visitor.goto(f"/asn/{Employee.objects.get(name='Ani').slug}/")
    visitor.get_by_role("heading", name="Ani").first.wait_for()
    assert visitor.locator("dd", has_text=predicate).count() == 0
    assert Plan.objects.count() == 1
