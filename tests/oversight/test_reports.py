"""A report goes to the team sealed, is answered to its code, and nobody else reads either."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import FileAccess
from accounts.team_role import as_team
from lib import sealing
from oversight.actions import report_desk as desk
from oversight.actions import report_keeping, reports, team_keys
from oversight.models import Finding, Report, ReportImage, ReportMessage, TeamKey
from oversight.report_codes import in_groups, keys_of, new_code, normal
from oversight.report_states import ReportState
from portal.grants import KEEPER, WEB, WORK
from publishing.models import Publication
from tests.oversight.reporting import CONTENT, a_team_key, handed_in, of_code, opened_key, texts
from tests.oversight.story import facts
from tests.parts import DAY, NOON
from tests.roles import working_as

REFUSALS = "stays|append-only|Cannot delete|Invalid transition"
LATE = NOON + timedelta(minutes=47, seconds=12)


@pytest.fixture
def desked(watch):
    """The watch, with a team key that Oka can open."""
    watch.key, watch.private = a_team_key(watch.oka)
    return watch


def test_a_report_is_read_by_the_team_and_answered_to_its_code(desked):
    code = handed_in(text="Diminta Rp5.000.000.", at=LATE)
    report = of_code(code)

    assert texts(report, desked.private, desked.oka) == ["Diminta Rp5.000.000."]
    desk.answer(report, text="Siapa yang meminta?", then="asked", by=desked.oka, at=LATE)
    seen = reports.thread(code)
    assert (seen.state, [one.text for one in seen.said]) == ("asked", ["", "Siapa yang meminta?"])
    reports.say(code, text="Orang di loket.", images=[], at=LATE + DAY)
    report.refresh_from_db()
    assert report.state == ReportState.IN_HAND
    assert texts(report, desked.private, desked.oka) == [
        "Diminta Rp5.000.000.",
        "Siapa yang meminta?",
        "Orang di loket.",
    ]
    assert report.received_at == report.first_answer_at == NOON, "the hour, nothing finer"


def test_nothing_that_was_written_lies_open_in_the_database(desked):
    code = handed_in(
        text="kalimat rahasia sekali", contact="Sri Rahasia 0812", kind="confidential", images=[b"gambar rahasia"]
    )
    desk.answer(of_code(code), text="jawaban rahasia", by=desked.oka, at=NOON)

    with connection.cursor() as cursor:
        for model in (Report, ReportMessage, ReportImage):
            cursor.execute(f"SELECT * FROM {model._meta.db_table}")
            stored = b"".join(bytes(value) if isinstance(value, memoryview | bytes) else str(value).encode()
                              for row in cursor.fetchall() for value in row)  # fmt: skip
            assert b"ahasia" not in stored and code.encode() not in stored, model
            assert keys_of(code).private not in stored


def test_sizes_say_little_about_what_was_written(desked):
    for text in ("Ya.", "x" * 3000):
        handed_in(text=text)

    assert len({len(one.sealed_for_team) for one in ReportMessage.objects.all()}) == 1


def test_a_form_that_is_sent_twice_is_one_report(desked):
    code = handed_in(text="pertama")

    with pytest.raises(reports.AlreadyReceived):
        reports.receive(code, topic="money", content=CONTENT | {"text": "kedua"}, images=[], at=NOON)

    assert texts(of_code(code), desked.private, desked.oka) == ["pertama"]


def test_without_a_team_key_nothing_can_be_reported(watch):
    with pytest.raises(reports.NoTeam):
        handed_in()
    assert not Report.objects.exists()


def test_another_code_opens_nothing(desked):
    code = handed_in()
    desk.answer(of_code(code), text="Untuk Anda", by=desked.oka, at=NOON)

    with pytest.raises(reports.UnknownCode):
        reports.thread(new_code())
    message = ReportMessage.objects.get(number=2)
    for other, context in (
        (keys_of(new_code()).private, reports.to_reporter(message.report_id, 2)),
        (keys_of(code).private, reports.to_reporter(message.report_id, 1)),
    ):
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal(bytes(message.sealed_for_reporter), other, context)


def test_a_sealed_message_opens_in_no_other_place(desked):
    first, second = handed_in(text="satu"), handed_in(text="dua")
    box = bytes(ReportMessage.objects.get(report=of_code(first)).sealed_for_team)
    with as_team_privates(desked) as privates:
        key = privates[desked.key.pk]

    assert b"satu" in sealing.unseal(box, key, reports.to_team(of_code(first).pk, 1))
    for context in (reports.to_team(of_code(second).pk, 1), reports.to_team(of_code(first).pk, 2)):
        with pytest.raises(sealing.CannotOpen):
            sealing.unseal(box, key, context)
    with pytest.raises(sealing.CannotOpen):
        sealing.unseal(box[:-1] + bytes([box[-1] ^ 1]), key, reports.to_team(of_code(first).pk, 1))


def test_a_box_that_was_exchanged_in_the_database_says_so_and_breaks_no_page(desked):
    code, other = handed_in(text="asli"), handed_in(text="lain")
    desk.answer(of_code(code), text="Untuk Anda", by=desked.oka, at=NOON)
    desk.answer(of_code(other), text="Untuk orang lain", by=desked.oka, at=NOON)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE oversight_reportmessage DISABLE TRIGGER USER")
        cursor.execute(
            """UPDATE oversight_reportmessage m SET sealed_for_team = o.sealed_for_team,
            sealed_for_reporter = o.sealed_for_reporter FROM oversight_reportmessage o
            WHERE m.report_id = %s AND o.report_id = %s AND m.number = o.number""",
            [of_code(code).pk, of_code(other).pk],
        )
        cursor.execute("ALTER TABLE oversight_reportmessage ENABLE TRIGGER USER")

    assert texts(of_code(code), desked.private, desked.oka) == [str(reports.BROKEN)] * 2
    assert [one.text for one in reports.thread(code).said] == ["", str(reports.BROKEN)]


class as_team_privates:
    """The opened team keys of Oka, for as long as a block lasts."""

    def __init__(self, desked):
        self.desked = desked

    def __enter__(self):
        membership = self.desked.team.memberships.get(user=self.desked.oka)
        with transaction.atomic(), as_team():
            return team_keys.team_privates(membership, self.desked.private)

    def __exit__(self, *args):
        return False


def test_a_code_is_read_as_people_write_it():
    code = new_code()

    assert len(code) == 26 and len({new_code() for _ in range(50)}) == 50
    assert normal(f" {in_groups(code).lower()} ") == code
    assert normal("0" + "8" + "1" + "A" * 23) == "OBI" + "A" * 23
    assert normal(code[:-1]) is None and normal(code + "A") is None and normal("9" * 26) is None


def test_the_web_role_adds_reports_and_reads_none(desked):
    code = handed_in(text="sebelumnya")
    report = of_code(code)

    with working_as(WEB):
        mine = handed_in(text="dari warga", images=[b"gambar"])
        assert reports.thread(mine).state == "received"
        reports.say(mine, text="tambahan", images=[b"lagi"], at=NOON)
        assert len(reports.thread(mine).said) == 2
        for statement in (
            "SELECT * FROM oversight_report",
            "SELECT * FROM oversight_reportmessage",
            "SELECT sealed FROM oversight_reportimage",
            "SELECT * FROM oversight_memberkey",
            "SELECT * FROM oversight_teamkeyshare",
            "UPDATE oversight_report SET state = 'closed'",
            "DELETE FROM oversight_report",
            "DELETE FROM oversight_reportmessage",
            "INSERT INTO oversight_teamkey SELECT * FROM oversight_teamkey",
            "SELECT report_is_spoken_to()",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)
        with pytest.raises(ProgrammingError, match="nobody speaks for the other side"), transaction.atomic():
            ReportMessage(
                report_id=report.pk, number=2, from_reporter=False, team_key=desked.key, sealed_for_team=b"x",
                sealed_for_reporter=b"x", by=desked.oka, at=NOON,
            ).save(force_insert=True)  # fmt: skip

    assert texts(of_code(mine), desked.private, desked.oka) == ["dari warga", "tambahan"]


@pytest.mark.parametrize("role", [WORK, KEEPER])
def test_workers_and_keeper_have_no_part_in_reports(desked, role):
    handed_in()

    with working_as(role):
        for statement in (
            "SELECT * FROM oversight_report",
            "SELECT * FROM oversight_reportmessage",
            "SELECT * FROM report_thread('\\x00')",
            "SELECT * FROM oversight_teamkeyshare",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                connection.cursor().execute(statement)


def test_the_team_cannot_put_words_into_a_reporters_mouth(desked):
    report = of_code(handed_in())

    words = ReportMessage(
        report_id=report.pk, number=2, from_reporter=True, team_key=desked.key, sealed_for_team=b"x", at=NOON
    )
    with working_as(WEB), pytest.raises(ProgrammingError, match="nobody speaks"), transaction.atomic(), as_team():
        words.save(force_insert=True)


def test_the_database_keeps_the_hour_and_nothing_finer(desked):
    code = new_code()
    keys = keys_of(code)

    with pytest.raises(IntegrityError, match="report_to_the_hour"), transaction.atomic():
        Report(lookup=keys.lookup, reporter_key=keys.public, team=desked.team, topic="money", received_at=LATE).save(
            force_insert=True
        )
    report = of_code(handed_in())
    with pytest.raises(IntegrityError, match="report_message_to_the_hour"), transaction.atomic():
        ReportMessage(
            report=report, number=2, from_reporter=True, team_key=desked.key, sealed_for_team=b"x", at=LATE
        ).save(force_insert=True)


def test_reading_is_written_down_and_strangers_read_nothing(desked):
    report = of_code(handed_in())

    texts(report, desked.private, desked.oka)

    assert FileAccess.objects.filter(subject=f"laporan {report.ref}", by=desked.oka).count() == 1
    for stranger in (desked.ova, desked.story.pia):
        with pytest.raises(desk.NotAllowed):
            desk.read(report, private=desked.private, by=stranger, at=NOON)
        with pytest.raises(desk.NotAllowed):
            desk.answer(report, text="Ya", by=stranger, at=NOON)


def test_a_member_without_the_team_key_sees_that_something_was_said_and_not_what(desked):
    report = of_code(handed_in())
    private = opened_key(desked.omar)

    assert [one.content for one in desk.read(report, private=private, by=desked.omar, at=NOON)] == [None]
    assert not FileAccess.objects.filter(by=desked.omar).exists()


def test_a_closed_report_takes_no_answer_until_its_reporter_writes(desked):
    code = handed_in()
    report = of_code(code)
    desk.answer(report, text="Sudah diteruskan.", then="closed", by=desked.oka, at=NOON)

    with pytest.raises(desk.NotReady):
        desk.answer(report, text="Masih ada?", by=desked.oka, at=NOON)
    reports.say(code, text="Belum selesai.", images=[], at=NOON + DAY)
    desk.answer(report, text="Kami buka lagi.", by=desked.oka, at=NOON + DAY)

    report.refresh_from_db()
    assert (report.state, report.closed_at) == (ReportState.IN_HAND, None)


def test_a_finding_takes_over_nothing_of_the_report(desked):
    report = of_code(handed_in(text="kalimat unik pelapor"))

    made = desk.draft_finding(report, desked.stage, by=desked.oka, at=NOON)

    report.refresh_from_db()
    assert report.finding == made
    assert "unik" not in str(Finding.objects.values().get(pk=made.pk))
    with pytest.raises(desk.NotReady):
        desk.draft_finding(report, desked.stage, by=desked.oka, at=NOON)


def test_what_was_reported_stays(desked):
    report = of_code(handed_in())

    for statement in (
        "UPDATE oversight_report SET topic = 'site'",
        "DELETE FROM oversight_report",
        "UPDATE oversight_reportmessage SET number = 9",
        "DELETE FROM oversight_reportmessage",
        "UPDATE oversight_teamkey SET public = public",
        "UPDATE oversight_report SET state = 'received' WHERE state = 'in_hand'",
    ):
        if "in_hand" in statement:
            desk.answer(report, text="Ya", by=desked.oka, at=NOON)
        with pytest.raises(ProgrammingError, match=REFUSALS), transaction.atomic():
            connection.cursor().execute(statement)


def test_a_closed_report_loses_its_content_when_its_time_is_over(desked, settings):
    desked.team.memberships.update(since=NOON - timedelta(days=90))
    code, other = handed_in(text="lama", images=[b"gambar"]), handed_in(text="masih terbuka")
    desk.answer(of_code(code), text="Selesai.", then="closed", by=desked.oka, at=NOON - timedelta(days=60))
    settings.REPORT_RETENTION_DAYS = 60

    with working_as(KEEPER):
        assert report_keeping.forget_old(NOON - timedelta(days=30)) == 0
        assert report_keeping.forget_old(NOON) == 0
        assert report_keeping.forget_old(NOON + timedelta(hours=1)) == 2
        assert report_keeping.forget_old(NOON + DAY) == 0

    report = of_code(code)
    assert report.state == ReportState.ERASED
    assert {len(one.sealed_for_team) for one in report.messages.all()} == {0}
    assert ReportImage.objects.filter(message__report=report, sealed=b"").count() == 1
    assert texts(report, desked.private, desked.oka) == [str(reports.GONE)] * 2
    assert [one.text for one in reports.thread(code).said] == ["", str(reports.GONE)]
    assert desk.image(report, 1, 1, private=desked.private, by=desked.oka, at=NOON) is None
    with pytest.raises(reports.ThreadOver):
        reports.say(code, text="Halo?", images=[], at=NOON)
    assert texts(of_code(other), desked.private, desked.oka) == ["masih terbuka"]


def test_nobody_empties_a_report_that_was_closed_just_now(desked):
    with working_as(KEEPER), pytest.raises(ProgrammingError, match="thirty days"), transaction.atomic():
        connection.cursor().execute("SELECT report_forget(now())")


def test_the_team_hears_once_a_working_day_that_reports_wait(desked):
    code = handed_in(text="kalimat pelapor")
    morning = NOON.replace(hour=1)  # 08.00 WIB, a Monday
    with working_as(KEEPER):
        assert report_keeping.tell_waiting(morning - timedelta(minutes=1)) == 0
        assert report_keeping.tell_waiting(morning + 5 * DAY) == 0, "a Saturday"
        assert report_keeping.tell_waiting(morning) == 1
        assert report_keeping.tell_waiting(morning + timedelta(hours=3)) == 0
    desk.answer(of_code(code), text="Kami periksa.", by=desked.oka, at=NOON)
    with working_as(KEEPER):
        assert report_keeping.tell_waiting(morning + DAY) == 0

    told = Publication.objects.get(source__startswith="reports:")
    assert "1 laporan" in told.body and "kalimat" not in told.body
    assert set(told.deliveries.values_list("recipient__email", flat=True)) == {"oka@tim.example", "omar@tim.example"}


def test_a_new_team_key_is_in_the_record(desked):
    assert facts("report.key") == 1
    assert TeamKey.objects.get().digest == desked.key.digest
