"""Two people object on their phones. One is granted and readmitted by version 2, with an identical case; one is refused."""

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from accounts.models import FileAccess
from selection.actions import keeping
from selection.models import Announcement, Objection
from selection.queries import participants
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.people import PASSWORD, sign_in
from tests.selection.objecting import Contested

BOTH = (PHONE, DESKTOP)
SUMMARY = "Ijazah yang diunggah terbaca seluruhnya. Penilaian tidak terbaca keliru."


def let_in(user, *, staff: bool = False):
    """The account can sign in through the real pages; staff with a second factor."""
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if staff:
        user.secret = generate_totp_secret()
        TOTP.activate(user, user.secret)
    return user


def objects(page, application, point: str, text: str, *, look: bool) -> str:
    """From the tracking page to a number, page by page; returns the number."""
    page.goto(f"/lamaran/{application.ref}/pantau/")
    page.get_by_text("Masa sanggah (waktu untuk mengajukan keberatan)").wait_for()
    assert page.get_by_text("tinggal").first.is_visible(), "the countdown is in words"
    page.get_by_role("link", name="Ajukan sanggah").click()
    page.get_by_role("heading", name="Ajukan sanggah").wait_for()
    if look:
        healthy(page, *BOTH)
    page.get_by_role("button", name="Mulai menulis sanggah").click()
    assert page.get_by_role("link", name="Periksa dan kirim").count() == 0, "nothing is disputed yet"
    page.get_by_role("link", name=point).click()
    page.get_by_role("button", name="Simpan").click()
    assert page.get_by_text("Jelaskan apa yang menurut Anda keliru.").first.is_visible()
    if look:
        healthy(page, *BOTH)
    page.get_by_label("Jelaskan").fill(text)
    page.get_by_role("button", name="Simpan").click()
    page.get_by_text("Disanggah", exact=True).wait_for()
    if look:
        healthy(page, *BOTH)
        page.get_by_role("link", name="Bukti (tidak wajib)").click()
        page.get_by_label("Ijazah asli").check()
        healthy(page, *BOTH)
        page.get_by_role("button", name="Simpan pilihan").click()
    page.get_by_role("link", name="Periksa dan kirim").click()
    page.get_by_label("Saya paham").check()
    if look:
        healthy(page, *BOTH)
    page.get_by_role("button", name="Kirim sanggah").click()
    page.get_by_text("Sanggah terkirim.").wait_for()
    if look:
        healthy(page, *BOTH)
    return Objection.objects.get(application=application).number


def judges(page, number: str, *, granted: bool, answer: str, summary: str, look: bool) -> None:
    page.goto("/kelola/sanggah/")
    if look:
        healthy(page, *BOTH)
    page.get_by_role("link", name=number).click()
    page.get_by_role("heading", name=f"Sanggah {number}").wait_for()
    if look:
        healthy(page, *BOTH)
    page.get_by_label("Dikabulkan" if granted else "Tidak dikabulkan", exact=True).check()
    page.get_by_label("Jawaban dengan alasan").fill(answer)
    page.get_by_label("Ringkasan untuk publik").fill(summary)
    page.get_by_role("button", name="Simpan putusan").click()
    page.get_by_text("Putusan tercatat.").wait_for()


