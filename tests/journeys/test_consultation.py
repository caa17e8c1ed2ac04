"""A question of the office, from asking to "done": said, supported, moderated, answered, promised, kept, and told."""

import gzip
import re

from django.utils import timezone

from accounts.roles import Role
from participation.models import Consultation, Contribution
from publishing.models import SpentProof
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.letters import link_in, newest
from tests.journeys.people import a_colleague, sign_in
from tests.participation.holding import a_consultation
from tests.parts import DAY
from tests.selection.applying import a_pdf

BOTH = (PHONE, DESKTOP)
TINI, BUDI, CITRA, JAYA = (f"{name}@warga.example" for name in ("tini", "budi", "citra", "jaya"))
WORDS = "Saya bekerja sampai sore. Buka sampai malam sekali seminggu."


def moment(at) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def ask(page, now) -> None:
    """The desk: a mistake keeps what was typed; a document; waiting for a second person."""
    page.goto("/kelola/konsultasi/baru/")
    page.get_by_label("Judul").fill("Jam layanan loket")
    page.get_by_label("Yang ditanyakan kepada warga").fill("Loket buka pukul 8 sampai 15. Cocok bagi Anda?")
    page.get_by_label("Dibuka (tanggal dan jam)").fill(moment(now - DAY))
    page.get_by_label("Ditutup (tanggal dan jam)").fill(moment(now - 2 * DAY))
    page.get_by_role("button", name="Simpan konsultasi").click()
    page.get_by_text("Waktu tutup harus sesudah waktu buka").first.wait_for()
    assert page.get_by_label("Judul").input_value() == "Jam layanan loket"
    healthy(page, *BOTH)
    page.get_by_label("Ditutup (tanggal dan jam)").fill(moment(now + DAY))
    page.get_by_role("button", name="Simpan konsultasi").click()
    page.get_by_label("Nama dokumen").fill("Rancangan jam layanan")
    page.get_by_label("Berkas PDF").set_input_files(
        {"name": "rancangan.pdf", "mimeType": "application/pdf", "buffer": a_pdf()}
    )
    page.get_by_role("button", name="Unggah dokumen").click()
    page.get_by_text("Rancangan jam layanan (1 halaman)").wait_for()
    assert page.get_by_role("button", name="Terbitkan konsultasi").count() == 0
    healthy(page, *BOTH)


def confirm(page, address: str) -> None:
    page.goto(link_in(newest(address), "/konsultasi/saya/"))
    page.get_by_role("button", name=re.compile("Benarkan")).click()
    page.get_by_text("Dalam satu menit terlihat di halaman konsultasi.").wait_for()


def support(page, address: str, *, by_keyboard: bool = False) -> None:
    page.goto("/konsultasi/")
    page.get_by_role("link", name="Jam layanan loket").click()
    page.get_by_role("link", name=re.compile("Dukung")).first.click()
    page.get_by_label("Alamat surel Anda").fill(address)
    if by_keyboard:
        page.get_by_text(
            re.compile("pemeriksaan kecil|Pemeriksaan selesai")
        ).wait_for()  # before, Enter is without proof
        page.keyboard.press("Enter")
    else:
        page.get_by_role("button", name="Dukung masukan ini").click()


