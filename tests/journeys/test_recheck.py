"""A finding about verification: the office opens files again, a verifier looks blind, another person applies the whole."""

from django.utils import timezone

from selection.actions import keeping
from selection.models import Announcement, Recheck
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.people import sign_in
from tests.journeys.test_objection import let_in
from tests.oversight.rechecking import REASON, Doubted

BOTH = (PHONE, DESKTOP)


def test_files_are_checked_again_and_the_whole_becomes_version_two(browse):
    city = Doubted()
    finding = city.answered()
    for name in ("pia", "rudi", "nira"):
        let_in(getattr(city, name), staff=True)
    alya, citra = (city.files[name].participant_number for name in ("alya", "citra"))

    # The office says which files, sees how many, and opens them.
    office = browse(size=DESKTOP)
    sign_in(office, city.pia)
    office.goto(f"/kelola/temuan/{finding.number}/")
    healthy(office, *BOTH)
    office.get_by_role("link", name="Periksa ulang berkas").click()
    healthy(office, *BOTH)
    office.get_by_role("button", name="Hitung berkas yang cocok").click()
    assert office.get_by_text("Pilih berkas yang diperiksa ulang.").is_visible()
    healthy(office, *BOTH)
    office.get_by_label("Peserta tertentu").check()
    office.get_by_label("Nomor peserta").fill(f"{alya}\n{citra}")
    office.get_by_label("Alasan, dibaca publik").fill(REASON)
    office.get_by_role("button", name="Hitung berkas yang cocok").click()
    assert office.get_by_text("2 berkas cocok.").is_visible()
    healthy(office, *BOTH)
    office.get_by_role("button", name="Buka 2 berkas").click()
    assert office.get_by_text("2 berkas, 0 sudah disepakati dua pemeriksa, 2 tersisa.").is_visible()
    healthy(office, *BOTH)

    # Nira judges both as if they were new; Tari does so beside her.
    verifier = browse(size=DESKTOP)
    sign_in(verifier, city.nira)
    verifier.goto("/kelola/verifikasi/")
    healthy(verifier, *BOTH)
    for number in range(2):
        verifier.get_by_role("button", name="Ambil berkas untuk diperiksa ulang").click()
        verifier.get_by_text("Putusan lama tidak ditampilkan.").wait_for()
        assert verifier.get_by_text("Dokumen tidak terbaca (halaman 2)").count() == 0
        if not number:
            healthy(verifier, *BOTH)
        for requirement in (city.diploma, city.years):
            verifier.locator(f"[name=syarat{requirement.pk}-verdict][value=met]").check()
        if city.files["citra"].ref in verifier.get_by_role("heading", level=1).inner_text():
            verifier.locator(f"[name=syarat{city.diploma.pk}-verdict][value=not_met]").check()
            verifier.locator(f"[name=syarat{city.diploma.pk}-reason]").select_option(label=city.unreadable.text)
            verifier.locator(f"[name=syarat{city.diploma.pk}-detail]").fill("halaman 3")
        verifier.get_by_role("button", name="Simpan keputusan").click()
        verifier.get_by_text("Keputusan tercatat.").wait_for()
    recheck = Recheck.objects.get()
    city.judge(recheck, city.tari, ["citra"])

    # Old beside new for everybody, then applied by another person, then version 2.
    office.reload()
    healthy(office, *BOTH)
    office.get_by_role("button", name="Rekap dan bandingkan").click()
    publisher = browse(size=DESKTOP)
    sign_in(publisher, city.rudi)
    publisher.goto(office.url)
    assert publisher.get_by_role("row", name=citra).get_by_text("Dokumen tidak terbaca (halaman 3)").is_visible()
    healthy(publisher, *BOTH)
    publisher.get_by_role("button", name="Terapkan hasil baru").click()
    publisher.get_by_text("Keputusan dicatat.").wait_for()
    office.goto(f"/kelola/tahap/{city.stage.pk}/")
    healthy(office, *BOTH)
    office.get_by_label("Alasan koreksi, dibaca publik").fill(REASON)
    office.get_by_role("button", name="Siapkan pengumuman").click()
    publisher.goto(f"/kelola/tahap/{city.stage.pk}/")
    publisher.get_by_role("link", name="Sahkan sebagai orang kedua").click()
    publisher.get_by_role("button", name="Sahkan pengumuman").click()
    publisher.get_by_text("Disahkan.").first.wait_for()
    keeping.keep(timezone.now())

    newest = Announcement.objects.get(version=2)
    citizen = browse()
    citizen.goto(f"/pengumuman/{newest.number}/")
    citizen.get_by_role("link", name="Lihat siapa yang berubah").click()
    for number in (alya, citra):
        assert citizen.get_by_role("cell", name=number).first.is_visible()
    phone = browse()
    sign_in(phone, let_in(city.citra))
    phone.goto(f"/lamaran/{city.files['citra'].ref}/penjelasan/{newest.number}/")
    assert phone.get_by_text("Dokumen tidak terbaca (halaman 3)").first.is_visible()
    assert phone.get_by_text(f"temuan pengawas {finding.number}").first.is_visible()
    healthy(phone, *BOTH)
    phone.goto(f"/lamaran/{city.files['citra'].ref}/pantau/")
    assert phone.get_by_text("masa sanggah").first.is_visible()
    healthy(phone, *BOTH)
