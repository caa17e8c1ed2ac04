"""The keeper looks every five minutes whether the portal answers; the last three days of a registration count."""

from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from django.db import DatabaseError, transaction

from oversight.actions import probing
from oversight.indicators import MEASURES
from oversight.models import Probe
from tests.parts import DAY, make_recruitment, make_stage, make_user
from tests.roles import working_as

MINUTE = timedelta(minutes=1)
OPENS = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("own_database")


class Portal(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_given):
        """Nothing: what it was asked is not this test's output."""


@pytest.fixture
def portal(settings):
    """A portal that answers; its status may be changed."""
    server = HTTPServer(("127.0.0.1", 0), type("Own", (Portal,), {}))
    Thread(target=server.serve_forever, daemon=True).start()
    settings.PROBE_URL = f"http://127.0.0.1:{server.server_port}/readyz"
    yield server.RequestHandlerClass
    server.shutdown()
    server.server_close()


def counted(measure: str, at) -> list[tuple]:
    return [(one, of) for _period, one, of, *_times in MEASURES[measure].months(at, "Asia/Jakarta", "year")]


def test_an_answer_an_error_and_silence_are_written_down_once_in_five_minutes(portal, settings):
    with working_as("portal_seq"):
        assert probing.probe_due(OPENS + MINUTE) == 1
        assert probing.probe_due(OPENS + 4 * MINUTE) == 0
        portal.status = 503
        assert probing.probe_due(OPENS + 5 * MINUTE) == 1
        settings.PROBE_URL = "http://127.0.0.1:1/readyz"
        assert probing.probe_due(OPENS + 10 * MINUTE) == 1

    assert list(Probe.objects.order_by("slot").values_list("slot", "answered")) == [
        (OPENS, True), (OPENS + 5 * MINUTE, False), (OPENS + 10 * MINUTE, False)
    ]  # fmt: skip


def test_no_page_writes_that_it_was_there_and_nobody_rewrites_it(portal):
    probing.probe_due(OPENS)

    with working_as("portal_app"), pytest.raises(DatabaseError), transaction.atomic():
        Probe.objects.create(slot=OPENS + DAY, answered=True, took=1)
    with pytest.raises(DatabaseError), transaction.atomic():
        Probe.objects.update(answered=True)


def test_the_last_three_days_count_and_a_slot_without_a_look_is_one_without_an_answer():
    recruitment = make_recruitment(published_by=make_user("rudi@contoh.example"), at=OPENS)
    stage = make_stage(recruitment, "registration", 1, opens_at=OPENS, days=10)
    early = make_recruitment(published_by=make_user("rini@contoh.example"), at=OPENS - 30 * DAY)
    make_stage(early, "registration", 1, opens_at=OPENS - 30 * DAY, days=10)  # before anybody looked
    begin = stage.closes_at - 3 * DAY
    slots = [OPENS, *(begin + 5 * n * MINUTE for n in range(700))]
    Probe.objects.bulk_create(Probe(slot=slot, answered=n != 1, took=9) for n, slot in enumerate(slots))

    assert counted("tersedia", stage.closes_at - MINUTE) == []
    assert counted("tersedia", stage.closes_at) == [(699, 3 * 24 * 12)]


@pytest.mark.parametrize(
    ("kind", "days", "met"), [("cpns", 14, 0), ("cpns", 15, 1), ("contract", 6, 0), ("contract", 7, 1)]
)
def test_a_registration_is_long_enough_by_the_calendar_days_of_its_kind(kind, days, met):
    recruitment = make_recruitment(published_by=make_user("rudi@contoh.example"), at=OPENS, kind=kind)
    stage = make_stage(recruitment, "registration", 1, opens_at=OPENS - DAY, closes_at=OPENS + (days - 1) * DAY)

    assert counted("masa-pendaftaran", stage.closes_at) == [(met, 1)]
