"""The practice city: seeded by the people's own actions, then held against what must be true."""

import shutil
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F
from django.test import override_settings
from django.utils import timezone

from accounts.models import Person, User
from exams.actions import local_scores
from exams.models import LocalTest, Seat, TestFile
from ledger.models import Entry
from lib import draw
from oversight import comparison
from oversight.actions import flags, openness_report
from oversight.audits import audits
from oversight.invariants import INVARIANTS, look
from oversight.models import Flag, FlagRun, OpennessReport
from participation.models import Consultation
from portal.demo import appraisal as demo_appraisal
from portal.demo import panel
from portal.demo.cast import make_cast
from portal.demo.city import is_unfinished
from portal.management.commands.prepare import UNFINISHED_CITY
from publishing.models import Notice
from selection.actions import announcement, settlement
from selection.models import Announcement, Application, ScoreBatch
from selection.objectable import chance_of, points_of
from selection.queries import current_set
from tests.conftest import database_of_its_own, lived_in
from vacancies.models import Formation, Recruitment, Stage
from workforce import spread, vacant
from workforce.actions import appraisal, choice, talent
from workforce.feedback_results import result_of
from workforce.models import (
    AppraisalYear,
    Certificate,
    Choice,
    Employee,
    FeedbackRater,
    FeedbackRound,
    ScoreSheet,
    TalentList,
    Training,
    TrainingNeed,
)
from workforce.training_results import results


@pytest.fixture(scope="module")
def built(migrated_template, django_db_blocker, tmp_path_factory):
    """The city, built once: its database as a template, and the folder of its files."""
    place = tmp_path_factory.mktemp("city")

    def build():
        with override_settings(DEMO=True):
            call_command("seed_demo", applicants=300, verbosity=0)

    with lived_in(f"{migrated_template}_city", migrated_template, django_db_blocker, place, build) as name:
        yield name, place


@pytest.fixture
def city(built, django_db_blocker, settings):
    """A copy of the city of one's own."""
    name, place = built
    shutil.copytree(place, settings.VAR, dirs_exist_ok=True)
    settings.DEMO = True
    with database_of_its_own(name, django_db_blocker):
        yield


def test_the_city_lives_in_every_phase_and_nothing_contradicts_itself(city, settings):
    stages = Stage.objects.select_related("recruitment")
    waiting = stages.get(recruitment__slug="cpns-2026", slug="skd")
    itself = stages.get(recruitment__slug="rsud-2026", slug="tes")
    finished = stages.get(recruitment__slug="kontrak-2025", slug="tes")

    assert Recruitment.objects.published().count() == 9
    assert Formation.objects.listed().count() == 364
    assert not Formation.objects.exclude(unit_path__startswith=settings.INSTANCE["name"]).exists()
    assert Application.objects.count() >= 280
    assert not Application.objects.filter(created_at__gt=F("submitted_at")).exists()
    assert waiting.batches.get().state == ScoreBatch.State.STAGED
    assert settlement.unsettled(itself, timezone.now()) == []
    assert timezone.now() < itself.announce_at < timezone.now() + timedelta(minutes=2)
    for stage in (itself, finished):
        assert settlement.counts_add_up(stage, current_set(stage))
    assert all(person.nik.startswith("99") for person in Person.objects.all())
    ended = Consultation.objects.get(closes_at__lt=timezone.now() + timedelta(minutes=1))
    assert {one.state for one in ended.promises.all()} == {"promised", "done", "dropped"}
    assert not ended.clusters.filter(answered_at=None).exists()
    assert Notice.objects.get().board.district == "Kota Lama"
    twice = Application.objects.exclude(once_key=None).values("once_key").annotate(n=Count("pk")).filter(n__gt=1)
    assert not twice.exists()


def test_the_city_has_employees_vacant_posts_and_one_in_preview(city, client):
    now = timezone.now()
    late = [one.is_late for one in vacant.posts(now)]

    assert 190 <= Employee.objects.shown(now).count() <= 230
    assert sorted(late) == [False, True]
    assert client.get("/asn/").status_code == 200
    asri = Employee.objects.get(user__email="asri@demo.example")
    assert asri.preview_until > now
    assert asri.requests.get().withholds


def test_the_city_has_appraised_a_year_and_asks_around_for_the_next(city, client):
    last, this = AppraisalYear.objects.order_by("year")
    closed, running = FeedbackRound.objects.order_by("year_id")
    asri = Employee.objects.get(user__email="asri@demo.example")

    assert last.closed_at and not this.closed_at
    assert closed.closed_at and not running.closed_at and running.closes_at > timezone.now()
    assert not FeedbackRater.objects.filter(round=closed).exists()
    assert {"Rekan setingkat", "Pengguna layanan"} <= set(result_of(closed, asri).cells)
    assert asri.skp == "baik" and asri.plans.get(year=this).state == "proposed"
    pools = talent.pools(TalentList.objects.get(year=last))
    assert [count for _name, count in pools if count], "the pools are big enough to be told"
    assert None not in [count for _name, count in pools]
    assert "Sangat baik" in client.get("/asn/angka/").text
    assert client.get("/asn/talenta/").status_code == 200