def test_a_consultation_from_the_question_to_done(browse, settings):
    settings.PROOF_WORK = 20_000
    settings.ACCOUNT_RATE_LIMITS |= {"post_free": "2/h/ip", "post_unproven": "1/h/ip", "post_proven": "5/h/ip"}
    pia = a_colleague("pia@contoh.example", Role.PREPARER)
    rudi = a_colleague("rudi@contoh.example", Role.PUBLISHER)
    now = timezone.now()
    writer, publisher = browse(size=DESKTOP), browse(size=DESKTOP)
    tini, budi, citra = browse(javascript=False), browse(), browse(javascript=False)

    sign_in(writer, pia)
    ask(writer, now)
    sign_in(publisher, rudi)
    publisher.goto(writer.url)
    publisher.get_by_role("button", name="Terbitkan konsultasi").click()
    publisher.get_by_text("Tersimpan.").wait_for()
    desk = publisher.url
    slug = Consultation.objects.get().slug

    # Without JavaScript, on a small phone: a mistake keeps the words; nothing shows before the letter was answered.
    tini.goto("/")
    tini.get_by_role("link", name="Konsultasi", exact=True).click()
    tini.get_by_role("link", name="Jam layanan loket").click()
    tini.get_by_role("link", name="Tulis masukan").click()
    tini.get_by_label("Masukan Anda").fill(WORDS)
    tini.get_by_label("Nama yang tampil").fill("Tini")
    tini.get_by_label("Alamat surel Anda").fill("tini")
    tini.get_by_role("button", name="Kirim masukan").click()
    assert tini.get_by_text("Tulis alamat seperti nama@contoh.id.").first.is_visible()
    assert tini.get_by_label("Masukan Anda").input_value() == WORDS
    tini.get_by_label("Alamat surel Anda").fill(TINI)
    tini.get_by_role("button", name="Kirim masukan").click()
    assert tini.get_by_role("heading", name="Satu langkah lagi").is_visible()
    stranger = browse()
    stranger.goto(f"/konsultasi/{slug}/")
    assert stranger.get_by_text(WORDS).count() == 0
    healthy(stranger, *BOTH)
    confirm(tini, TINI)

    # Somebody advertises; the rule and the reason stay in its place.
    budi.goto(f"/konsultasi/{slug}/tulis/")
    healthy(budi, *BOTH)
    budi.get_by_label("Masukan Anda").fill("Mau pasti lulus? Hubungi saya.")
    budi.get_by_label("Alamat surel Anda").fill(JAYA)
    budi.get_by_role("button", name="Kirim masukan").click()
    budi.get_by_role("heading", name="Satu langkah lagi").wait_for()
    confirm(budi, JAYA)

    # Many came from this network. The browser works by itself, told in words; Enter before it is done sends it after.
    support(budi, BUDI, by_keyboard=True)
    budi.get_by_role("heading", name="Satu langkah lagi").wait_for()
    assert SpentProof.objects.count() == 1
    confirm(budi, BUDI)
    # Without JavaScript there is the narrower road, and at its end the words stay.
    support(citra, CITRA)
    assert citra.get_by_role("heading", name="Satu langkah lagi").is_visible()
    confirm(citra, CITRA)
    support(citra, "dewi@warga.example")
    assert citra.get_by_text("terlalu banyak kiriman").first.is_visible()
    assert citra.get_by_label("Alamat surel Anda").input_value() == "dewi@warga.example"
    page = browse()
    seen = []
    page.on("response", lambda answer: seen.append(answer))
    page.goto(citra.url)
    page.get_by_text("Pemeriksaan selesai. Anda dapat mengirim.").wait_for()
    assert [one for one in seen if one.url.endswith("/proof.js")]
    fetched = {one.url: one for one in reversed(seen)}  # the worker's script is the page's, from the browser's copy
    weight = sum(len(gzip.compress(one.body())) for one in fetched.values())
    assert weight <= 60 * 1024 and len(seen) <= 6, (weight, len(seen))
    healthy(page, *BOTH)
    page.get_by_label("Alamat surel Anda").fill("dewi@warga.example")
    page.get_by_role("button", name="Dukung masukan ini").click()
    page.get_by_role("heading", name="Satu langkah lagi").wait_for()
    assert SpentProof.objects.count() == 2

    # The desk moderates by a rule, sorts and answers. A refused form keeps what was typed.
    publisher.goto(desk)
    advert = publisher.locator("ul.cards > li", has_text="Mau pasti lulus?")
    advert.get_by_text("Sembunyikan", exact=False).first.click()
    advert.get_by_label("Aturan yang dilanggar").select_option("advert")
    advert.get_by_role("button", name=re.compile("Sembunyikan masukan")).click()
    publisher.get_by_text("Tulis alasannya.").first.wait_for()
    assert advert.get_by_label("Aturan yang dilanggar").input_value() == "advert"
    healthy(publisher, *BOTH)
    advert.get_by_label("Alasan, terbaca semua orang").fill("Menawarkan kelulusan.")
    advert.get_by_role("button", name=re.compile("Sembunyikan masukan")).click()
    publisher.get_by_text("Tersimpan.").wait_for()
    said = Contribution.objects.get(name="Tini")
    publisher.locator(f"input[name=chosen][value='{said.pk}']").check()
    publisher.get_by_label("atau pokok masukan baru").fill("Jam buka")
    publisher.get_by_role("button", name="Kelompokkan yang ditandai").click()
    publisher.get_by_text("Tersimpan.").wait_for()
    publisher.get_by_label("Tanggapan resmi").fill("Kami setuju: setiap Rabu buka sampai pukul 20.")
    publisher.get_by_role("button", name=re.compile("Terbitkan tanggapan")).click()
    publisher.get_by_text("Tersimpan.").wait_for()
    assert newest(TINI).subject == "Masukan Anda ditanggapi"
    publisher.get_by_label("Yang akan dikerjakan").fill("Loket buka sampai 20.00 setiap Rabu")
    publisher.get_by_label("Paling lambat").fill(timezone.localdate(now + 20 * DAY).isoformat())
    publisher.get_by_label("Untuk kelompok masukan").select_option(label="Jam buka")
    publisher.get_by_role("button", name="Catat janji").click()
    publisher.get_by_text("Tersimpan.").wait_for()

    # Kept, with a proof; the author hears of it and sees it without signing in.
    writer.goto(desk)
    writer.get_by_label("Tautan bukti").fill("https://kota.example/jam-layanan")
    writer.get_by_role("button", name=re.compile("Catat keadaannya")).click()
    writer.get_by_text("Tersimpan.").wait_for()
    letter = newest(TINI)
    assert letter.subject == "Janji dikerjakan"
    tini = browse(javascript=False)  # another day: the browser keeps no copy of the page
    tini.goto(link_in(letter, f"/konsultasi/{slug}"))
    assert tini.get_by_text("Dari 1 janji: 1 dikerjakan, 0 tidak jadi.").is_visible()
    assert tini.get_by_role("link", name=re.compile("Lihat bukti")).get_attribute("href").startswith("https://kota.")
    assert tini.get_by_text("Kami setuju: setiap Rabu").is_visible()
    assert tini.get_by_text("Mau pasti lulus?").count() == 0
    assert tini.get_by_text("Menawarkan kelulusan.").is_visible()
    assert tini.get_by_text("2 dukungan").is_visible()
    tini.get_by_role("link", name=re.compile("1 masukan")).click()
    assert tini.get_by_text("Hanya masukan tentang Jam buka.").is_visible()
    visitor = browse()
    visitor.goto(f"/konsultasi/{slug}/")
    healthy(visitor, *BOTH)
    picture(visitor, "konsultasi")
    visitor.goto("/konsultasi/")
    healthy(visitor, *BOTH)
    writer.goto("/kelola/konsultasi/")
    healthy(writer, *BOTH)


