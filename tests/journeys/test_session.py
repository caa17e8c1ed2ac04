"""A session from its announcement to the binding answer: a seat without an account, a question, a voice, an answer, a reminder."""

import re
from io import BytesIO

import feedparser
from django.core import mail
from django.utils import timezone

from accounts.roles import Role
from participation.actions import registrations
from publishing.actions import delivery
from selection.actions import clarification_letters
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.journeys.people import a_colleague, an_account, sign_in
from tests.participation.holding import a_question, an_event
from tests.parts import DAY
from tests.selection.applying import Vacancy

BOTH = (PHONE, DESKTOP)


def newest_letter(to: str) -> str:
    """Send what is queued; the newest letter to an address."""
    delivery.deliver_due(timezone.now() + 10 * DAY)
    return next(one.body for one in reversed(mail.outbox) if one.to == [to])


def link_in(letter: str) -> str:
    """The way into the room of an address."""
    return re.search(r"/acara/saya/\S+/", letter)[0]


def test_a_session_is_announced_asked_voted_answered_and_remembered(browse):
    pia = a_colleague("pia@contoh.example", Role.PREPARER, name="Pia")
    rudi = a_colleague("rudi@contoh.example", Role.PUBLISHER, name="Rudi")
    alya = an_account("alya@contoh.example")
    vacancy = Vacancy()
    vacancy.draft(alya, nik="9901011505950001")
    event = an_event(
        pia, rudi, at=timezone.now(), recruitment=vacancy.recruitment, title="Sosialisasi di Balai Kelurahan",
        access=["ramp", "sign"], entrance="Pintu depan tanpa tangga.", language_help="Ada juru bahasa isyarat.",
    )  # fmt: skip
    siti, budi, desk = browse(), browse(javascript=False), browse()

    # Announced: from the list to the session, with how to get in; a seat without an account.
    siti.goto("/acara/")
    healthy(siti, *BOTH)
    siti.get_by_role("link", name=event.title).click()
    siti.get_by_text("Ada juru bahasa isyarat.").wait_for()
    healthy(siti, *BOTH)
    picture(siti, "acara")
    siti.get_by_role("link", name="Daftar untuk datang").click()
    siti.get_by_label("Alamat surel").fill("siti@warga.example")
    healthy(siti, *BOTH)
    siti.get_by_role("button", name="Daftar untuk datang").click()
    siti.get_by_role("heading", name="Periksa surel Anda").wait_for()
    siti.goto(link_in(newest_letter("siti@warga.example")))
    siti.get_by_role("button", name="Pastikan").click()
    siti.get_by_text("Dapat kursi").wait_for()
    healthy(siti, *BOTH)

    # Asked; it shows once its writer says yes.
    siti.goto(f"/acara/{event.slug}/tanya/")
    healthy(siti, *BOTH)
    siti.get_by_role("link", name="Ajukan pertanyaan").click()
    siti.get_by_role("button", name="Kirim pertanyaan").click()
    siti.get_by_role("alert").get_by_text("Tulis pertanyaan Anda.").wait_for()
    siti.get_by_label("Pertanyaan Anda").fill("Ijazah saya hilang. Boleh memakai surat keterangan?")
    siti.get_by_label("Alamat surel Anda").fill("siti@warga.example")
    healthy(siti, *BOTH)
    siti.get_by_role("button", name="Kirim pertanyaan").click()
    siti.get_by_role("heading", name="Satu langkah lagi").wait_for()
    siti.goto(link_in(newest_letter("siti@warga.example")))
    healthy(siti, *BOTH)
    siti.get_by_role("button", name="Benarkan").click()
    siti.get_by_text("tampil", exact=True).wait_for()

    # Somebody on an old phone, without JavaScript, wants to know it too.
    budi.goto(f"/acara/{event.slug}/")
    budi.get_by_role("link", name="Saya juga ingin tahu").click()
    budi.get_by_label("Alamat surel Anda").fill("budi+acara@warga.example")
    budi.get_by_role("button", name="Saya juga ingin tahu").click()
    budi.get_by_role("heading", name="Satu langkah lagi").wait_for()
    budi.goto(link_in(newest_letter("budi+acara@warga.example")))
    budi.get_by_role("button", name="Benarkan").click()
    budi.get_by_text("terhitung").wait_for()
    budi.goto(f"/acara/{event.slug}/tanya/")
    budi.get_by_text("1 dukungan").wait_for()

    # The moderator's phone during the session: what comes shows by itself, unless somebody is writing.
    sign_in(desk, rudi)
    desk.clock.install()
    desk.goto("/kelola/acara/")
    healthy(desk, *BOTH)
    desk.get_by_role("link", name="Kelola Sosialisasi").click()
    healthy(desk, *BOTH)
    desk.get_by_role("link", name="Pertanyaan: baca, jawab, sembunyikan").click()
    healthy(desk, *BOTH)
    desk.locator("#daftar h2").first.wait_for()
    desk.get_by_role("link", name="Jawab untuk semua").focus()
    a_question(event, at=timezone.now(), address="citra@warga.example", text="Kapan tesnya?")
    desk.clock.run_for(10_000)
    desk.get_by_text("Daftar diperbarui.").wait_for()
    assert "Ijazah saya hilang" in desk.evaluate("document.activeElement.innerText")
    desk.locator("#daftar summary").last.click()
    a_question(event, at=timezone.now(), address="dewi@warga.example", text="Di mana parkirnya?")
    desk.clock.run_for(10_000)
    desk.get_by_text("Ada yang baru.").wait_for()
    assert desk.get_by_text("Di mana parkirnya?").count() == 0
    healthy(desk, *BOTH)
    desk.get_by_role("link", name="Muat yang terbaru").click()
    desk.get_by_text("Di mana parkirnya?").first.wait_for()
    desk.get_by_role("link", name="Jawab untuk semua").first.click()
    healthy(desk, *BOTH)
    desk.get_by_label("Pertanyaan seperti tampil di lowongan").fill("Ijazah hilang, boleh surat keterangan?")
    desk.get_by_label("Jawaban").fill("Boleh, dari sekolah yang menerbitkan ijazah.")
    desk.get_by_role("button", name="Terbitkan jawaban").click()
    desk.get_by_text("dijawab", exact=True).wait_for()

    # Read at the session, at the vacancy, in its feed, and in letters to the asker, the voter and the applicant.
    siti.goto(f"/acara/{event.slug}/tanya/")
    siti.reload()  # a browser may keep the page for a minute
    healthy(siti, *BOTH)
    siti.get_by_role("link", name="Mengikat. Tampil di semua lowongan").click()
    siti.get_by_text("Boleh, dari sekolah yang menerbitkan ijazah.").wait_for()
    healthy(siti, *BOTH)
    siti.goto(f"/lowongan/{vacancy.formation.slug}/")
    siti.get_by_text("Boleh, dari sekolah yang menerbitkan ijazah.").wait_for()
    healthy(siti, *BOTH)
    feed = feedparser.parse(BytesIO(siti.request.get(f"/lowongan/{vacancy.formation.slug}.atom").body()))
    assert "Ijazah hilang" in feed.entries[0].title
    clarification_letters.tell_due(timezone.now())
    for address in ("siti@warga.example", "budi+acara@warga.example", alya.email):
        assert "Boleh, dari sekolah" in newest_letter(address)

    # The day before: a letter to whoever has a seat, with the way to give it back.
    registrations.remind_due(event.starts_at - DAY / 2)
    reminder = newest_letter("siti@warga.example")
    assert "Pintu depan tanpa tangga." in reminder
    siti.goto(link_in(reminder))
    siti.get_by_role("button", name="Tidak jadi datang").click()
    siti.get_by_role("button", name="Tidak jadi datang").wait_for(state="detached")
    event.refresh_from_db()
    assert event.taken == 0

    # Where sessions took place, and where applicants come from.
    siti.goto("/acara/")
    siti.get_by_role("link", name="Kecamatan mana yang sudah didatangi").click()
    siti.get_by_role("rowheader", name="Kota Lama").wait_for()
    healthy(siti, *BOTH)
    siti.get_by_role("link", name="Keterbukaan", exact=True).first.click()
    siti.get_by_role("link", name="Cakupan acara").wait_for()