def test_on_every_day_of_the_year_the_city_finds_a_year_that_may_be_closed():
    days = [timezone.now() + timedelta(days=n) for n in range(366)]

    assert all(
        appraisal.can_be_assessed(demo_appraisal.closing_year(day), "tw4", (day - demo_appraisal.MARKED).date())
        for day in days
    )


def test_a_visitor_may_object_and_sees_one_objection_answered(city):
    stage = Stage.objects.get(recruitment__slug="puskesmas-2026", slug="administrasi")
    citra = Application.objects.get(user__email="citra@demo.example")

    found = chance_of(citra, stage)

    assert found.window.is_open(timezone.now())
    assert found.objection is None
    assert points_of(found.outcome)
    assert sorted(stage.objections.values_list("state", flat=True)) == ["filed", "refused"]


def test_the_planted_mismatch_shows_and_the_honest_lists_agree(city):
    honest = Announcement.objects.filter(stage__slug="administrasi")
    planted = Announcement.objects.get(stage__recruitment__slug="kontrak-2025", stage__slug="tes")

    assert all(comparison.of_announcement(one).agrees for one in honest)
    assert comparison.of_announcement(planted).people == 2


def test_the_city_has_a_sample_that_was_drawn_and_looked_at_and_flags_to_judge(city, client):
    [drawn] = [one for one in audits() if one.sample]
    decided = drawn.sample.files.filter(
        application__reviews__stage=drawn.sample.stage, application__reviews__decided_at__isnull=False
    )
    looked_at = min(5, decided.distinct().count())  # which of the decided files are drawn is nobody's choice
    assert looked_at >= 4, "ten of the twelve files are drawn, at least six are decided"
    assert [drawn.counts["agreed"].n, drawn.counts["differed"].n] == [looked_at - 1, 1]
    assert flags.keep(timezone.now()) > 0
    assert FlagRun.objects.get(done_at__isnull=False).failed == []
    assert Flag.objects.filter(rule="scores-differ").count() == 1, "the planted mismatch"
    assert not Flag.objects.filter(rule="sealed-peek").exists(), "nobody of the city looks too early"
    for page in ("/pantau/", "/pengawasan/tanda/", "/pengawasan/audit/"):
        assert client.get(page).status_code == 200


def test_a_panel_locked_its_sheets_and_one_of_two_posts_is_chosen(city, client):
    recruitment = Recruitment.objects.get(slug="jpt-2026")
    chosen, waiting = (recruitment.formations.get(position=post) for post in (panel.CHOSEN, panel.WAITING))

    page = client.get("/seleksi/jpt-2026/panitia/").text

    assert ScoreSheet.objects.filter(stage__recruitment=recruitment, locked_at__isnull=False).count() == 16
    assert not ScoreSheet.objects.filter(stage__recruitment=recruitment, locked_at=None).exists()
    assert Choice.objects.get(formation=chosen).reason in page.replace("<p>", "").replace("</p>", "")
    assert page.count("Pejabat belum memilih.") == 1 and page.count("(dipilih)") == 1
    assert [len(one.outcomes) >= 3 for one in choice.best_of(recruitment.panel)] == [True, True]
    assert any(part.marked for part in spread.parts_of(recruitment.panel)), "one score lies far from the others"
    assert choice.waits_for(choice.last_stage(recruitment), timezone.now()) == ""
    number = next(one for one in choice.best_of(recruitment.panel) if one.formation == waiting).outcomes[0]
    choice.choose(
        waiting, number.application.participant_number, reason="Rencananya paling terukur. " * 5,
        by=User.objects.get(email="wali@demo.example"), at=timezone.now(),
    )  # fmt: skip
    assert "Pejabat belum memilih." not in client.get("/seleksi/jpt-2026/panitia/").text


def test_the_stage_publishes_itself_when_its_time_has_come(city):
    stage = Stage.objects.get(recruitment__slug="rsud-2026", slug="tes")

    for _ring in range(3):
        announcement.announce_due(stage.announce_at + timedelta(seconds=1))

    assert stage.announcements.public().count() == 1


def test_the_city_is_built_on_an_empty_demo_alone(city, settings):
    people = User.objects.count()

    call_command("seed_demo", if_empty=True, verbosity=0)
    with pytest.raises(CommandError):
        call_command("seed_demo")
    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("seed_demo")

    assert User.objects.count() == people
    assert not is_unfinished()


