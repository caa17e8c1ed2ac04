"""The office builds a recruitment, judges files, imports scores, and two people bring each result to the public."""

import io
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from selection.actions import keeping
from selection.models import Announcement, Application, Outcome
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import PASSWORD, a_colleague, an_account, code, give_password, sign_in
from tests.parts import DAY, make_agency, make_application, make_person, make_requirement
from tests.vacancies.files import formation_csv
from vacancies.models import Formation, Recruitment
from vacancies.models import Stage as VacancyStage

BOTH = (PHONE, DESKTOP)
HEADING = "No Peserta,Tertulis,Praktik\n"


def local(at) -> str:
    """As the field for date and time wants it, on the clocks of Jakarta."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def as_csv(text: str) -> dict:
    return {"name": "nilai.csv", "mimeType": "text/csv", "buffer": text.encode()}


def desk_of(page, stage) -> None:
    page.goto(f"/kelola/tahap/{stage.pk}/")


def due_now(stage) -> None:
    """The hour of the announcement has come; the keeper rings."""
    VacancyStage.objects.filter(pk=stage.pk).update(announce_at=timezone.now())
    keeping.keep(timezone.now())


def enrol(page, user) -> None:
    """Whoever works with other people's data sees nothing but the page where the second factor is set up."""
    page.goto("/kelola/")
    assert "/akun/masuk/" in page.url, "the desk's own way in is the portal's one sign-in page"
    give_password(page, user.email)
    page.goto("/kelola/tahap/")
    page.get_by_role("heading", name="Masuk sekali lagi").wait_for()
    healthy(page, *BOTH)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Lanjutkan").click()
    page.get_by_role("heading", name="Pasang kode kedua").wait_for()
    healthy(page, *BOTH)
    user.secret = page.locator("main .code").inner_text()
    page.get_by_label("Kode enam angka").fill(code(user.secret))
    page.get_by_role("button", name="Pasang kode kedua").click()
    page.wait_for_load_state()
    page.goto("/kelola/")
    page.get_by_role("link", name="Unggah berkas formasi").wait_for()
    healthy(page, *BOTH)


def build_the_recruitment(page, agency) -> Recruitment:
    """Recruitment, formation file, calendar: everything the citizen reads, before anybody reads it."""
    page.goto("/kelola/vacancies/recruitment/add/")
    healthy(page, *BOTH)
    page.get_by_label("Nama:").fill("Pegawai kontrak 2026")
    page.get_by_label("Jenis pengadaan").select_option("contract")
    page.get_by_label("Tahun").fill("2026")
    page.get_by_label("Instansi").select_option(str(agency.pk))
    page.get_by_label("Dasar hukum").fill("Keputusan Wali Kota Nomor 9 Tahun 2026")
    page.get_by_label("Paket aturan").select_option("local-contract")
    page.get_by_role("button", name="Simpan", exact=True).click()
    page.get_by_role("link", name="Buka", exact=True).wait_for()
    healthy(page, *BOTH)
    recruitment = Recruitment.objects.get()
    page.get_by_role("link", name="Buka", exact=True).click()
    assert page.get_by_text("Belum ada formasi. Impor berkas formasi dahulu.").is_visible()
    assert page.get_by_text("Belum ada tahap. Susun jadwal dahulu.").is_visible()

    page.get_by_role("link", name="Unggah berkas formasi").click()
    page.get_by_label("Pengadaan").select_option(str(recruitment.pk))
    wrong = formation_csv({"jumlah_formasi": "dua"})
    upload_formations(page, wrong)
    assert page.get_by_role("cell", name="dua").is_visible(), "the report names row, column and cell"
    healthy(page, *BOTH)
    page.get_by_label("Pengadaan").select_option(str(recruitment.pk))
    right = formation_csv({"jumlah_formasi": "1", "jp_nama": "Kontrak"})
    upload_formations(page, right)
    assert page.get_by_text("Belum ada lowongan yang berubah.").is_visible()
    assert not Formation.objects.exists()
    healthy(page, *BOTH)
    page.get_by_role("button", name="Terapkan semua").click()
    assert page.get_by_text("diterapkan", exact=True).is_visible()
    make_requirement(recruitment, "ijazah", text="Ijazah")

    now = timezone.now()
    for order, kind, slug, name, rule, days in (
        (1, "registration", "daftar", "Pendaftaran", "", (-10, -5, None)),
        (2, "administrative", "administrasi", "Seleksi administrasi", "administrasi", (-4, -2, 1)),
        (3, "test", "tes", "Tes dan hasil akhir", "tes", (-2, -1, 2)),
    ):
        page.goto(f"/kelola/pengadaan/{recruitment.slug}/")
        page.get_by_role("link", name="Tambah tahap").click()
        if order == 1:
            healthy(page, *BOTH)
        page.get_by_label("Urutan").fill(str(order))
        page.get_by_label("Nama pendek").fill(slug)
        page.get_by_label("Jenis tahap").select_option(kind)
        page.get_by_label("Aturan dalam paket").fill(rule)
        page.get_by_label("Nama untuk petugas").fill(name)
        page.get_by_label("Nama untuk publik").fill(name)
        opens, closes, announces = days
        page.get_by_label("Mulai:", exact=True).fill(local(now + opens * DAY))
        page.get_by_label("Selesai:", exact=True).fill(local(now + closes * DAY))
        if announces:
            page.get_by_label("Hasil diumumkan").fill(local(now + announces * DAY))
        page.get_by_role("button", name="Simpan", exact=True).click()
        page.locator(".messagelist .success").wait_for()
    page.goto(f"/kelola/pengadaan/{recruitment.slug}/")
    healthy(page, *BOTH)
    assert page.get_by_text("Pengesah dapat menerbitkannya.").is_visible()
    assert page.get_by_role("link", name="Terbitkan pengadaan").count() == 0, "who prepares does not publish"
    return recruitment


