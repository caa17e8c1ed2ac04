"""A message to many: one writes and tries it out, another approves, a colleague pauses it, and it goes on."""

from django.core import mail
from django.utils import timezone

from accounts.roles import Role
from publishing.actions import delivery, mailing
from publishing.models import Delivery, Mailing
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.people import a_colleague, sign_in
from tests.parts import DAY, make_application, make_formation, make_recruitment, make_user

BOTH = (PHONE, DESKTOP)


def test_a_message_goes_out_after_two_people_and_waits_while_one_says_so(browse, own_database):
    pia = a_colleague("pia@kota.example", Role.PREPARER, name="Pia")
    rudi = a_colleague("rudi@kota.example", Role.PUBLISHER, name="Rudi")
    vera = a_colleague("vera@kota.example", Role.VERIFIER, name="Vera")
    recruitment = make_recruitment(published_by=rudi, name="CPNS Kota Contoh 2026")
    formation = make_formation(recruitment)
    for n in range(12):
        make_application(formation, make_user(f"pelamar{n}@warga.example"))
    make_application(formation)  # from the national portal, without an account here

    writer = browse()
    sign_in(writer, pia)
    writer.goto("/kelola/")
    writer.get_by_role("link", name="Pesan untuk pelamar").click()
    healthy(writer, *BOTH)
    writer.get_by_label("Pengadaan").select_option(recruitment.slug)
    writer.get_by_role("button", name="Tulis pesan").click()
    writer.get_by_role("button", name="Simpan rancangan").click()
    writer.get_by_role("alert").wait_for()
    healthy(writer, *BOTH)
    writer.get_by_label("Judul").fill("Tempat ujian pindah")
    writer.get_by_label("Isi").fill("Ujian pindah ke Gedung B, Jalan Mawar 2.\nJamnya tetap.")
    writer.get_by_label("Surat berangkat mulai pukul").fill("00:00")
    writer.get_by_label("Surat berangkat sampai pukul").fill("23:59")
    writer.get_by_role("button", name="Simpan rancangan").click()
    writer.get_by_role("button", name="Jalankan uji coba").click()
    assert writer.get_by_text("12 orang akan menerima. Belum ada yang dikirim.").is_visible()
    assert writer.get_by_text("tidak punya akun di portal ini").is_visible()
    assert writer.get_by_role("cell", name="p•••@w•••.example").count() == 10
    assert writer.get_by_role("link", name="Periksa dan sahkan").count() == 0
    healthy(writer, *BOTH)
    assert not Delivery.objects.exists()

    second = browse()
    sign_in(second, rudi)
    second.goto(writer.url)
    second.get_by_role("link", name="Periksa dan sahkan").click()
    healthy(second, *BOTH)
    second.get_by_role("button", name="Sahkan dan kirim").click()
    second.get_by_text("Anda masih bisa menjedanya di sini").wait_for()
    healthy(second, *BOTH)

    colleague = browse(javascript=False)
    sign_in(colleague, vera)
    colleague.goto("/kelola/")
    colleague.get_by_role("link", name="Surat massal").click()
    colleague.get_by_role("link", name="Tempat ujian pindah").click()
    assert colleague.get_by_role("button", name="Hentikan selamanya").count() == 0
    colleague.get_by_role("button", name="Jeda").click()
    assert colleague.get_by_text("Tulis alasannya.").first.is_visible()
    colleague.get_by_label("Alasan").fill("Nama jalannya salah?")
    colleague.get_by_role("button", name="Jeda").click()
    assert colleague.get_by_text("Tidak ada surat yang berangkat").is_visible()
    delivery.deliver_due(timezone.now())
    assert mail.outbox == []
    colleague.get_by_label("Alasan").fill("Sudah diperiksa, benar.")
    colleague.get_by_role("button", name="Lanjutkan").click()

    delivery.deliver_due(Mailing.objects.get().next_opening(timezone.now() + DAY / 24))
    mailing.end_finished(timezone.now())
    second.goto(f"/kelola/surat-massal/{Mailing.objects.get().pk}/")
    assert second.get_by_text("Nama jalannya salah?").is_visible()
    assert second.locator("dl.summary dd").nth(1).inner_text().startswith("12")
    healthy(second, *BOTH)
    second.goto("/kelola/surat-massal/")
    healthy(second, *BOTH)
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 12
