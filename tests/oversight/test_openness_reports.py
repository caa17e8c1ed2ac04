"""Reports write and publish themselves, once each, on time or made up for; readers comment, the secretariat decides."""

import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from ledger.actions import recording
from oversight.actions import finding, indicators, openness_report, report_comment
from oversight.models import Membership, OpennessReport, ReportComment
from oversight.openness import rendering
from portal.files import PublicFiles
from publishing.models import Publication
from selection.actions import announcement
from selection.rendering import folder as folders
from tests.faults.stack import environment
from tests.oversight.story import DUE, NOON, facts, make_watch, together, told
from tests.parts import DAY, enrol, make_stage, make_user
from tests.portal.running import ROOT
from tests.roles import working_as
from vacancies.models import Recruitment

HOUR = timedelta(hours=1)
NOVEMBER = date(2026, 11, 1)
FIRST_AT_NINE = datetime.fromisoformat("2026-12-01T09:00:00+07:00")


@pytest.fixture
def watch(own_database):
    found = make_watch(people=12)
    found.nia = make_user("nia@tim.example", Role.SECRETARIAT)
    Membership.objects.create(
        team=found.team, user=found.nia, role="secretariat", affiliation="LSM", since=NOON - 30 * DAY
    )
    return found


def announced(watch) -> None:
    watch.story.ready()
    announcement.announce_due(DUE)


def line(report: OpennessReport, title: str) -> list[str]:
    return next(one["lines"] for one in report.content["sections"] if one["title"] == title)


