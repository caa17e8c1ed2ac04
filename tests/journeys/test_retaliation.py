"""Somebody who reported asks on a phone to be watched over, is moved, the team sees it, and the person takes it back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from tests.journeys.conftest import DESKTOP, PHONE, healthy
from tests.journeys.people import a_colleague, an_account, sign_in
from tests.journeys.test_keyboard import press_until
from tests.parts import make_team
from tests.workforce.serving import a_position, a_unit, an_employee
from workforce.models import Appointment, Level

BOTH = (PHONE, DESKTOP)


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_who_reported_is_watched_over_until_they_say_no(browse, scripts):
    now = timezone.now()
    oka = a_colleague("oka@tim.example", Role.OVERSEER, name="Oka")
    make_team(oka, at=now)
    sinta = an_account("sinta@kota.example")
    unit = a_unit("Bidang Pendaftaran", a_unit("Dinas Kependudukan"))
    person = an_employee(
        a_position(unit, "Kepala Bidang", Level.ADMINISTRATOR), user=sinta, name="Sinta Rahayu", at=now
    )
    page, team = browse(javascript=scripts), browse(size=DESKTOP)

    def look():
        if scripts:  # without scripts the checks themselves cannot run
            healthy(page, *BOTH)

    # From the own profile, with nothing but the keyboard where there is one; without the consent nothing happens.
    sign_in(page, sinta)
    page.goto("/asn/saya/")
    page.get_by_role("link", name="Pernah melapor?").click()
    look()
    page.get_by_label("Laporan kepada tim pengawas").check()
    page.get_by_label("Kapan Anda melapor?").fill((timezone.localdate() - timedelta(days=30)).isoformat())
    page.get_by_role("button", name="Minta tim menjaga saya").click()
    page.get_by_text("Tanpa persetujuan Anda").first.wait_for()
    look()
    if scripts:
        press_until(page, "Saya setuju", tag="INPUT")
        page.keyboard.press("Space")
        press_until(page, "Minta tim menjaga saya", tag="BUTTON")
        page.keyboard.press("Enter")
    else:
        page.get_by_label("Saya setuju").check()
        page.get_by_role("button", name="Minta tim menjaga saya").click()
    page.get_by_text("Tim pengawas menjaga Anda.").first.wait_for()
    look()

    # A lower post by decree; the team sees it and writes down what it thinks.
    today = timezone.localdate()
    person.appointments.update(until=today - timedelta(days=1))
    Appointment.objects.create(
        employee=person, position=a_position(unit, "Arsiparis"), since=today, decree="SK/77/2026", by=oka, at=now
    )
    sign_in(team, oka)
    team.goto("/pengawasan/ruang/")
    team.get_by_role("link", name="Jaga pelapor").click()
    team.get_by_text("Jabatan lebih rendah: belum dinilai").wait_for()
    healthy(team, *BOTH)
    team.get_by_role("link", name="Sinta Rahayu").click()
    team.get_by_text("untuk orang ini saja").wait_for()
    healthy(team, *BOTH)
    team.get_by_role("button", name="Simpan penilaian").click()
    team.get_by_role("alert").get_by_text("Tulis apa yang Anda periksa.").wait_for()
    healthy(team, *BOTH)
    team.get_by_label("Penilaian").select_option("act")
    team.get_by_label("Yang diperiksa").fill("Tidak ada hasil evaluasi sebelum keputusan ini.")
    team.get_by_role("button", name="Simpan penilaian").click()
    team.get_by_text("Tidak ada hasil evaluasi sebelum keputusan ini.").wait_for()
    healthy(team, *BOTH)

    # Taken back: nothing is left.
    page.get_by_role("button", name="Tarik dan hapus").click()
    page.get_by_role("button", name="Minta tim menjaga saya").wait_for()
    look()
    team.goto("/pengawasan/ruang/jaga/")
    team.get_by_text("Belum ada yang meminta.").wait_for()
    healthy(team, *BOTH)