def upload_formations(page, content: io.BytesIO) -> None:
    page.get_by_label("Berkas formasi").set_input_files(
        {"name": "formasi.csv", "mimeType": "text/csv", "buffer": content.getvalue()}
    )
    page.get_by_role("button", name="Periksa berkas").click()
    page.wait_for_load_state()


def publish(page, recruitment) -> None:
    page.goto(f"/kelola/pengadaan/{recruitment.slug}/")
    page.get_by_role("link", name="Terbitkan pengadaan").click()
    healthy(page, *BOTH)
    page.get_by_role("button", name="Terbitkan sekarang").click()
    page.get_by_text("Semua orang dapat membaca lowongannya sekarang.").wait_for()


def judge(page, *, met: bool, look: bool = False) -> None:
    """Take the next file and decide its one requirement."""
    page.goto("/kelola/verifikasi/")
    page.get_by_role("button", name="Ambil berkas berikutnya").click()
    page.get_by_role("heading", name="Periksa berkas").wait_for()
    if look:
        page.get_by_role("button", name="Simpan keputusan").click()
        assert page.get_by_text("Nilai syarat ini.").is_visible(), "nothing is decided by silence"
        healthy(page, *BOTH)
    page.get_by_label("Memenuhi", exact=True).set_checked(met)
    if not met:
        page.get_by_label("Belum memenuhi", exact=True).check()
        page.get_by_label("Alasan bila belum memenuhi").select_option(index=1)
        page.get_by_label("Rincian untuk pelamar").fill("Halaman dua tidak terbaca.")
    page.get_by_role("button", name="Simpan keputusan").click()
    page.get_by_text("Keputusan tercatat.").wait_for()


def bring_to_approval(page, second, stage, act: str) -> None:
    """The first person computes and prepares; the second reads the preview and approves."""
    desk_of(page, stage)
    page.get_by_role("button", name=act).click()
    page.get_by_text("Hasil dihitung.").wait_for()
    page.get_by_role("button", name="Siapkan pengumuman").click()
    page.get_by_text("Sekarang orang kedua memeriksa dan mengesahkan.").wait_for()
    assert page.get_by_role("link", name="Sahkan sebagai orang kedua").count() == 0
    healthy(page, *BOTH)
    desk_of(second, stage)
    assert second.get_by_text("Pengumuman yang disiapkan menunggu pengesahan orang kedua.").is_visible()
    second.get_by_role("link", name="Lihat pratinjau").click()
    second.get_by_role("heading", name=stage.name_public).wait_for()
    desk_of(second, stage)
    second.get_by_role("link", name="Sahkan sebagai orang kedua").click()
    healthy(second, *BOTH)
    second.get_by_role("button", name="Sahkan pengumuman").click()
    second.get_by_text("Tidak ada lagi yang perlu Anda lakukan.").wait_for()


