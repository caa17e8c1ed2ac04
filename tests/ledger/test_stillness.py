"""Facts that wait and are not signed are noticed by who watches the portal and by the night."""

import io
import logging
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ledger import stillness, tasks
from ledger.actions import record, recording, sequencer, signing
from tests.roles import working_as

pytestmark = pytest.mark.usefixtures("own_database")
LONG = stillness.PATIENCE + timedelta(minutes=1)


def a_fact(at):
    return record.append("hold.placed", at=at, recruitment="cpns", stage="skd", hold=1)


def test_a_fact_that_waits_a_moment_is_no_alarm():
    now = timezone.now()
    a_fact(now)

    assert stillness.since(now) is None
    assert stillness.since(now + timedelta(minutes=9)) is None


def test_a_fact_that_waits_longer_than_ten_minutes_is_one():
    now = timezone.now()
    a_fact(now)

    assert stillness.since(now + LONG) == now


def test_an_entry_that_nobody_signs_is_one():
    """A signer that is gone: the fact found its place, but no reader sees it."""
    now = timezone.now()
    a_fact(now)
    sequencer.sequence(now)

    assert stillness.since(timezone.now()) is None
    assert stillness.since(timezone.now() + LONG) >= now


def test_after_it_was_signed_all_is_well_for_ever():
    now = timezone.now()
    a_fact(now)
    recording.record_waiting(now)

    assert stillness.since(now) is None
    assert stillness.since(now + timedelta(days=9)) is None


def test_what_was_signed_a_moment_ago_answers_for_an_old_fact_that_comes_late():
    now = timezone.now()
    a_fact(now)
    recording.record_waiting(now)
    a_fact(now - timedelta(days=2))

    assert stillness.since(now + timedelta(minutes=1)) is None
    assert stillness.since(now + LONG) is not None


def test_a_fact_that_was_put_aside_waits_for_nobody():
    now = timezone.now()
    fact = a_fact(now)
    fact.refused = "for this test"
    fact.save()

    assert stillness.since(now + LONG) is None


def test_readyz_says_so_in_a_word_and_stays_in_service(client):
    with working_as("portal_app"):
        well = client.get("/readyz")
    a_fact(timezone.now() - LONG)
    with working_as("portal_app"):
        still = client.get("/readyz")

    assert (well.status_code, well.content) == (200, b"ok\n")
    assert (still.status_code, still.content) == (200, b"record\n")
    assert still["Cache-Control"] == "no-store"


def test_the_night_reports_a_record_that_stands_still(caplog, monkeypatch):
    recording.record_waiting(timezone.now())
    a_fact(timezone.now() - LONG)
    monkeypatch.setattr(signing, "_program", lambda: ["/nowhere"])
    said = io.StringIO()

    with pytest.raises(CommandError, match="tidak bergerak"):
        call_command("verify_record", stdout=said, stderr=said)
    with working_as("portal_work"):
        tasks.verify_record()

    assert "facts have waited to be signed since" in said.getvalue()
    assert [one.levelno for one in caplog.records] == [logging.ERROR]
    assert "tidak bergerak" in caplog.text
