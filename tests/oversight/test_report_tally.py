"""Reports are counted by the hour into the record, so that one that disappears is noticed, and nothing else is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.models import Pending
from oversight.actions import report_tally
from oversight.actions import reports as citizen
from oversight.invariants import look
from oversight.models import Report, ReportMessage, ReportTally
from tests.oversight.breaking import undone
from tests.oversight.reporting import a_team_key, handed_in
from tests.oversight.story import together
from tests.roles import working_as

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ONE = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)  # a full hour


@pytest.fixture
def code(watch):
    """The code of a report that came in at twenty past twelve, and was counted."""
    a_team_key(watch.oka)
    code = handed_in(at=ONE - 40 * MINUTE)
    report_tally.tally_due(ONE + 10 * MINUTE)
    return code


def offending() -> int:
    return look("citizen_reports_stay", ONE).offending + look("recorded_tallies_stay", ONE).offending


def test_an_hour_is_counted_when_what_came_in_its_last_second_is_written(watch, code):
    assert report_tally.tally_due(ONE + HOUR + 9 * MINUTE) == 0
    assert report_tally.tally_due(ONE + HOUR + 10 * MINUTE) == 1
    assert report_tally.tally_due(ONE + HOUR + 59 * MINUTE) == 0

    first, second = ReportTally.objects.all()
    assert (first.until, first.reports, first.messages) == (ONE, 1, 1)
    assert (second.since, second.until, second.reports) == (ONE, ONE + HOUR, 0)
    assert offending() == 0


def test_hours_that_were_missed_are_counted_together(watch, code):
    citizen.say(code, text="Masih menunggu.", images=[], at=ONE + 2 * HOUR)

    report_tally.tally_due(ONE + 5 * HOUR)

    last = ReportTally.objects.latest()
    assert (last.since, last.until, last.reports, last.messages) == (ONE, ONE + 4 * HOUR, 0, 1)
    assert offending() == 0


def test_the_record_says_the_hour_and_a_digest_that_looks_the_same_for_nothing_and_for_something(watch, code):
    for hours in (1, 2):
        report_tally.tally_due(ONE + hours * HOUR + 10 * MINUTE)

    bodies = [one.fact["body"] for one in Pending.objects.filter(kind="reports.tallied").order_by("pk")]

    assert [set(body) for body in bodies] == [{"until", "digest"}] * 3
    assert [body["until"] for body in bodies] == [
        "2026-11-02T06:00:00Z",
        "2026-11-02T07:00:00Z",
        "2026-11-02T08:00:00Z",
    ]
    assert len({body["digest"] for body in bodies}) == 3, "two empty hours are not alike"


@pytest.mark.parametrize(
    "act",
    [
        "DELETE FROM oversight_reportmessage",
        "DELETE FROM oversight_reportmessage; DELETE FROM oversight_report",
        "UPDATE oversight_report SET received_at = received_at - interval '1 hour'",
        "DELETE FROM oversight_reporttally",
        "UPDATE oversight_reporttally SET digest = repeat('0', 64)",
    ],
)
def test_whoever_holds_the_database_deletes_nothing_unseen(watch, code, act):
    report_tally.tally_due(ONE + HOUR + 10 * MINUTE)

    with undone() as cursor:
        cursor.execute(act)
        assert offending() > 0

    assert offending() == 0


def test_a_report_that_was_deleted_before_its_hour_was_counted_is_not_missed(watch):
    """What this cannot see; docs/security.md says so."""
    a_team_key(watch.oka)
    handed_in(at=ONE - 40 * MINUTE)

    with undone() as cursor:
        cursor.execute("DELETE FROM oversight_reportmessage; DELETE FROM oversight_report")
        assert report_tally.tally_due.__wrapped__(ONE + 10 * MINUTE) == 1
        assert offending() == 0


def test_a_report_that_is_put_into_a_counted_hour_is_noticed_too(watch, code):
    handed_in(at=ONE - 20 * MINUTE)

    assert offending() > 0


def test_what_is_forgotten_after_its_time_is_still_counted(watch, code):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE oversight_reportmessage SET sealed_for_team = ''")

    assert offending() == 0


def test_two_keepers_count_an_hour_once(watch):
    assert together(*[lambda: report_tally.tally_due(ONE + 10 * MINUTE)] * 2) == [None, None]
    assert ReportTally.objects.count() == Pending.objects.filter(kind="reports.tallied").count() == 1


@pytest.mark.parametrize("role", ["portal_seq", "portal_work"])
def test_the_processes_count_and_read_no_report(watch, code, role):
    with working_as(role):
        assert report_tally.tally_due(ONE + HOUR + 10 * MINUTE) == 1
        assert offending() == 0
        for model in (Report, ReportMessage):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                model.objects.first()
        with pytest.raises(DatabaseError), transaction.atomic():
            ReportTally.objects.all().delete()


def test_pages_learn_nothing_of_the_counting(watch, code):
    with working_as("portal_app"):
        for statement in ("SELECT * FROM oversight_reporttally", "SELECT * FROM report_tallies()"):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)
