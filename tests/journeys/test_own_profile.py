"""An employee claims the profile, sees it before the public, objects, asks, replies; the office decides; all read it."""

from django.utils import timezone

from accounts.roles import Role
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.people import a_colleague, an_account, sign_in
from tests.workforce.serving import a_position, a_unit, an_employee
from workforce.models import Credential, Employee

BOTH = (PHONE, DESKTOP)


def decides(page, kind: str, *, granted: bool, answer: str, year: str = "") -> None:
    page.goto("/kelola/pegawai/permohonan/")
    healthy(page, *BOTH)
    page.get_by_role("link", name=f"{kind}: Asri").click()
    healthy(page, *BOTH)
    page.get_by_label("Kabulkan" if granted else "Tolak", exact=True).check()
    page.get_by_label("Alasan").fill(answer)
    if year:
        page.get_by_label("Tahun").fill(year)
    page.get_by_role("button", name="Simpan putusan").click()
    page.get_by_text("Putusan tercatat").wait_for()


def test_an_employee_corrects_a_profile_before_and_beside_the_public(browse):
    now = timezone.now()
    pia = a_colleague("pia@kota.example", Role.PREPARER)
    rudi = a_colleague("rudi@kota.example", Role.PUBLISHER)
    asri = an_account("asri@kota.example")
    city = a_unit("Pemerintah Kota Contoh")
    unit = a_unit("Bidang Pendaftaran", a_unit("Dinas Kependudukan", city))
    person = an_employee(
        a_position(unit, "Operator Loket"), name="Asri Latihan", shown=False, at=now, assets_report=False
    )
    Credential.objects.create(employee=person, kind="education", title="SMA Kota", year=1999, by=pia, at=now)

    # Pia prints a code. Nobody else sees the person yet.
    desk = browse(size=DESKTOP)
    sign_in(desk, pia)
    desk.goto("/kelola/pegawai/")
    healthy(desk, *BOTH)
    desk.get_by_role("link", name="Asri Latihan").click()
    healthy(desk, *BOTH)
    desk.get_by_role("button", name="Buat kode untuk orang ini").click()
    code = desk.locator(".code strong").inner_text()
    citizen = browse()
    citizen.goto("/asn/")
    assert citizen.get_by_text("Asri Latihan").count() == 0
    healthy(citizen, *BOTH)

    # Asri, without JavaScript, takes the profile, reads it, objects, asks and replies.
    phone = browse(javascript=False)
    sign_in(phone, asri)
    phone.goto("/asn/saya/")
    phone.get_by_label("Kode dari kantor kepegawaian").fill(code)
    phone.get_by_role("button", name="Hubungkan").click()
    phone.get_by_text("Pratinjau: baru Anda yang melihat").wait_for()
    assert phone.get_by_text("Kantor kepegawaian").or_(phone.get_by_text("kantor kepegawaian")).first.is_visible()
    phone.get_by_role("link", name="Ajukan keberatan").click()
    phone.get_by_label("Bagian mana").select_option(label="Laporan harta kekayaan")
    phone.get_by_role("button", name="Kirim keberatan").click()
    assert phone.get_by_text("Tulis alasannya.").first.is_visible()
    phone.get_by_label("Mengapa?").fill("Laporan saya sudah terkirim.")
    phone.get_by_role("button", name="Kirim keberatan").click()
    phone.get_by_text("Bagian ini tidak tampil sampai diputus").wait_for()
    phone.get_by_role("link", name="Minta koreksi").click()
    phone.get_by_label("Apa yang keliru?").select_option(label="Pendidikan: SMA Kota, 1999")
    phone.get_by_label("Apa yang benar").fill("Saya lulus tahun 2001.")
    phone.get_by_role("button", name="Kirim permintaan").click()
    phone.get_by_role("link", name="Tulis tanggapan").click()
    phone.get_by_label("Tanggapan Anda").fill("Saya melayani loket akta kelahiran.")
    phone.get_by_role("button", name="Simpan tanggapan").click()
    phone.get_by_role("button", name="Buka untuk umum").click()
    phone.get_by_text("Riwayat Anda terbuka.").wait_for()

    # Rudi decides both, each with a reason.
    judge = browse(size=DESKTOP)
    sign_in(judge, rudi)
    decides(judge, "Keberatan", granted=True, answer="Ditutup sampai statusnya diperbarui.")
    decides(judge, "Koreksi", granted=True, answer="Ijazah diperlihatkan.", year="2001")
    looked = browse()
    sign_in(looked, asri)
    looked.goto("/asn/saya/")
    assert looked.get_by_text("Ditutup sampai statusnya diperbarui.").is_visible()
    healthy(looked, *BOTH)
    for path in ("keberatan", "koreksi", "tanggapan"):
        looked.goto(f"/asn/saya/{path}/")
        healthy(looked, *BOTH)

    # The preview is over: everybody reads the correction, the reason, the reply, and why one field is closed.
    Employee.objects.filter(pk=person.pk).update(preview_until=now)
    citizen.goto("/asn/?q=loket")
    citizen.get_by_role("link", name="Asri Latihan").click()
    healthy(citizen, *BOTH)
    assert citizen.get_by_text("Saya melayani loket akta kelahiran.").is_visible()
    assert citizen.get_by_text("Alasan: Ijazah diperlihatkan.").is_visible()
    assert citizen.get_by_text("SMA Kota, 1999").first.is_visible(), "the wrong year stays, marked"
    assert citizen.get_by_text("Ditutup setelah keberatan dikabulkan.").is_visible()
    assert citizen.get_by_text("terkirim").count() == 0
    for path in ("/asn/jabatan/", "/asn/aturan/", "/asn/angka/"):
        citizen.goto(path)
        healthy(citizen, *BOTH)

    # A threat: one button, and nobody finds Asri.
    desk.goto(f"/kelola/pegawai/{person.slug}/")
    desk.get_by_role("link", name="Lindungi orang ini").click()
    desk.get_by_label("Ancaman").check()
    healthy(desk, *BOTH)
    desk.get_by_role("button", name="Lindungi sekarang").click()
    desk.get_by_text("Orang ini tidak lagi tampil").wait_for()
    assert citizen.goto(f"/asn/{person.slug}/").status == 404
    desk.get_by_role("button", name="Usulkan pencabutan perlindungan").click()
    assert desk.get_by_text("Rekan lain mencabutnya.").is_visible()
    judge.goto(f"/kelola/pegawai/{person.slug}/")
    judge.get_by_role("button", name="Cabut perlindungan sebagai orang kedua").click()
    judge.get_by_text("Tercatat.").wait_for()
    assert citizen.goto(f"/asn/{person.slug}/").status == 200