def test_one_objection_is_granted_and_ends_in_version_two_and_one_is_refused(browse):
    city = Contested()
    for name in ("alya", "budi", "eka"):
        let_in(getattr(city, name))
    for name in ("joko", "dina", "pia", "rudi", "vera"):
        let_in(getattr(city, name), staff=True)
    alya, eka, budi = (city.files[name] for name in ("alya", "eka", "budi"))

    # Alya objects with JavaScript, Eka without; both get a number.
    phone, other = browse(), browse(javascript=False)
    sign_in(phone, city.alya)
    sign_in(other, city.eka)
    mine = objects(phone, alya, "Ijazah asli", "Halaman 2 terbaca jelas, lihat unggahan saya.", look=True)
    hers = objects(other, eka, "Pengalaman dua tahun", "Magang saya dihitung.", look=False)
    assert phone.get_by_text("Dijawab paling lambat").first.is_visible()

    # Vera judged the file: she has no way in. Joko had no part: he refuses one alone, and proposes the other.
    judge, second, verifier = browse(size=DESKTOP), browse(size=DESKTOP), browse(size=DESKTOP)
    sign_in(verifier, city.vera)
    verifier.goto("/kelola/sanggah/")
    assert verifier.get_by_role("link", name=mine).count() == 0
    sign_in(judge, city.joko)
    judges(judge, mine, granted=True, answer="Benar, halaman 2 terbaca.", summary=SUMMARY, look=True)
    judges(judge, hers, granted=False, answer="Magang tidak termasuk.", summary="Magang bukan masa kerja.", look=False)
    sign_in(second, city.dina)
    second.goto("/kelola/sanggah/")
    second.get_by_role("link", name=mine).click()
    healthy(second, *BOTH)
    second.get_by_role("button", name="Setuju, kabulkan sanggah").click()
    second.get_by_text("kasus yang sama dibuka kembali").first.wait_for()

    # The identical case was opened by itself; two people judge it.
    for page, act in ((judge, "Memenuhi semua syarat"), (second, "Setuju")):
        page.goto("/kelola/sanggah/")
        page.get_by_role("link", name=budi.ref).click()
        healthy(page, *BOTH)
        page.get_by_role("button", name=act, exact=True).click()
        page.get_by_text("Tercatat.").wait_for()

    # The office sums up again in shadow, another applies it, and version 2 goes the usual road.
    first, publisher = browse(size=DESKTOP), browse(size=DESKTOP)
    sign_in(first, city.pia)
    sign_in(publisher, city.rudi)
    first.goto(f"/kelola/tahap/{city.stage.pk}/")
    healthy(first, *BOTH)
    first.get_by_role("button", name="Rekap ulang dengan putusan sanggah").click()
    first.get_by_text("Hasil dihitung.").wait_for()
    publisher.goto(f"/kelola/tahap/{city.stage.pk}/")
    publisher.get_by_role("link", name="Hitungan ke-").click()
    assert publisher.get_by_text(alya.participant_number).is_visible()
    publisher.get_by_role("button", name="Terapkan").first.click()
    publisher.get_by_text("Keputusan dicatat.").wait_for()
    first.goto(f"/kelola/tahap/{city.stage.pk}/")
    first.get_by_label("Alasan koreksi, dibaca publik").fill("Sanggah dikabulkan; kasus yang sama ikut dikoreksi.")
    first.get_by_role("button", name="Siapkan pengumuman").click()
    publisher.goto(f"/kelola/tahap/{city.stage.pk}/")
    publisher.get_by_role("link", name="Sahkan sebagai orang kedua").click()
    publisher.get_by_role("button", name="Sahkan pengumuman").click()
    publisher.get_by_text("Disahkan.").first.wait_for()
    keeping.keep(timezone.now())

    newest = Announcement.objects.get(version=2)
    citizen = browse()
    citizen.goto(f"/pengumuman/{newest.number}/")
    assert citizen.get_by_text("Versi ini mengganti versi sebelumnya.").is_visible()
    healthy(citizen, *BOTH)
    citizen.get_by_role("link", name="Lihat siapa yang berubah").click()
    for one in (alya, budi):
        assert citizen.get_by_role("cell", name=one.participant_number).first.is_visible()
    phone.goto(f"/lamaran/{alya.ref}/pantau/")
    assert phone.get_by_text("Dikabulkan").first.is_visible()
    phone.get_by_text("Semua kabar").click()
    assert phone.get_by_text("Hasil Anda dikoreksi: Anda lanjut").first.is_visible()
    assert {one.user for one in participants(city.next)} == {city.alya, city.budi, city.citra}
    healthy(phone, *BOTH)
    phone.goto(f"/sanggah/{alya.ref}/administrasi/")
    healthy(phone, *BOTH)
    other.goto(f"/sanggah/{eka.ref}/administrasi/")
    assert other.get_by_text("Sanggah Anda ditolak.").is_visible()
    assert other.get_by_text("Magang tidak termasuk.").is_visible()
    assert FileAccess.objects.filter(subject=alya.ref, by=city.joko).exists()

    # Everybody reads numbers and decisions, and nobody's words.
    citizen.goto("/sanggah/")
    healthy(citizen, *BOTH)
    citizen.get_by_role("link", name="Cari semua putusan").click()
    citizen.get_by_label("Kata kunci").fill("magang")
    citizen.get_by_role("button", name="Cari putusan").click()
    assert citizen.get_by_role("link", name=hers).is_visible()
    assert citizen.get_by_role("link", name=mine).count() == 0
    healthy(citizen, *BOTH)
    citizen.get_by_role("link", name=hers).click()
    assert citizen.get_by_text("Magang bukan masa kerja.").is_visible()
    assert citizen.get_by_text("Magang saya dihitung.").count() == 0
    healthy(citizen, *BOTH)