def test_an_officer_at_a_post_writes_down_what_somebody_says(browse):
    now = timezone.now()
    pia, rudi, oni = (
        a_colleague(f"{who}@post.example", role, name=who.title())
        for who, role in (("pia", Role.PREPARER), ("rudi", Role.PUBLISHER), ("oni", Role.AGENCY_OFFICER))
    )
    consultation, _document, _said = a_consultation(pia, rudi, at=now)
    officer = browse(javascript=False)

    sign_in(officer, oni)
    officer.goto("/kelola/")
    officer.get_by_role("link", name="Konsultasi").click()
    officer.get_by_role("link", name="Tulis masukan seseorang").click()
    officer.get_by_role("button", name="Kirim kode ke alamat itu").click()
    officer.get_by_text("Tulis masukan Anda.").first.wait_for()
    officer.get_by_label("Masukan Anda").fill("Loket untuk lansia di lantai satu.")
    officer.get_by_label("Alamat surel Anda").fill("mbah@warga.example")
    officer.get_by_role("button", name="Kirim kode ke alamat itu").click()
    officer.get_by_label("Kode").fill(re.search(r"\b(\d{6})\b", newest("mbah@warga.example").body)[1])
    officer.get_by_role("button", name="Kirim masukan").click()
    officer.get_by_text("Masukan itu sekarang tampil").wait_for()
    reader, desk = browse(), browse()
    reader.goto(f"/konsultasi/{consultation.slug}/")
    reader.get_by_text("Loket untuk lansia di lantai satu.").wait_for()

    # The same pages with scripts, so that the checks can run.
    sign_in(desk, pia)
    desk.goto("/kelola/konsultasi/")
    healthy(desk, *BOTH)
    desk.get_by_role("link", name="Tulis masukan seseorang").click()
    healthy(desk, *BOTH)
