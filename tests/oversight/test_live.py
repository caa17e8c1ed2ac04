"""The watch room says what happens right now, and points at nobody."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from lib.indonesian_text import span
from oversight import live
from oversight.actions import hold as holds
from selection.actions import verification
from selection.models import Review, ScoreBatch
from tests.oversight.story import make_watch
from tests.parts import (
    DAY,
    NOON,
    make_application,
    make_formation,
    make_recruitment,
    make_stage,
    make_user,
)
from tests.selection.objecting import Contested
from tests.selection.story import DUE, Stage
from tests.selection.test_verification import Desk

HOUR = timedelta(hours=1)
CITIZEN = Client()


def judged(desk, files: int, *, by, at=NOON) -> None:
    """The first `files` files of `desk` are decided by each of `by`, in one statement."""
    Review.objects.bulk_create(
        Review(application=one, stage=desk.stage, seat=seat, verifier=who, taken_at=at, decided_at=at, verdict="MS")
        for one in desk.files[:files]
        for seat, who in enumerate(by, start=1)
    )


def test_files_of_today_are_counted_and_those_of_yesterday_are_not(db):
    desk = Desk(25)
    judged(desk, 12, by=[desk.vera, desk.wati])
    Review.objects.create(
        application=desk.files[20], stage=desk.stage, seat=1, verifier=desk.vera, verdict="MS",
        taken_at=NOON - DAY, decided_at=NOON - DAY,
    )  # fmt: skip

    found = live.watch(NOON + HOUR)

    assert found.files.n == 12
    assert [(one.today.n, one.waiting.n) for one in found.queues] == [(12, 13)], "one look is no verdict yet"


@pytest.mark.parametrize(("n", "said", "words"), [
    (None, None, "belum ada data"), (0, 0, "0"), (1, None, "kurang dari 10"), (9, None, "kurang dari 10"),
    (10, 10, "10"), (1234, 1234, "1.234"),
])  # fmt: skip
def test_a_number_that_could_point_at_a_person_stays_unsaid(n, said, words):
    assert live.figure(n, fewest=10) == live.Figure(said, words)


def test_the_pace_of_one_or_two_verifiers_cannot_be_read_off(db):
    desk = Desk(12)
    judged(desk, 12, by=[desk.vera, desk.wati])

    assert live.watch(NOON).verifiers.words == "kurang dari 3"

    third = make_user("tia@contoh.example", Role.VERIFIER)
    judged(desk, 1, by=[])
    Review.objects.create(
        application=make_application(desk.formation), stage=desk.stage, seat=1, verifier=third, verdict="MS",
        taken_at=NOON, decided_at=NOON,
    )  # fmt: skip
    assert live.watch(NOON).verifiers.n == 3


def test_a_file_that_waits_leaves_the_queue_when_two_agree_or_the_third_decides(db):
    desk = Desk(14)
    judged(desk, 2, by=[desk.vera, desk.wati])
    desk.decides(desk.vera, desk.met())
    disputed = desk.decides(desk.wati, desk.not_met()).application

    assert live.watch(NOON).queues[0].waiting.n == 12, "the disputed one waits for a third"
    verification.decide(verification.take(desk.stage, by=desk.sari, at=NOON), desk.met(), by=desk.sari, at=NOON)
    assert disputed.reviews.count() == 3
    assert live.watch(NOON).queues[0].waiting.n == 11


def test_only_who_passed_the_earlier_result_waits_at_a_later_check(db):
    desk = Desk(13)
    judged(desk, 12, by=[desk.vera, desk.wati])
    for who in (desk.vera, desk.wati):
        desk.decides(who, desk.not_met())
    verification.tally(desk.stage, by=desk.sari, at=NOON)
    again = make_stage(desk.recruitment, "administrative", 3, opens_at=NOON, announce_at=NOON + 9 * DAY)

    found = live.watch(NOON + HOUR)

    assert [(one.stage.pk, one.waiting.n) for one in found.queues] == [(again.pk, 12)]


def test_scores_show_when_they_came_and_how_long_the_second_person_took(db):
    story = Stage(people=12).score()
    ScoreBatch.objects.create(
        stage=story.stage, sequence=2, file_name="b.csv", sha256="1" * 64, components=["TWK"], rows=3, reason="Susulan",
        uploaded_by=story.pia, uploaded_at=NOON,
    )  # fmt: skip

    waiting, approved = live.watch(NOON + 2 * HOUR).arrivals

    assert (waiting.rows.words, waiting.lag, waiting.batch.decided_at) == ("kurang dari 10", 2 * HOUR, None)
    assert (approved.rows.n, approved.lag) == (12, timedelta(0))


def test_a_stage_is_coming_then_opening_then_late(db):
    Stage(people=3)

    assert live.watch(DUE - HOUR).coming[0].left == HOUR
    assert live.watch(DUE + timedelta(minutes=1)).coming[0].left is None
    late = live.watch(DUE + HOUR)
    assert not late.coming
    assert late.late[0].delay == HOUR
    assert live.today(DUE + HOUR).late.n == 1


def test_a_hold_and_an_open_finding_are_counted(db):
    watch = make_watch()
    holds.place(watch.stage, reason="Kami periksa dahulu.", by=watch.oka, at=NOON)
    finding = watch.sent()
    watch.draft()

    found = live.watch(NOON + HOUR)

    assert [one.reason for one in found.holds] == ["Kami periksa dahulu."]
    assert (found.findings.n, found.overdue.n) == (1, 0)
    assert live.today(NOON + HOUR).held.n == 1
    assert live.watch(finding.due_at + HOUR).overdue.n == 1
    assert not live.watch(NOON + 25 * HOUR).holds, "one member's hold lapses"


def test_objections_that_wait_are_counted_and_too_few_are_not_said(db):
    city = Contested()
    assert live.today(timezone.now()).objections.words == "belum ada data"
    sent = city.filed("alya")

    found = live.watch(timezone.now())

    assert (found.objections.words, found.objections_late.n) == ("kurang dari 10", 0)
    assert live.watch(sent.due_at + HOUR).objections_late.n == 1
    assert live.today(timezone.now()).objections.words == "kurang dari 10"


def test_nothing_of_an_unpublished_recruitment_shows(db):
    hidden = make_recruitment()
    make_stage(hidden, "registration", 1, opens_at=NOON - DAY)
    make_stage(hidden, "administrative", 2, opens_at=NOON - DAY, announce_at=NOON + DAY)
    make_application(make_formation(hidden))

    found = live.watch(NOON)

    assert (found.opens, found.queues, found.coming, found.late, found.stages) == ([], [], [], [], 0)


def test_where_nothing_is_counted_the_page_says_so(db):
    page = CITIZEN.get("/pantau/").content.decode()

    assert page.count("elum ada data") == 12
    assert "100" not in page.split("<main")[1].split("</main")[0]
    assert CITIZEN.get("/pantau.json").json()["berkas_diperiksa_hari_ini"] is None
    assert "belum ada data" in CITIZEN.get("/").content.decode()


def test_no_name_number_or_score_of_anybody_shows(db):
    desk = Desk(12)
    judged(desk, 12, by=[desk.vera, desk.wati], at=timezone.now())
    story = Stage(people=12).score(p0=137)

    pages = CITIZEN.get("/pantau/").content.decode() + CITIZEN.get("/pantau.json").content.decode()

    for word in [desk.vera.name, desk.wati.name, desk.vera.email, story.pia.name, "nilai.csv", "skd.csv", "137"]:
        assert word not in pages
    for one in [*desk.files, *story.people]:
        assert one.participant_number not in pages
        assert one.ref not in pages
    assert "12" in pages


def a_busy_city(recruitments: int) -> None:
    """`recruitments` of everything the page lists, around the present."""
    now = timezone.now()
    rudi = make_user(f"rudi.{recruitments}@contoh.example")
    for turn in range(recruitments):
        made = make_recruitment(published_by=rudi)
        make_stage(made, "registration", 1, opens_at=now - DAY)
        make_stage(made, "administrative", 2, opens_at=now - DAY, announce_at=now + 8 * DAY)
        test = make_stage(made, "test", 3, opens_at=now - 2 * DAY, days=1, announce_at=now - HOUR)
        ScoreBatch.objects.create(
            stage=test, sequence=1, file_name=f"{turn}.csv", sha256=f"{turn:064d}", components=["TWK"], rows=20,
            uploaded_by=rudi, uploaded_at=now - HOUR,
        )  # fmt: skip


@pytest.mark.parametrize("address", ["/pantau/", "/pantau.json", "/"])
def test_a_page_asks_as_much_for_one_recruitment_as_for_thirty(db, address):
    a_busy_city(1)
    with CaptureQueriesContext(connection) as one:
        CITIZEN.get(address)
    a_busy_city(30)
    with CaptureQueriesContext(connection) as many:
        answer = CITIZEN.get(address)

    assert len(one) == len(many) <= 13
    assert len(answer.content) < 60_000, "a page that a phone loads again and again"


def test_caches_keep_it_for_seconds_and_an_unchanged_page_is_not_sent_again(db):
    a_busy_city(1)
    answers = []

    for _turn in range(2):  # a minute may begin between two requests, not twice
        first = CITIZEN.get("/pantau/")
        answers.append(CITIZEN.get("/pantau/", headers={"if-none-match": first.headers["ETag"]}).status_code)

    assert first.headers["Cache-Control"].startswith("public, max-age=5")
    assert "HX-Request" in first.headers["Vary"]
    assert 304 in answers
    a_busy_city(2)
    assert CITIZEN.get("/pantau/", headers={"if-none-match": first.headers["ETag"]}).status_code == 200


def test_an_open_page_asks_for_what_is_new_and_works_without(db):
    a_busy_city(1)
    unchanged = []

    for _turn in range(2):  # a minute may begin between two requests, not twice
        address = CITIZEN.get("/pantau/").content.decode().split('hx-get="')[1].split('"')[0]
        unchanged.append(CITIZEN.get(address, headers={"hx-request": "true"}).status_code)
    a_busy_city(2)
    changed = CITIZEN.get(address, headers={"hx-request": "true"})

    assert 204 in unchanged
    assert changed.status_code == 200
    assert changed.content.decode().lstrip().startswith('<div id="keadaan"')
    assert "<html" not in changed.content.decode()
    assert "<html" in CITIZEN.get(address).content.decode(), "the same address, opened by hand"


def test_the_open_data_say_the_same_as_the_page(db):
    a_busy_city(1)

    found = json.loads(CITIZEN.get(reverse("live_watch_json")).content)

    assert [
        len(found[name]) for name in ("pendaftaran", "antrean", "nilai_masuk", "pengumuman_berikutnya", "terlambat")
    ] == [1] * 5
    assert found["antrean"][0]["menunggu"] == 0


@pytest.mark.parametrize(("length", "words"), [
    (timedelta(0), "kurang dari 1 menit"), (timedelta(seconds=59), "kurang dari 1 menit"),
    (timedelta(minutes=45), "45 menit"), (timedelta(hours=5), "5 jam"), (timedelta(hours=5, minutes=1), "5 jam 1 menit"),
    (timedelta(days=2, hours=3, minutes=9), "2 hari 3 jam"), (timedelta(days=2, minutes=9), "2 hari"),
    (-timedelta(minutes=3), "kurang dari 1 menit"),
])  # fmt: skip
def test_a_length_of_time_is_said_in_its_two_widest_units(length, words):
    assert span(length) == words
