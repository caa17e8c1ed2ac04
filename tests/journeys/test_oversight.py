"""A published list does not follow from its scores: the team finds it, and a corrected version stands beside it."""

from django.utils import timezone

from accounts.roles import Role
from oversight.actions import keeping as oversight_keeping
from oversight.actions.finding import publish_text
from oversight.finding_queries import Clock
from oversight.models import Finding
from oversight.states import FindingState
from selection.actions import keeping
from selection.models import Announcement, Hold
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import a_colleague, sign_in
from tests.oversight.story import Watch
from tests.oversight.test_kemuning import swap_two_results
from tests.parts import DAY, make_team, make_user
from tests.selection.story import Stage
from vacancies.models import Stage as VacancyStage

BOTH = (PHONE, DESKTOP)


def a_wrong_list(pia, rudi) -> Stage:
    """Version 1 is public, and two people have each other's result."""
    story = Stage(people=12, cast=(pia, rudi)).score().rank()
    now = timezone.now()
    VacancyStage.objects.filter(pk=story.stage.pk).update(opens_at=now - 9 * DAY, closes_at=now - DAY, announce_at=now)
    story.stage.refresh_from_db()
    swap_two_results(story.stage)
    story.prepare().approve()
    keeping.keep(timezone.now())
    return story


def test_the_team_finds_a_wrong_list_and_version_two_appears_beside_it(browse):
    pia = a_colleague("pia@contoh.example", Role.PREPARER, name="Pia")
    rudi = a_colleague("rudi@contoh.example", Role.PUBLISHER, name="Rudi")
    oka = a_colleague("oka@tim.example", Role.OVERSEER, name="Oka")
    omar = a_colleague("omar@tim.example", Role.OVERSEER, name="Omar")
    make_team(oka, omar)
    story = a_wrong_list(pia, rudi)
    first = Announcement.objects.get()
    overseer, colleague = browse(size=DESKTOP), browse()
    maker, checker = browse(size=DESKTOP), browse(size=DESKTOP)
    citizen = browse()

    # The team sees in its room that the list does not follow from the scores, and says so with evidence.
    sign_in(overseer, oka)
    overseer.get_by_role("heading", name="Ruang pengawas").wait_for()
    healthy(overseer, *BOTH)
    overseer.get_by_role("link", name=f"{story.recruitment.name}: {story.stage.name_public}").click()
    assert overseer.get_by_text("Tidak cocok: 4 perbedaan pada 2 peserta.").is_visible()
    assert overseer.get_by_role("link", name="Tahan pengumuman").count() == 0, "nothing waits to be published"
    healthy(overseer, *BOTH)
    picture(overseer, "pengawas")
    overseer.get_by_role("link", name="Tulis temuan").click()
    overseer.get_by_role("button", name="Simpan sebagai rancangan").click()
    assert overseer.get_by_text("Isi judul temuan.").first.is_visible()
    healthy(overseer, *BOTH)
    overseer.get_by_label("Judul").fill("Dua peserta tertukar")
    overseer.get_by_label("Uraian").fill("Dua hasil tidak mengikuti nilai yang disahkan.")
    overseer.get_by_label("Tingkat").select_option("critical")
    overseer.get_by_role("button", name="Simpan sebagai rancangan").click()
    overseer.get_by_text("Tambah bukti").first.click()
    overseer.get_by_label("Apa", exact=True).fill("Jumlah baris daftar")
    overseer.get_by_label("Seharusnya", exact=True).fill("12")
    overseer.get_by_label("Tertulis", exact=True).fill("12")
    overseer.get_by_label("Sumber", exact=True).fill("Pengumuman versi 1")
    overseer.get_by_role("button", name="Tambah bukti").click()
    overseer.get_by_text("Bukti ditambahkan.").wait_for()
    healthy(overseer, *BOTH)
    citizen.goto("/pengawasan/")
    assert citizen.get_by_text("Dua peserta tertukar").count() == 0, "a draft is the team's own"

    # Two members stand for the same words; critical, so the next publication waits from that moment.
    overseer.get_by_role("button", name="Konfirmasi temuan").click()
    overseer.get_by_text("Menunggu anggota kedua").wait_for()
    healthy(overseer, *BOTH)
    sign_in(colleague, omar)
    colleague.get_by_role("link", name="Dua peserta tertukar").click()
    healthy(colleague, *BOTH)
    colleague.get_by_role("button", name="Konfirmasi temuan").click()
    colleague.get_by_text("Pengumuman tahap ini ditahan").wait_for()
    assert Hold.objects.standing(timezone.now()).get().confirmed_by == omar
    healthy(colleague, *BOTH)
    colleague.get_by_role("button", name="Kirim temuan").click()
    colleague.get_by_text("Temuan terkirim. Jam jawaban berjalan.").wait_for()
    finding = Finding.objects.get()
    citizen.reload()
    assert citizen.get_by_text("dikonfirmasi dua anggota tim pengawas").is_visible(), "the hold and its reason"
    assert citizen.get_by_text("Dua peserta tertukar").count() == 0
    colleague.get_by_label("Judul untuk umum").fill("Dua peserta tertukar")
    colleague.get_by_label("Uraian untuk umum").fill("Dua hasil pada daftar tidak mengikuti nilai.")
    colleague.get_by_label("Buka juga buktinya untuk umum").check()
    colleague.get_by_role("button", name="Simpan versi untuk umum").click()
    colleague.get_by_text("Versi untuk umum sudah ditulis.").wait_for()
    healthy(colleague, *BOTH)
    citizen.goto(f"/pengawasan/temuan/{finding.number}/")
    assert citizen.get_by_text("Dua peserta tertukar").count() == 0, "three days later, by itself"

    # The office computes again in shadow; another person applies what moved. The published list stays.
    sign_in(maker, pia)
    maker.goto("/kelola/temuan/")
    healthy(maker, *BOTH)
    maker.get_by_role("link", name="Dua peserta tertukar").click()
    healthy(maker, *BOTH)
    maker.get_by_label("Alasan menghitung ulang").fill("Dihitung ulang dari nilai yang disahkan.")
    maker.get_by_role("button", name="Hitung ulang").click()
    maker.get_by_role("heading", name="Kaji ulang").wait_for()
    moved = maker.locator("tbody tr").all_inner_texts()
    assert len(moved) == 2
    assert all("P/L" in row for row in moved), "one in, one out: old beside new"
    healthy(maker, *BOTH)
    maker.get_by_role("button", name="Terapkan hasil baru").click()
    maker.get_by_text("Yang menghitung ulang tidak boleh menerapkannya.").wait_for()
    sign_in(checker, rudi)
    checker.goto(f"/kelola/temuan/{finding.number}/")
    checker.get_by_role("link", name="Lihat hasil kaji ulang").click()
    checker.get_by_role("button", name="Terapkan hasil baru").click()
    checker.get_by_text("Siapkan pengumuman koreksi dari meja tahap.").wait_for()

    # The correction is prepared, approved, due, and held.
    maker.goto(f"/kelola/tahap/{story.stage.pk}/")
    assert maker.get_by_text("Tim pengawas menahan pengumuman ini.").is_visible()
    maker.get_by_label("Alasan koreksi, dibaca publik").fill("Dua hasil tertukar, dikembalikan menurut nilai.")
    maker.get_by_role("button", name="Siapkan pengumuman").click()
    checker.goto(f"/kelola/tahap/{story.stage.pk}/")
    checker.get_by_role("link", name="Sahkan sebagai orang kedua").click()
    checker.get_by_role("button", name="Sahkan pengumuman").click()
    checker.get_by_text("Tim pengawas menahan pengumuman tahap ini.").wait_for()
    healthy(checker, *BOTH)
    keeping.keep(timezone.now())
    assert Announcement.objects.count() == 1, "held"

    # Answered, lifted, and version 2 appears by itself with its diff, beside version 1.
    maker.goto(f"/kelola/temuan/{finding.number}/")
    maker.get_by_label("Jawaban instansi, dibaca publik").fill("Benar. Koreksi sudah disahkan dua orang.")
    maker.get_by_role("button", name="Kirim jawaban").click()
    maker.get_by_text("Jawaban terkirim dan terbuka untuk umum.").wait_for()
    overseer.goto(f"/pengawasan/ruang/temuan/{finding.number}/")
    overseer.get_by_role("button", name="Simpan penilaian").click()
    overseer.get_by_text("Pilih memadai atau belum memadai.").wait_for()
    healthy(overseer, *BOTH)
    overseer.get_by_label("Memadai", exact=True).check()
    overseer.get_by_label("Penilaian, dibaca publik").fill("Koreksi sudah kami bandingkan dengan nilai.")
    overseer.get_by_role("button", name="Simpan penilaian").click()
    overseer.get_by_text("Penilaian dicatat.").wait_for()
    overseer.get_by_role("link", name="Cabut penahanan").click()
    overseer.get_by_label("Alasan mencabut").fill("Jawaban dan koreksi sudah kami baca.")
    overseer.get_by_role("button", name="Cabut penahanan").click()
    overseer.get_by_text("Penahanan dicabut.").wait_for()
    keeping.keep(timezone.now())
    citizen.goto(f"/pengumuman/{first.number}/")
    assert citizen.get_by_text("Dua hasil tertukar, dikembalikan menurut nilai.").first.is_visible()
    healthy(citizen, *BOTH)
    citizen.get_by_role("link", name="Lihat siapa yang berubah").click()
    changed = citizen.get_by_role("region", name="Yang berubah").locator("tbody tr")
    assert {row.split()[0] for row in changed.all_inner_texts()} == {row.split()[0] for row in moved}
    healthy(citizen, *BOTH)
    citizen.goto(f"/pengumuman/{first.number}/v1/")
    assert citizen.get_by_text("Ini koreksi.").count() == 0, "version 1 stays as it was"
    assert citizen.get_by_role("link", name=f"/pengumuman/{first.number}/").is_visible()

    # The team holds the new list against the scores, and closes.
    overseer.goto(f"/pengawasan/ruang/tahap/{story.stage.pk}/")
    assert overseer.get_by_text("Cocok", exact=True).is_visible()
    overseer.goto(f"/pengawasan/ruang/temuan/{finding.number}/")
    healthy(overseer, *BOTH)
    overseer.get_by_label("Kesimpulan, dibaca publik").fill("Versi 2 mengikuti nilai.")
    overseer.get_by_role("button", name="Tutup temuan").click()
    overseer.get_by_text("Temuan selesai.").wait_for()
    finding.refresh_from_db()
    assert finding.state == FindingState.CLOSED


