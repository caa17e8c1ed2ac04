"""A citizen watches what happens right now; the page renews itself, and works without a script."""

from django.utils import timezone

from oversight.actions import hold as holds
from tests.journeys.conftest import DESKTOP, PHONE, healthy, picture
from tests.oversight.story import make_watch
from tests.oversight.test_live import a_busy_city
from tests.parts import DAY
from vacancies.models import Stage

BOTH = (PHONE, DESKTOP)


def test_a_citizen_watches_a_hold_appear_on_an_open_page(browse):
    a_busy_city(2)
    watch = make_watch()
    now = timezone.now()
    Stage.objects.filter(pk=watch.stage.pk).update(
        opens_at=now - 9 * DAY, closes_at=now - DAY, announce_at=now + 2 * DAY
    )
    citizen, plain = browse(), browse(javascript=False, size=DESKTOP)

    citizen.goto("/")
    citizen.get_by_role("link", name="Buka ruang pantau").click()
    citizen.get_by_role("heading", name="Ruang pantau").wait_for()
    assert citizen.get_by_text("Tidak ada pengumuman yang ditahan.").is_visible()
    healthy(citizen, *BOTH)
    picture(citizen, "ruang-pantau")
    holds.place(watch.stage, reason="Kami periksa dahulu.", by=watch.oka, at=timezone.now())

    citizen.get_by_text("Kami periksa dahulu.").wait_for(timeout=30_000)  # nobody reloaded

    plain.goto("/pantau/")
    assert plain.get_by_text("Kami periksa dahulu.").is_visible()
    assert plain.get_by_role("link", name="Muat ulang").is_visible()
    healthy(citizen, *BOTH)