def test_the_office_takes_a_recruitment_from_a_file_to_a_published_result(browse):
    agency = make_agency("Pemerintah Kota Contoh")
    new = an_account("pia@contoh.example", Role.PREPARER, name="Pia")
    rudi = a_colleague("rudi@contoh.example", Role.PUBLISHER, name="Rudi")
    vera = a_colleague("vera@contoh.example", Role.VERIFIER, name="Vera")
    wati = a_colleague("wati@contoh.example", Role.VERIFIER, name="Wati")
    sari = a_colleague("sari@contoh.example", Role.SUPERVISOR, name="Sari")
    alya = an_account("alya@pelamar.example")
    make_person(alya)
    first, second = browse(size=DESKTOP), browse(size=DESKTOP)

    # The office builds it, two people publish it.
    enrol(first, new)
    recruitment = build_the_recruitment(first, agency)
    sign_in(second, rudi)
    publish(second, recruitment)
    citizen = browse()
    citizen.goto("/lowongan/")
    assert citizen.get_by_role("link", name="Analis Data Ahli Pertama").is_visible()

    # People applied while it was open; registration is over.
    sent = timezone.now() - timedelta(days=6)
    formation = Formation.objects.get()
    people = [make_application(formation, alya, at=sent)]
    for n in range(2):
        other = User.objects.create_user(f"pelamar{n}@contoh.example")
        make_person(other)
        people.append(make_application(formation, other, at=sent + timedelta(minutes=n + 1)))
    keeping.keep(timezone.now())
    files, test = VacancyStage.objects.get(slug="administrasi"), VacancyStage.objects.get(slug="tes")

    # Two look at each file without seeing each other; they disagree about one, and a third decides.
    verifier = browse(size=DESKTOP)
    sign_in(verifier, vera)
    for n in range(3):
        judge(verifier, met=True, look=n == 0)
    other = browse(size=DESKTOP)
    sign_in(other, wati)
    other.goto("/kelola/verifikasi/")
    healthy(other, *BOTH)
    other.get_by_role("button", name="Ambil berkas berikutnya").click()
    assert other.get_by_text("Pemeriksa 1").count() == 0, "blind"
    judge(other, met=False)
    for _n in range(2):
        judge(other, met=True)
    third = browse(size=DESKTOP)
    sign_in(third, sari)
    third.goto("/kelola/verifikasi/")
    assert third.get_by_text("1 menunggu pemeriksa ketiga.").is_visible()
    third.get_by_role("button", name="Ambil berkas berikutnya").click()
    assert third.get_by_text("Halaman dua tidak terbaca.").is_visible()
    healthy(third, *BOTH)
    judge(third, met=True)

    # The result of the files: tallied and prepared by one, approved by another, published by nobody's hand.
    desk_of(first, files)
    assert first.get_by_text("Hasil pemeriksaan belum direkap.").is_visible()
    bring_to_approval(first, second, files, "Rekap hasil pemeriksaan")
    due_now(files)
    citizen.goto("/pengumuman/")
    assert citizen.get_by_role("link", name="Seleksi administrasi, Pegawai kontrak 2026").is_visible()

    # Scores: a bad file is refused whole, with its rows; a good one waits for the second person.
    desk_of(first, test)
    assert first.get_by_text("Belum ada nilai yang disahkan.").is_visible()
    picture(first, "tahap")
    healthy(first, *BOTH)
    first.get_by_role("link", name="Buka berkas nilai").click()
    healthy(first, *BOTH)
    first.get_by_role("link", name="Unggah berkas nilai").click()
    numbers = [one.participant_number for one in people]
    bad = f"{HEADING}{numbers[0]},90,80\n{numbers[1]},190,80\nAAAAAAAAAA,70,70\n"
    first.get_by_label("Berkas", exact=True).set_input_files(as_csv(bad))
    first.get_by_role("button", name="Periksa berkas").click()
    report = first.get_by_role("alert")
    assert "Tidak ada yang disimpan." in report.inner_text()
    assert {"3", "4"} <= {cell.inner_text() for cell in report.locator("td:first-child").all()}
    healthy(first, *BOTH)
    good = HEADING + "".join(f"{number},{90 - n},80\n" for n, number in enumerate(numbers))
    first.get_by_label("Berkas", exact=True).set_input_files(as_csv(good))
    first.get_by_role("button", name="Periksa berkas").click()
    first.get_by_text("Sekarang orang kedua mencocokkan angka kendali").wait_for()
    assert first.get_by_role("button", name="Sahkan nilai").count() == 0
    healthy(first, *BOTH)
    second.goto(first.url)
    second.get_by_role("button", name="Sahkan nilai").click()
    second.get_by_text("Keputusan dicatat.").wait_for()

    # Ranked, prepared, approved; and it appears on a page that somebody has open.
    bring_to_approval(first, second, test, "Hitung peringkat")
    waiting = browse()
    sign_in(waiting, alya)
    waiting.goto(f"/lamaran/{people[0].ref}/pantau/")
    seen = waiting.get_by_role("link", name="Penjelasan hasil saya").count()
    due_now(test)
    waiting.get_by_role("link", name="Penjelasan hasil saya").nth(seen).wait_for(timeout=15_000)  # no reload
    citizen.reload()
    citizen.get_by_role("link", name="Tes dan hasil akhir, Pegawai kontrak 2026").click()
    citizen.get_by_role("link", name="Cek hasil dan lihat daftar").click()
    citizen.get_by_label("Nomor peserta").fill(numbers[0])
    citizen.get_by_role("button", name="Lihat hasil").click()
    citizen.get_by_text("Selamat, Anda lulus seleksi.").first.wait_for()
    assert Announcement.objects.filter(public_at__isnull=False).count() == 2
    assert list(Outcome.objects.filter(set__stage=test, code="L").values_list("application", flat=True)) == [
        people[0].pk
    ]
    desk_of(first, test)
    assert first.get_by_text("Hasil tahap ini sudah terbit.").is_visible()
    healthy(first, *BOTH)
    assert Application.objects.count() == 3