def test_an_overdue_answer_is_published_by_itself_and_handed_on_with_a_dossier(browse):
    """Nobody presses anything: the clock of twenty days ago has ended, the keeper rings, everybody reads it."""
    oka = a_colleague("oka@tim.example", Role.OVERSEER, name="Oka")
    omar = make_user("omar@tim.example", Role.OVERSEER)
    watch = Watch(make_team(oka, omar), oka, omar, make_user("ova@kota.example", Role.OVERRIDE_OFFICIAL), Stage(6))
    at = timezone.now()
    finding = watch.sent(at=at - 20 * DAY, title="Daftar tidak lengkap")
    publish_text(finding, title="Daftar tidak lengkap", text="Enam baris, bukan tujuh.", evidence=True, by=oka, at=at)
    citizen, overseer = browse(), browse(size=DESKTOP)

    citizen.goto("/pengawasan/")
    citizen.get_by_role("link", name="Daftar tidak lengkap").click()
    assert citizen.get_by_text("Portal menerbitkan ini sendiri.").count() == 0

    oversight_keeping.keep(timezone.now())

    citizen.reload()
    days = Clock(finding, timezone.now()).late
    assert citizen.get_by_text(f"Belum dijawab, lewat {days} hari kerja").is_visible()
    assert citizen.get_by_text("Portal menerbitkan ini sendiri.").is_visible()
    healthy(citizen, *BOTH)
    citizen.goto("/pengawasan/")
    citizen.reload()  # a page may be kept for half a minute
    assert citizen.get_by_text(f"Belum dijawab, lewat {days} hari kerja").is_visible()
    healthy(citizen, *BOTH)

    sign_in(overseer, oka)
    overseer.get_by_role("link", name="Daftar tidak lengkap").first.click()
    overseer.get_by_text("Teruskan ke lembaga lain").click()
    overseer.get_by_label("Teruskan ke").select_option("ombudsman")
    overseer.get_by_label("Alasan meneruskan, dibaca publik").fill("Instansi tidak menjawab.")
    overseer.get_by_role("button", name="Teruskan temuan").click()
    overseer.get_by_text("Temuan diteruskan.").wait_for()
    healthy(overseer, *BOTH)
    with overseer.expect_download() as download:
        overseer.get_by_role("link", name="Unduh berkas untuk Ombudsman").click()
    assert download.value.suggested_filename == f"{finding.number}-ombudsman.pdf"
    citizen.goto(f"/pengawasan/temuan/{finding.number}/")
    citizen.reload()
    assert citizen.get_by_text("Tim meneruskan ke Ombudsman Republik Indonesia").is_visible()
    assert citizen.get_by_text("Menunggu jawaban", exact=True).is_visible()

    # The Ombudsman answers by letter; the team writes it down, everybody reads it.
    overseer.get_by_role("link", name="Catat jawaban lembaga").click()
    healthy(overseer, *BOTH)
    overseer.get_by_label("Nomor surat").fill("B/123/LM.01/XI/2026")
    overseer.get_by_label("Tanggal surat").fill(timezone.now().date().isoformat())
    overseer.get_by_label("Hasil").select_option("followed")
    overseer.get_by_label("Ringkasan, dibaca publik").fill("Ombudsman memeriksa instansi.")
    overseer.get_by_role("button", name="Catat jawaban").click()
    overseer.get_by_text("Jawaban dicatat.").wait_for()
    healthy(overseer, *BOTH)
    citizen.reload()
    assert citizen.get_by_text("Ditindaklanjuti", exact=True).is_visible()
    assert citizen.get_by_text("B/123/LM.01/XI/2026").is_visible()
    healthy(citizen, *BOTH)
