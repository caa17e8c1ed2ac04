"""A real Chromium before the real portal, on a database of its own."""

import os
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import sync_playwright

from portal.files import PublicFiles

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's own loop runs in the thread of the tests
PHONE, DESKTOP = {"width": 360, "height": 780}, {"width": 1280, "height": 900}
PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"


TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LAYOUT_RULES = ["target-size", "scrollable-region-focusable", "link-in-text-block"]

# The elements that stick out of the screen, for the message of a failing test.
WIDE = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > innerWidth && !one.closest('.scroll'))
    .map(one => `${one.tagName}.${one.className} ${one.textContent.slice(0, 60)}`)"""


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        """Says nothing: the tests say what went wrong."""


@contextmanager
def served(application, settings):
    """`application` on a free port of the loopback, for as long as the block lasts."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(PublicFiles(application, settings.PUBLIC_ROOT))
    server.daemon_threads = True
    settings.SITE_URL = f"http://127.0.0.1:{server.server_port}"
    settings.CSRF_TRUSTED_ORIGINS = [settings.SITE_URL]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield settings.SITE_URL
    server.shutdown()
    server.server_close()


@pytest.fixture
def address(own_database, settings):
    """The portal, serving its style sheets from where they are written."""
    with served(StaticFilesHandler(get_wsgi_application()), settings) as found:
        yield found


@pytest.fixture(scope="session")
def chromium():
    path = shutil.which("chromium")
    assert path, "The browser journeys need Chromium (Debian package: chromium)."
    arguments = ["--disable-gpu", "--disable-background-networking"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium, address):
    """Opens a page of a fresh visitor: browse(javascript=…, size=…)."""
    contexts = []

    def open_page(*, javascript=True, size=PHONE):
        context = chromium.new_context(java_script_enabled=javascript, viewport=size, base_url=address, locale="id-ID")
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.has_javascript = javascript
        return page

    yield open_page
    for context in contexts:
        context.close()


def healthy(page, *sizes) -> None:
    """No axe violation (WCAG 2.2 A and AA), nothing wider than the screen; at each of `sizes` when they are given."""
    assert getattr(page, "has_javascript", True), (
        "axe would wait for ever in a page without JavaScript: look at it in another"
    )
    page.wait_for_load_state()  # a click returns before the style sheet of the next page is there
    before = page.viewport_size
    for position, size in enumerate(sizes or (before,)):
        if size != page.viewport_size:
            page.set_viewport_size(size)
        _no_violation(page, LAYOUT_RULES if position else None)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.evaluate(WIDE)
    if page.viewport_size != before:
        page.set_viewport_size(before)


def _no_violation(page, rules) -> None:
    """Of all rules, or of `rules` alone: what does not depend on the width was looked at before."""
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
    found = Axe().run(page, options={"runOnly": only, "resultTypes": ["violations"]})
    problems = [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found.response["violations"]]
    assert not problems, f"{page.url}: {problems}"


def picture(page, name: str) -> None:
    """Keep a screenshot for the README when it is asked for (SCREENSHOTS=1)."""
    if os.environ.get("SCREENSHOTS"):
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png")