def test_a_city_whose_building_was_interrupted_is_known_by_it(own_database, settings):
    assert not is_unfinished()
    make_cast()

    assert is_unfinished()
    settings.DEMO = True
    with pytest.raises(SystemExit) as ended:
        call_command("prepare")
    assert ended.value.code == UNFINISHED_CITY
    User.objects.create_user("orang@sungguhan.example")
    assert not is_unfinished(), "what holds a real account is nobody's practice city"


def test_the_city_has_measured_itself_for_two_months_and_closed_what_is_over(city, client):
    reports = OpennessReport.objects.public()

    assert reports.filter(kind="monthly").count() == 2 or timezone.now() < openness_report.due_at(
        openness_report.month_before(openness_report.month_of(timezone.now()))
    )
    assert {one.recruitment.slug for one in reports.filter(kind="closing")} == {"kontrak-2025", "jpt-2026"}
    assert all(one.written_at == one.due_at for one in reports)
    assert openness_report.months_due(timezone.now()) == []
    assert {name for name in INVARIANTS if look(name, timezone.now()).offending} == set()


def test_codes_are_printed_in_a_demo_only(city, settings, capsys):
    call_command("demo_code", "vera@demo.example")
    assert capsys.readouterr().out.strip()[-6:].isdigit()

    settings.DEMO = False
    with pytest.raises(CommandError):
        call_command("demo_code", "vera@demo.example")


def test_trainings_are_drawn_over_open_and_full(city):
    over, open_one, full = (
        Training.objects.get(slug=slug)
        for slug in ("layanan-loket-2026", "etika-benturan-kepentingan", "data-terbuka-dasar")
    )
    now = timezone.now()

    assert (
        over.taken == 15 and draw.digest(sorted(over.enrolments.values_list("number", flat=True))) == over.list_digest
    )
    assert Certificate.objects.filter(enrolment__training=over).count() == 13
    assert results(over).evaluations == 8
    assert open_one.takes_enrolments(now) and open_one.is_drawn and open_one.secrets.count() == 2
    assert full.taken == full.seats and full.enrolments.filter(state="waiting").count() == 3
    assert TrainingNeed.objects.exclude(answered_at=None).get().votes.count() == 5


def test_three_tests_of_the_portal_stand_over_open_and_sealed(city, client):
    now = timezone.now()
    sealed, open_now, over = LocalTest.objects.select_related("session__stage").order_by("-begins_at")

    assert over.closed_at and over.closed_at < now - timedelta(days=4)
    assert over.answers_digest == local_scores.answers_of(over)[2]
    assert over.first_by != over.second_by
    closed = bytes(Entry.objects.get(kind="exam.closed").body).decode()
    assert over.answers_digest in closed, "the answers are in the record"
    batch = over.session.stage.batches.get()
    assert (batch.state, batch.rows, TestFile.objects.get().sha256) == (ScoreBatch.State.APPROVED, 14, batch.sha256)
    assert comparison.of_announcement(over.session.stage.announcements.public().get()).agrees
    codes = {who: _code_of(f"{who}@demo.example", over.session.stage) for who in ("eko", "fani")}
    assert codes == {"eko": "L", "fani": "TL"}
    shown = client.get(f"/skor/{over.session.slug}/").text
    assert Application.objects.get(user__email="eko@demo.example").participant_number in shown

    assert open_now.is_unsealed and open_now.begins_at <= now < open_now.door_closes_at
    assert open_now.session.stage.live_scores.count() == 2
    assert (sealed.first_by, sealed.second_by, sealed.seats.filter(code__isnull=False).count()) == (None, None, 0)
    assert sealed.begins_at > now + timedelta(days=5)


def _code_of(email: str, stage: Stage) -> str:
    return Application.objects.get(user__email=email).outcomes.get(set=current_set(stage)).code


def test_a_newcomer_enters_the_open_test_with_the_account_of_dewi(city, client):
    client.force_login(User.objects.get(email="dewi@demo.example"), backend="django.contrib.auth.backends.ModelBackend")
    door = client.get("/ujian/").text
    seat = Seat.objects.get(application__user__email="dewi@demo.example")

    assert f'action="/ujian/masuk/{seat.pk}/"' in door
    begun = client.post(f"/ujian/masuk/{seat.pk}/", follow=True)
    assert "15 soal, 30 menit" in begun.text
    question = client.post("/ujian/mulai/", follow=True).text
    assert "Soal 1 dari 15" in question
    assert client.post("/ujian/selesai/", follow=True).status_code == 200
    assert seat.sitting.score["total"]["answered"] == 0
