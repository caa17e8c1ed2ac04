"""What a phone on a slow network has to fetch, what a printer gets, and that nothing is written into the page."""

import io

import pikepdf
import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from exams.actions import shipped
from selection.actions import keeping
from tests.journeys.conftest import PHONE, served
from tests.journeys.people import an_account, sign_in
from tests.parts import DAY
from tests.selection.applying import Vacancy
from tests.selection.story import Stage
from vacancies.models import Stage as VacancyStage

MOST_BYTES, MOST_REQUESTS = 60 * 1024, 6
# Scripts that run and styles that apply without a file of their own; data blocks are neither.
INLINE = """() => [
    ...[...document.scripts].filter(one => !one.src && (!one.type || /javascript|module/.test(one.type))),
    ...document.querySelectorAll('style, [style], [onclick], [onload], [onsubmit], [onchange]'),
].filter(one => !one.closest('svg')).map(one => one.outerHTML.slice(0, 120))"""


class Meter:
    """What the network carried for one page, as Chromium counts it."""

    def __init__(self, page):
        self.wire = page.context.new_cdp_session(page)
        self.bytes = self.requests = 0
        self.wire.on("Network.loadingFinished", self._count)
        self.wire.send("Network.enable")
        self.wire.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _count(self, event):
        self.bytes += event["encodedDataLength"]
        self.requests += 1

    def reset(self):
        self.bytes = self.requests = 0


@pytest.fixture
def address(own_database, settings, tmp_path):
    """The portal with its style sheets collected and compressed, as a real server hands them out."""
    settings.STATIC_ROOT = tmp_path / "static"
    compressed = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": compressed}
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["admin", "account", "mfa"])
    with served(get_wsgi_application(), settings) as found:
        yield found


@pytest.fixture
def published(address):
    """An applicant with a result that is public, and an open vacancy."""
    now = timezone.now()
    alya = an_account("alya@pelamar.example")
    story = Stage(people=300, owners=[alya])
    VacancyStage.objects.filter(pk=story.stage.pk).update(opens_at=now - 9 * DAY, closes_at=now - DAY, announce_at=now)
    story.stage.refresh_from_db()
    story.ready()
    keeping.keep(timezone.now())
    story.alya, story.number = alya, story.stage.announcements.get().number
    story.open = Vacancy().formation
    return story


def test_the_first_view_of_every_main_page_is_light_and_holds_nothing_inline(browse, published):
    page = browse(size=PHONE)
    sign_in(page, published.alya)
    meter = Meter(page)
    for path in (
        "/",
        "/lowongan/",
        f"/lowongan/{published.open.slug}/",
        f"/pengumuman/{published.number}/",
        f"/pengumuman/{published.number}/v1/",
        f"/lamaran/{published.people[0].ref}/pantau/",
    ):
        meter.reset()
        page.goto(path, wait_until="load")

        assert 0 < meter.bytes <= MOST_BYTES, (path, meter.bytes)
        assert 0 < meter.requests <= MOST_REQUESTS, (path, meter.requests)
        assert not page.evaluate(INLINE), path


def test_a_practice_is_light_from_the_first_page_to_the_question(browse, address):
    shipped.load(at=timezone.now())
    page = browse(size=PHONE)
    meter = Meter(page)
    page.goto("/latihan-cat/", wait_until="load")
    assert 0 < meter.bytes <= MOST_BYTES and 0 < meter.requests <= MOST_REQUESTS

    page.goto("/latihan-cat/mulai/skd-110/")
    page.get_by_role("button", name="Mulai sekarang").click()
    page.locator("[data-ready]").wait_for()
    meter.reset()
    page.reload()
    page.locator("[data-ready]").wait_for()

    assert 0 < meter.bytes <= MOST_BYTES, meter.bytes
    assert 0 < meter.requests <= MOST_REQUESTS, meter.requests
    assert not page.evaluate(INLINE)


def test_a_printed_announcement_is_a4_and_leaves_out_what_paper_cannot_use(browse, published):
    page = browse(javascript=True)
    page.goto(f"/pengumuman/{published.number}/v1/")
    page.emulate_media(media="print")

    shown = {name: page.locator(name).first.is_visible() for name in ("h1", "table", ".top nav", "form", ".strip")}
    sheet = pikepdf.open(io.BytesIO(page.pdf(prefer_css_page_size=True)))

    assert shown == {"h1": True, "table": True, ".top nav": False, "form": False, ".strip": False}
    width, height = (float(size) for size in sheet.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (595, 842)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
