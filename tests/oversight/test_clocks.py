"""The clock of an answer: a new holiday moves it, its end is published by itself, and the public can read it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, connection
from django.utils import timezone

from accounts.roles import Role
from ledger.models import Pending
from oversight.actions import answering, clocks, finding, keeping
from oversight.actions.standing import NotAllowed
from oversight.finding_queries import Clock
from oversight.models import ClockMove, Finding, Overdue
from tests.oversight.story import NOON, facts, told
from tests.parts import DAY, make_user
from tests.roles import working_as
from vacancies.models import Holiday, Recruitment

DUE = datetime(2026, 11, 9, 9, 0, tzinfo=UTC)  # five working days after Monday 2 November, 16.00 WIB
NEXT_DAY = DUE + DAY
MAULID = date(2026, 11, 5)


@pytest.fixture
def sent(watch):
    return watch.sent()


def now(one) -> Finding:
    return Finding.objects.get(pk=one.pk)


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Jakarta", 9), ("Asia/Makassar", 8), ("Asia/Jayapura", 7)])
def test_the_office_has_until_sixteen_on_the_clock_where_it_is(watch, zone, hour):
    Recruitment.objects.update(time_zone=zone)
    watch.stage.recruitment.refresh_from_db()

    assert watch.sent().due_at == DUE.replace(hour=hour)


@pytest.mark.parametrize("role", ["portal_seq", "portal_work"])
def test_a_holiday_that_is_added_later_moves_the_clock_and_tells_office_and_team(watch, sent, role):
    Holiday.objects.create(date=MAULID, name="Maulid Nabi")

    with working_as(role):
        keeping.keep(NOON + DAY)
        keeping.keep(NOON + DAY + timedelta(seconds=5))

    move = ClockMove.objects.get()
    assert (move.old, move.new, now(sent).due_at) == (DUE, NEXT_DAY, NEXT_DAY)
    assert move.because == "Kamis, 5 November 2026 menjadi hari libur (Maulid Nabi)"
    assert now(sent).due_skipped == ["2026-11-05"]
    assert told(f"finding:{sent.number}:moved:{move.pk}") == {watch.story.pia.email, watch.story.rudi.email}
    assert told(f"finding:{sent.number}:moved:{move.pk}:team") == {watch.oka.email, watch.omar.email}
    assert facts("finding.clock.moved") == 1


def test_a_holiday_that_is_taken_back_moves_it_back(sent):
    Holiday.objects.create(date=MAULID, name="Maulid Nabi")
    clocks.move_clocks(NOON + DAY)
    Holiday.objects.all().delete()

    clocks.move_clocks(NOON + DAY + timedelta(hours=1))

    assert now(sent).due_at == DUE
    assert ClockMove.objects.last().because == "Kamis, 5 November 2026 bukan hari libur lagi"


@pytest.mark.parametrize("day", [date(2026, 11, 2), date(2026, 11, 7), date(2026, 11, 10), date(2026, 11, 1)])
def test_a_holiday_outside_the_clock_or_on_a_weekend_moves_nothing(sent, day):
    Holiday.objects.create(date=day, name="Libur")

    assert clocks.move_clocks(NOON + DAY) == 0
    assert now(sent).due_at == DUE


def test_a_clock_never_moves_into_the_past_and_an_ended_one_not_at_all(sent):
    Holiday.objects.create(date=MAULID, name="Maulid Nabi")
    clocks.move_clocks(NOON + DAY)
    Holiday.objects.all().delete()

    assert clocks.move_clocks(DUE + timedelta(hours=1)) == 0
    clocks.publish_overdue(NEXT_DAY + timedelta(hours=1))
    Holiday.objects.create(date=date(2026, 11, 10), name="Libur")
    assert clocks.move_clocks(NEXT_DAY + timedelta(hours=2)) == 0
    assert now(sent).due_at == NEXT_DAY


def test_without_the_duty_the_clock_stands_still(sent):
    """The twin: the same holiday, and only the other duties are done."""
    Holiday.objects.create(date=MAULID, name="Maulid Nabi")

    keeping.keep(NOON + DAY, duties=[one for one in keeping.DUTIES if one is not clocks.move_clocks])

    assert now(sent).due_at == DUE


def test_a_clock_does_not_move_without_its_reason_not_even_in_sql(sent):
    with pytest.raises(DatabaseError, match="reason written down"):
        Finding.objects.filter(pk=sent.pk).update(due_at=NEXT_DAY)
    with working_as("portal_seq"), pytest.raises(DatabaseError, match="reason written down"):
        Finding.objects.filter(pk=sent.pk).update(due_at=NEXT_DAY)
    with working_as("portal_app"), pytest.raises(ProgrammingError, match="permission denied"):
        Finding.objects.filter(pk=sent.pk).update(due_at=NEXT_DAY)
    connection.cursor().execute(f"ALTER TABLE oversight_finding DISABLE TRIGGER {_the_trigger()}")
    assert Finding.objects.filter(pk=sent.pk).update(due_at=NEXT_DAY) == 1, "the twin: it was the trigger"


def _the_trigger() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_finding_clock_moves%'")
        return cursor.fetchone()[0]


# --- The end of a clock -----------------------------------------------------------------------
@pytest.mark.parametrize("role", ["portal_seq", "portal_work"])
def test_an_overdue_answer_is_published_by_itself_and_told_once(watch, sent, role):
    sari = make_user("sari@kota.example", Role.SUPERVISOR)
    with working_as(role):
        keeping.keep(DUE)
        assert not Overdue.objects.exists(), "until sixteen it is not late"
        keeping.keep(DUE + timedelta(seconds=1))
        keeping.keep(DUE + DAY)

    row = Overdue.objects.get()
    assert (row.due_at, row.at) == (DUE, DUE + timedelta(seconds=1))
    source = f"finding:{sent.number}:overdue:{row.pk}"
    assert told(source) == {watch.story.pia.email, watch.story.rudi.email, watch.ova.email, sari.email}
    assert told(f"{source}:team") == {watch.oka.email, watch.omar.email}
    assert facts("finding.overdue") == 1


def test_an_answer_in_time_is_never_overdue(watch, sent):
    answering.answer(sent, text="Ini.", by=watch.story.pia, at=DUE)

    assert clocks.publish_overdue(DUE + 9 * DAY) == 0
    with pytest.raises(DatabaseError, match="awaited"):
        Overdue.objects.create(finding=sent, due_at=DUE, at=DUE + DAY)


def test_a_second_clock_may_be_overdue_again(watch, sent):
    clocks.publish_overdue(DUE + DAY)
    answering.answer(sent, text="Ini.", by=watch.story.pia, at=DUE + DAY)
    answering.return_answer(sent, text="Kurang.", by=watch.oka, at=DUE + DAY)

    assert clocks.publish_overdue(now(sent).due_at) == 0
    assert clocks.publish_overdue(now(sent).due_at + timedelta(seconds=1)) == 1
    assert Overdue.objects.count() == 2


# --- What the public reads ---------------------------------------------------------------------
def page(client, one) -> str:
    return client.get(f"/pengawasan/temuan/{one.number}/").content.decode()


def test_the_header_appears_by_itself_and_words_only_in_the_written_version(watch, client):
    at = timezone.now()
    young = watch.sent(title="Nama rahasia", body="Uraian rahasia", at=at - 3 * DAY + timedelta(minutes=1))
    one = watch.sent(title="Nama rahasia", body="Uraian rahasia", at=at - 3 * DAY)

    assert client.get(f"/pengawasan/temuan/{young.number}/").status_code == 404
    listed = client.get("/pengawasan/").content.decode()
    shown = page(client, one) + listed
    assert one.number in listed and f"{young.number} " not in listed
    assert "tingkat Berat" in shown and "Menunggu jawaban instansi" in shown
    assert "rahasia" not in shown and "Peserta A" not in shown

    finding.publish_text(one, title="Selisih", text="Dua nilai.", evidence=True, by=watch.oka, at=at)
    shown = page(client, one)
    assert "Dua nilai." in shown and "Peserta A" in shown and "rahasia" not in shown
    assert facts("finding.published") == 1
    with pytest.raises(NotAllowed):
        finding.publish_text(one, title="Lain", text="Lain.", evidence=False, by=watch.oka, at=at)
    with pytest.raises(DatabaseError, match="written once"):
        Finding.objects.filter(pk=one.pk).update(public_text="Lain.")


def test_evidence_that_the_team_keeps_back_stays_back(watch, client):
    at = timezone.now()
    one = watch.sent(at=at - 4 * DAY)

    finding.publish_text(one, title="Selisih", text="Dua nilai.", evidence=False, by=watch.oka, at=at)

    assert "Dua nilai." in page(client, one) and "Peserta A" not in page(client, one)


def test_an_overdue_answer_is_on_the_page_though_nobody_pressed_anything(watch, client):
    at = timezone.now()
    one = watch.sent(at=at - 30 * DAY)
    assert "Portal menerbitkan ini sendiri." not in page(client, one)

    keeping.keep(at)

    days = Clock(one, at).late
    assert days > 10
    assert f"Belum dijawab, lewat {days} hari kerja" in page(client, one)
    assert "Portal menerbitkan ini sendiri." in page(client, one)
    assert "Versi untuk umum belum ditulis tim pengawas" in page(client, one)


@pytest.mark.parametrize(
    ("after", "left", "over", "late"),
    [(-6 * DAY, 4, False, 0), (-timedelta(hours=1), 0, False, 0), (timedelta(hours=1), 0, True, 0),
     (1 * DAY, 0, True, 1), (5 * DAY, 0, True, 4), (7 * DAY, 0, True, 5)],
)  # fmt: skip
def test_the_clock_counts_working_days_before_and_after_its_end(sent, after, left, over, late):
    clock = Clock(sent, DUE + after)

    assert (clock.left, clock.is_over, clock.late) == (left, over, late)


def test_an_overdue_public_version_is_flagged(watch, sent):
    written = NOON + 10 * DAY  # three days to the header, seven for the words: Thursday 12 November

    assert not Clock(sent, written).text_late
    assert Clock(sent, written + 2 * DAY).text_late and Clock(sent, written + 2 * DAY).text_days == 1
    told = finding.publish_text(sent, title="x", text="y", evidence=False, by=watch.oka, at=written + 3 * DAY)
    assert not Clock(told, written + 4 * DAY).text_late


def test_the_record_tells_a_move_and_an_overdue_answer_without_a_word_of_the_finding(watch):
    one = watch.sent(title="Nama rahasia", body="Uraian rahasia")
    Holiday.objects.create(date=MAULID, name="Maulid Nabi")
    keeping.keep(NOON + DAY)
    keeping.keep(NEXT_DAY + DAY)

    said = b"".join(bytes(body) for body in Pending.objects.values_list("body", flat=True))

    assert one.number.encode() in said and b"rahasia" not in said
