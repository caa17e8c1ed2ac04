"""A test that counts in a real browser: two officers open it, a phone takes it, and the network is lost in the middle."""

import time

from django.test import Client
from django.utils import timezone

from exams.actions import keeping
from exams.actions import sitting as sittings
from exams.models import Answer, Sitting
from tests.exams.local_room import MINUTE, Hall
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.parts import enrol, make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(page, address: str, user):
    """The page with a session of `user` whose second factor is fresh."""
    browser = Client()
    enrol(user)
    browser.force_login(user, backend=BACKEND)
    session = browser.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
    session.save()
    page.context.add_cookies([{"name": "sesi", "value": browser.cookies["sesi"].value, "url": address}])
    return page


def test_two_open_it_a_phone_takes_it_offline_in_the_middle_and_the_office_hands_the_scores_on(browse, address):
    hall = Hall(3)
    desk = f"/kelola/ujian/{hall.session.slug}/"
    pia, rudi, rina = (
        signed_in(browse(size=DESKTOP), address, one) for one in (hall.pia, hall.rudi, hall.room_officer)
    )
    pia.goto("/kelola/ujian/")
    healthy(pia, DESKTOP, PHONE)
    for page in (pia, rudi):
        page.goto(desk)
        page.get_by_role("button", name="Buka bagian saya").click()
        page.get_by_text("dibuka").first.wait_for()
    healthy(rudi, DESKTOP, PHONE)
    hall.passes(2 * MINUTE)
    room = hall.session.rooms.index(hall.seat().room)
    rina.goto(f"{desk}ruang/{room}/")
    healthy(rina, DESKTOP, PHONE)
    number, code = hall.seat().application.participant_number, hall.seat().code
    assert rina.get_by_role("cell", name=code, exact=True).is_visible()

    phone = browse()
    phone.goto(f"/ujian/?nomor={number}")
    healthy(phone, PHONE, DESKTOP)
    phone.get_by_label("Kode dari petugas ruang").fill(code)
    phone.get_by_role("button", name="Masuk ujian").click()
    phone.get_by_role("button", name="Mulai ujian").wait_for()
    healthy(phone, PHONE, DESKTOP)
    phone.get_by_role("button", name="Mulai ujian").click()
    phone.locator("[data-cat][data-ready]").wait_for()
    healthy(phone, PHONE, DESKTOP)
    phone.get_by_label("A.", exact=False).first.check()
    phone.get_by_text("Soal 1 tersimpan").wait_for()

    phone.context.set_offline(True)
    for n in (2, 3):
        phone.get_by_role("button", name="Simpan dan lanjut").click()
        phone.get_by_role("heading", name=f"Soal {n} dari 9").wait_for()
        phone.get_by_label("B.", exact=False).first.check()
    phone.get_by_text("Jaringan terputus").wait_for()
    assert Answer.objects.count() == 1
    phone.context.set_offline(False)
    phone.get_by_text("Soal 3 tersimpan").wait_for()
    sat = Sitting.objects.get()
    assert [one.position for one in sat.answers.order_by("number")] == [1, 2, 3]

    phone.get_by_role("link", name="Akhiri ujian").click()
    healthy(phone, PHONE, DESKTOP)
    phone.get_by_role("button", name="Akhiri dan lihat nilai").click()
    phone.get_by_role("heading", name="Nilai ujian Anda").wait_for()
    healthy(phone, PHONE, DESKTOP)
    sat.refresh_from_db()
    assert len(sittings.latest(sat)) == sat.score["total"]["answered"] == 3

    hall.passes(31 * MINUTE)
    keeping.keep(timezone.now())
    pia.goto(desk)
    healthy(pia, DESKTOP, PHONE)
    pia.get_by_role("button", name="Serahkan nilai").click()
    pia.get_by_text("Menunggu pengesahan", exact=True).wait_for()  # the tag beside the file
    assert hall.story.stage.batches.get().rows == 3


def test_whoever_applied_goes_from_the_own_application_to_the_test_with_the_account(browse, address):
    alya = make_user("alya@pelamar.example", name="Alya")
    hall = Hall(2, owners=[alya], own_devices=True).open()
    phone = browse()
    browser = Client()
    browser.force_login(alya, backend=BACKEND)
    phone.context.add_cookies([{"name": "sesi", "value": browser.cookies["sesi"].value, "url": address}])

    phone.goto(f"/lamaran/{hall.story.people[0].ref}/pantau/")
    healthy(phone, PHONE, DESKTOP)
    phone.get_by_role("link", name="Lihat waktu dan kursi ujian Anda").click()
    phone.get_by_role("button", name="Masuk dengan akun ini").wait_for()
    healthy(phone, PHONE, DESKTOP)
    phone.get_by_role("button", name="Masuk dengan akun ini").click()
    phone.get_by_role("button", name="Mulai ujian").click()
    phone.get_by_role("heading", name="Soal 1 dari 9").wait_for()
    phone.goto("/ujian/")
    healthy(phone, PHONE, DESKTOP)

    assert phone.get_by_role("link", name="Lanjutkan ujian").is_visible()