# --- Written, recorded, opened ------------------------------------------------------------------------
def test_the_month_is_reported_on_the_first_at_nine_with_what_happened_in_it(watch):
    announced(watch)
    make_stage(watch.story.recruitment, "test", 4, opens_at=NOON + 60 * DAY)  # so that it is not over
    sent = watch.sent(title="Rahasia tim")
    finding.publish_text(sent, title="Selisih nilai", text="Dua nilai.", evidence=False, by=watch.oka, at=NOON + DAY)

    assert openness_report.publish_due(FIRST_AT_NINE - timedelta(seconds=1)) == 0
    assert openness_report.publish_due(FIRST_AT_NINE) == 1

    report = OpennessReport.objects.get()
    assert (report.number, report.month, report.public_at) == ("KTB-2026-11", NOVEMBER, FIRST_AT_NINE)
    figures = {one["title"]: one for one in report.content["figures"]}
    assert figures["Hasil terbit tepat waktu"]["words"] == "1 dari 1 tahap"
    assert figures["Temuan tim pengawas yang dijawab tepat waktu"]["numerator"] == 0
    assert line(report, "Pengumuman")[0].startswith("2026-1 versi 1: ")
    assert "Selisih nilai" in line(report, "Temuan tim pengawas")[0]
    assert "Rahasia" not in line(report, "Temuan tim pengawas")[0]
    assert line(report, "Sanggah") == []
    assert facts("report.published") == 1
    news = Publication.objects.get(source="openness:KTB-2026-11")
    assert (news.for_all, news.opened_at) == (True, FIRST_AT_NINE)
    place = rendering.public_folder(report.number)
    assert folders.is_intact(place, report.digest)
    assert (place / "laporan.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((place / "data.json").read_bytes()) == report.content


def test_it_stays_closed_until_the_signed_record_holds_it(watch, client, monkeypatch):
    def broken(at):
        raise OSError("no signer")

    with monkeypatch.context() as patch:
        patch.setattr(recording, "record_waiting", broken)
        assert openness_report.publish_due(FIRST_AT_NINE) == 0
    report = OpennessReport.objects.get()
    assert client.get(reverse("openness_report", args=[report.number])).status_code == 404
    with pytest.raises(DatabaseError, match="signed record"), transaction.atomic():
        OpennessReport.objects.update(public_at=FIRST_AT_NINE, comments_until=FIRST_AT_NINE + DAY)

    recording.record_waiting(FIRST_AT_NINE)
    assert openness_report.publish_due(FIRST_AT_NINE + HOUR) == 1
    assert client.get(reverse("openness_report", args=[report.number])).status_code == 200


def test_a_report_is_never_rewritten_and_never_deleted(watch):
    openness_report.publish_due(FIRST_AT_NINE)

    for change in (
        lambda: OpennessReport.objects.update(digest="0" * 64),
        lambda: OpennessReport.objects.update(public_at=FIRST_AT_NINE + DAY),
        lambda: OpennessReport.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# --- Once, and never left out -------------------------------------------------------------------------
def test_four_processes_at_once_publish_one_report(watch):
    long_ago = timezone.now() - 70 * DAY
    Recruitment.objects.update(published_at=long_ago)
    asked = [sys.executable, "manage.py", "openness_report"]

    running = [
        subprocess.Popen(asked, cwd=ROOT, env=environment("portal_seq"), stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [process.communicate(timeout=120)[0] for process in running]

    assert [process.returncode for process in running] == [0] * 4
    report = OpennessReport.objects.get()
    assert report.public_at is not None
    assert facts("report.published") == 1
    assert any(f"{report.number}: public since" in words for words in said)


def test_without_lock_and_constraint_the_same_month_is_reported_more_than_once(watch, monkeypatch):
    """The twin of the test above."""
    monkeypatch.setattr(openness_report, "_take_turn", lambda: None)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT conname FROM pg_constraint WHERE conrelid = 'oversight_opennessreport'::regclass
            AND contype = 'u' AND conname ~ '(month|number)'"""
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE oversight_opennessreport DROP CONSTRAINT "{name}"')

    together(*[lambda: openness_report.write_month(NOVEMBER, at=FIRST_AT_NINE)] * 4)

    assert OpennessReport.objects.count() > 1


def test_months_for_which_nobody_rang_are_made_up_for_in_order(watch):
    openness_report.publish_due(FIRST_AT_NINE)
    assert openness_report.publish_due(FIRST_AT_NINE + 20 * DAY) == 0

    late = datetime.fromisoformat("2027-03-05T12:00:00+07:00")
    assert openness_report.publish_due(late) == 3

    reports = OpennessReport.objects.order_by("month")
    assert [one.number for one in reports] == ["KTB-2026-11", "KTB-2026-12", "KTB-2027-01", "KTB-2027-02"]
    assert [one.written_at > one.due_at for one in reports] == [False, True, True, True]


def test_before_anything_was_published_here_there_is_nothing_to_report(watch):
    assert openness_report.months_due(datetime.fromisoformat("2026-11-20T09:00:00+07:00")) == []
    with pytest.raises(openness_report.NotDue):
        openness_report.write_month(date(2026, 9, 1), at=FIRST_AT_NINE)
    with pytest.raises(openness_report.NotDue):
        openness_report.write_month(date(2026, 12, 1), at=FIRST_AT_NINE)


def test_the_command_writes_a_month_that_is_asked_for(watch, capsys):
    Recruitment.objects.update(published_at=datetime.fromisoformat("2026-08-03T09:00:00+07:00"))

    call_command("openness_report", month="2026-08")

    assert OpennessReport.objects.filter(number="KTB-2026-08", public_at__isnull=False).exists()
    assert "KTB-2026-08: public since" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("openness_report", month="2099-01")
    with pytest.raises(CommandError):
        call_command("openness_report", month="August")


def test_a_recruitment_that_is_over_gets_one_closing_report(watch):
    announced(watch)
    watch.story.correct(p0=30)
    announcement.announce_due(DUE + 2 * HOUR)
    over = DUE + 20 * DAY
    indicators.count_groups(DUE + 30 * DAY)
    openness_report.publish_due(over)
    openness_report.publish_due(over + HOUR)

    report = OpennessReport.objects.get(kind="closing")
    assert report.number == "PNP-2026-1"
    assert report.recruitment == watch.story.recruitment
    assert line(report, "Dari pendaftaran sampai hasil akhir") == [
        "12 lamaran terkirim untuk 1 kursi.",
        "SKD: 12 peserta, 3 lanjut.",
    ]
    assert "rencana terbit" in line(report, "Rencana dan kenyataan")[0]
    assert line(report, "Pengumuman")[1].endswith("Koreksi: Salah ketik nilai.")


# --- Pages, files ------------------------------------------------------------------------------------
def test_pages_are_cheap_and_the_files_never_change(watch, client, django_assert_num_queries):
    announced(watch)
    openness_report.publish_due(FIRST_AT_NINE)
    report = OpennessReport.objects.get(kind="monthly")
    for _turn in range(5):
        report_comment.write(report, name="", text="Baik.", at=FIRST_AT_NINE + HOUR)

    with django_assert_num_queries(1):
        assert report.number in client.get(reverse("openness_report_list")).content.decode()
    with django_assert_num_queries(2):
        response = client.get(reverse("openness_report", args=[report.number]))

    assert response.headers["Cache-Control"].startswith("public")
    assert "5 komentar menunggu" in response.content.decode()
    files = PublicFiles(None, Path(settings.PUBLIC_ROOT))
    for name in ("index.html", "laporan.pdf", "data.json", ""):
        path, keep = files.find_report(f"/keterbukaan/laporan/{report.number}/berkas/{name}")
        assert path.exists() and "immutable" in keep
    for outside in ("../KTB-2026-11/berkas/x", "berkas/../../x", "berkas/.x", "komentar/"):
        assert files.find_report(f"/keterbukaan/laporan/{report.number}/{outside}") is None


# --- Comments ----------------------------------------------------------------------------------------
@pytest.fixture
def report(watch):
    openness_report.publish_due(FIRST_AT_NINE)
    report = OpennessReport.objects.get()
    with connection.cursor() as cursor:  # open by the real clock, as the pages ask it
        cursor.execute("ALTER TABLE oversight_opennessreport DISABLE TRIGGER USER")
        OpennessReport.objects.update(comments_until=max(timezone.now(), FIRST_AT_NINE) + 30 * DAY)
        cursor.execute("ALTER TABLE oversight_opennessreport ENABLE TRIGGER USER")
    report.refresh_from_db()
    return report


def page(client, report) -> str:
    return client.get(reverse("openness_report", args=[report.number])).content.decode()


def test_a_comment_is_shown_once_the_secretariat_has_looked_and_a_refused_one_tells_why(watch, report, client):
    address = reverse("report_comment_new", args=[report.number])
    assert client.post(address, {"name": "", "text": ""}).status_code == 422
    client.post(address, {"name": "Ibu Sari", "text": "Mengapa terlambat?"})
    client.post(address, {"name": "", "text": "Nomor saya 0812"})
    first, second = ReportComment.objects.all()
    assert "Mengapa terlambat?" not in page(client, report) and "2 komentar menunggu" in page(client, report)
    assert told(f"report-comment:{first.pk}") == {watch.nia.email}

    client.force_login(enrol(watch.nia), backend="django.contrib.auth.backends.ModelBackend")
    assert "Ibu Sari" in client.get(reverse("report_comment_list")).content.decode()
    client.post(reverse("report_comment_decide", args=[first.pk]), {"act": "publish"})
    client.post(reverse("report_comment_decide", args=[second.pk]), {"act": "refuse", "reason": ""})
    assert ReportComment.objects.waiting().get() == second, "a refusal needs a reason"
    client.post(reverse("report_comment_decide", args=[second.pk]), {"act": "refuse", "reason": "Ada data pribadi."})

    shown = page(client, report)
    assert "Mengapa terlambat?" in shown and "Ibu Sari" in shown
    assert "0812" not in shown and "Ada data pribadi." in shown


def test_only_the_secretariat_decides_and_only_once(watch, report, client):
    comment = report_comment.write(report, name="", text="Baik.", at=FIRST_AT_NINE + HOUR)
    for who in (watch.oka, watch.story.pia):
        with pytest.raises(report_comment.NotAllowed):
            report_comment.decide(comment, publish=True, reason="", by=who, at=FIRST_AT_NINE + HOUR)
    client.force_login(enrol(watch.oka), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("report_comment_list")).status_code == 403

    report_comment.decide(comment, publish=True, reason="", by=watch.nia, at=FIRST_AT_NINE + HOUR)
    with pytest.raises(report_comment.NotAllowed):
        report_comment.decide(comment, publish=False, reason="x", by=watch.nia, at=FIRST_AT_NINE + HOUR)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportComment.objects.update(published=False, reason="x")


def test_the_web_role_writes_comments_and_decides_none(watch, report):
    comment = report_comment.write(report, name="", text="Baik.", at=FIRST_AT_NINE + HOUR)

    with working_as("portal_app"):
        report_comment.write(report, name="", text="Juga.", at=FIRST_AT_NINE + HOUR)
        with pytest.raises(ProgrammingError), transaction.atomic():
            ReportComment.objects.filter(pk=comment.pk).update(published=True)
        report_comment.decide(comment, publish=True, reason="", by=watch.nia, at=FIRST_AT_NINE + HOUR)

    assert ReportComment.objects.published().count() == 1


def test_after_the_set_time_nobody_comments(watch, report):
    with pytest.raises(report_comment.NotOpen):
        report_comment.write(report, name="", text="Terlambat.", at=report.comments_until)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportComment.objects.create(report=report, text="Terlambat.", at=report.comments_until)


def test_a_flood_of_comments_is_stopped_by_the_limiter(watch, report, client):
    cache.clear()
    address = reverse("report_comment_new", args=[report.number])

    codes = [client.post(address, {"text": "Banjir"}).status_code for _ in range(6)]

    assert codes[:3] == [200] * 3
    assert set(codes[3:]) == {429}
    assert ReportComment.objects.count() == 3
