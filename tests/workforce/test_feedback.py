"""Feedback from all sides: asked by the lines, closed for all at once, and then nobody can say who said what."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from portal.grants import KEEPER, WEB, WORK
from publishing.models import Channel, Delivery, Publication
from tests.parts import DAY, make_user
from tests.roles import working_as
from tests.workforce.appraising import Office
from tests.workforce.serving import BACKEND
from tests.workforce.test_panel_pages import browser
from workforce.actions import appraisal, erasure, feedback, keeping, shielding
from workforce.actions.plans import NotPossible
from workforce.feedback_results import band, result_of
from workforce.models import (
    FeedbackAnswer,
    FeedbackDraft,
    FeedbackRater,
    FeedbackReply,
    FeedbackRound,
    FeedbackSelf,
    Side,
    Value,
)
from workforce.models.feedback import LEAST, LEAST_SERVED, LEAST_TOGETHER

STAFF = ("ani", "budi", "citra", "dodi", "euis", "fajar")


class Survey(Office):
    """Ani has Lia above her and five peers; the survey is open since yesterday for two weeks."""

    def __init__(self, *, staff=STAFF):
        now = timezone.now()
        super().__init__(at=now - timedelta(days=1), staff=staff)
        self.made = feedback.open_round(self.year, days=14, by=self.pia, at=self.at)
        self.end = self.made.closes_at

    def rater(self, who: str, about: str = "ani") -> FeedbackRater:
        return FeedbackRater.objects.get(user=self.users[who], subject=self.people[about])

    def answer(self, who: str, mark: int, about: str = "ani") -> None:
        feedback.answer(self.rater(who, about), [mark] * 7, at=self.at)

    def visitors(self, *marks: int, about: str = "ani") -> None:
        codes = feedback.make_codes(self.made, self.people[about], n=len(marks), at=self.at)
        for code, mark in zip(codes, marks, strict=True):
            feedback.answer(feedback.by_code(code, self.at), [mark] * 7, at=self.at)

    def close(self):
        assert feedback.close_due(self.end) == 1
        self.made.refresh_from_db()
        return self

    def told(self, about: str = "ani") -> dict[str, str]:
        found = result_of(self.made, self.people[about])
        return dict(zip(found.cells, found.rows[0][1], strict=True))


@pytest.fixture
def survey(db):
    return Survey()


# --- who is asked -------------------------------------------------------------------------------


def test_who_is_asked_follows_from_the_lines(survey):
    about = FeedbackRater.objects.filter(subject=survey.people["ani"])
    sides = {(one.user.email.split("@")[0], one.side) for one in about.select_related("user")}
    assert sides == {("ani", "sendiri"), ("lia", "atasan")} | {(name, "rekan") for name in STAFF[1:]}
    assert FeedbackRater.objects.filter(subject=survey.people["lia"], side=Side.SUBORDINATE).count() == len(STAFF)


def test_nobody_answers_as_somebody_else_or_about_themselves_as_a_peer(survey):
    ani = survey.people["ani"]
    FeedbackRater.objects.filter(subject=ani).delete()
    for user, side in (("ani", "rekan"), ("budi", "sendiri")):
        with pytest.raises(DatabaseError, match="only the person answers as the person"), transaction.atomic():
            FeedbackRater.objects.create(round=survey.made, subject=ani, side=side, user=survey.users[user])


def test_one_survey_runs_at_a_time_and_no_year_closes_meanwhile(survey):
    other = appraisal.open_year(2024, by=survey.pia, at=survey.at)
    with pytest.raises(feedback.NotPossible, match="belum ditutup"):
        feedback.open_round(other, days=14, by=survey.pia, at=survey.at)
    with pytest.raises(NotPossible, match="survei 360"):
        appraisal.close_year(survey.year, by=survey.rudi, at=survey.at)


def test_everybody_asked_is_reminded_whether_they_answered_or_not(survey):
    Channel.objects.get_or_create(code="mail", defaults={"name": "Surel"})
    Channel.objects.filter(code="mail").update(enabled=True)
    survey.answer("budi", 4)
    keeping.keep(survey.end - 4 * DAY)
    assert not Publication.objects.filter(source__endswith=":remind").exists()

    for _ring in range(2):
        keeping.keep(survey.end - 2 * DAY)

    letters = Delivery.objects.filter(publication__source=f"feedback:{survey.made.pk}:remind")
    assert {one.recipient for one in letters} == set(survey.users.values()), "also Budi: a letter tells nothing"
    assert letters.count() == len(survey.users)


def test_the_letter_names_the_day_of_the_town_and_leads_to_one_address(db):
    office = Office(at=datetime(2026, 11, 2, 19, 0, tzinfo=UTC), staff=STAFF)  # 2 o'clock on the third, in Jakarta
    made = feedback.open_round(office.year, days=14, by=office.pia, at=office.at)

    letter = Publication.objects.get(source=f"feedback:{made.pk}:open")
    assert "17 November 2026" in letter.body
    assert letter.url == "/asn/saya/umpan-balik/"


def test_a_paper_that_comes_a_moment_too_late_is_told_so(survey, client, monkeypatch):
    [code] = feedback.make_codes(survey.made, survey.people["ani"], n=1, at=survey.at)
    fields = {value.value: "4" for value in Value} | {"code": code, "save": "1"}
    rater = feedback.by_code(code, survey.at)
    monkeypatch.setattr(feedback, "by_code", lambda _code, _at: rater)
    survey.close()

    answer = client.post(reverse("feedback_by_code"), fields)

    assert answer.status_code == 422 and "Survei ini sudah ditutup." in answer.text


# --- the closing --------------------------------------------------------------------------------


def test_it_closes_when_it_was_said_to_and_never_before_not_even_by_sql(survey):
    assert feedback.close_due(survey.end - timedelta(seconds=1)) == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT close_feedback(%s, %s)", [survey.made.pk, survey.end - timedelta(seconds=1)])
        assert cursor.fetchone() == (False,)
    early = survey.end - timedelta(seconds=1)
    with pytest.raises(DatabaseError, match="closes_not_before"), transaction.atomic():
        FeedbackRound.objects.update(closed_at=early)
    with pytest.raises(DatabaseError, match="in no other way"), transaction.atomic():
        FeedbackRound.objects.update(closes_at=early)


def test_after_the_end_nothing_is_answered_and_an_answer_can_be_changed_until_then(survey):
    survey.answer("budi", 1)
    survey.answer("budi", 5)
    assert FeedbackDraft.objects.get().marks == [5] * 7
    with pytest.raises(feedback.NotPossible, match="ditutup"):
        feedback.answer(survey.rater("citra"), [1] * 7, at=survey.end)
    with pytest.raises(DatabaseError, match="draft_is_whole"), transaction.atomic():
        FeedbackDraft.objects.update(marks=[5] * 6 + [6])


# --- small groups, and differences of two figures -------------------------------------------------


def test_four_peers_are_told_and_three_are_not(survey):
    for name in ("budi", "citra", "dodi"):
        survey.answer(name, 3)
    for name, mark in (("ani", 5), ("citra", 2), ("dodi", 3), ("euis", 4), ("fajar", 3)):
        survey.answer(name, mark, about="budi" if name != "ani" else "ani")
    survey.close()

    assert survey.told("ani") == {}
    assert survey.told("budi") == {"Rekan setingkat": "3"}
    assert not FeedbackAnswer.objects.filter(subject=survey.people["ani"]).exists(), "not even in the database"


def test_the_superior_stands_in_no_group_that_can_be_taken_apart(survey):
    """Beside four peers the superior's one answer is neither told nor kept; nor is there a sum with it."""
    for name in STAFF[1:5]:
        survey.answer(name, 4)
    survey.answer("lia", 1)
    survey.answer("ani", 5)
    survey.close()

    assert survey.told() == {"Rekan setingkat": "4"}
    assert set(FeedbackAnswer.objects.values_list("cell", "mark")) == {("rekan", 4)}
    assert FeedbackSelf.objects.get().marks == [5] * 7


def test_small_sides_of_colleagues_stand_together_when_they_are_five(db):
    survey = Survey(staff=("ani", "budi", "citra", "dodi"))
    lia = survey.people["lia"]
    FeedbackRater.objects.filter(subject=survey.people["ani"], side="rekan").delete()
    for name, side in (("budi", "rekan"), ("citra", "rekan"), ("dodi", "bawahan")):
        FeedbackRater.objects.create(
            round=survey.made, subject=survey.people["ani"], side=side, user=survey.users[name]
        )
    extra = make_user("gina@kota.example")
    FeedbackRater.objects.create(round=survey.made, subject=survey.people["ani"], side="bawahan", user=extra)
    for one in FeedbackRater.objects.filter(subject=survey.people["ani"]).exclude(side="sendiri"):
        feedback.answer(one, [2] * 7, at=survey.at)
    survey.close()

    assert survey.told() == {"Kelompok kecil, digabung": "2"}
    assert survey.told("lia") == {} and lia


def test_papers_are_never_mixed_with_colleagues_and_need_eight(survey):
    for name in ("budi", "citra", "dodi"):
        survey.answer(name, 3)
    survey.visitors(*[4] * (LEAST_SERVED - 1))
    survey.visitors(*[5] * LEAST_SERVED, about="budi")
    survey.close()

    assert survey.told() == {}, "three peers and papers somebody may have filled in are no group of ten"
    assert survey.told("budi") == {"Pengguna layanan": "4,5 atau lebih"}


@pytest.mark.parametrize("n", range(12))
@pytest.mark.parametrize("superior", [False, True])
def test_no_two_figures_differ_by_a_small_group(db, n, superior):
    """Whatever is told, every group and every union of groups has four members or more; a sum is never told."""
    survey = Survey(staff=tuple(f"p{number}" for number in range(13)))
    about = survey.people["p12"]
    peers = list(FeedbackRater.objects.filter(subject=about, side="rekan"))[:n]
    for one in peers:
        feedback.answer(one, [3] * 7, at=survey.at)
    if superior:
        survey.answer("lia", 1, about="p12")
    survey.close()

    kept = {}
    for cell in FeedbackAnswer.objects.filter(subject=about, aspect=Value.SERVICE).values_list("cell", flat=True):
        kept[cell] = kept.get(cell, 0) + 1
    assert all(size >= (LEAST_TOGETHER if cell == "gabungan" else LEAST) for cell, size in kept.items())
    assert len(survey.told("p12")) == len(kept)
    told, answered = sum(kept.values()), len(peers) + superior
    assert answered - told == 0 or told == 0 or answered - told < LEAST, "what is left out is in no figure at all"


def test_a_mean_says_no_fact_about_each():
    assert band([1, 1, 1, 1]) == "1,5 atau kurang" == band([1, 2, 1, 2])
    assert band([5, 5, 5, 5]) == "4,5 atau lebih"
    assert band([3, 3, 4, 4]) == "3,5"


# --- nobody can join raters to answers -------------------------------------------------------------

PEOPLE = 60


def _many(survey) -> list[int]:
    """Answers of many papers about Ani, in a known order; returns the mark that each gave, in that order."""
    digests = [feedback.digest(f"KERTAS{number:04d}") for number in range(PEOPLE)]
    FeedbackRater.objects.bulk_create(
        FeedbackRater(round=survey.made, subject=survey.people["ani"], side="warga", digest=one) for one in digests
    )
    marks = [1 + (number * 7 + number // 5) % 5 for number in range(PEOPLE)]
    for one, mark in zip(digests, marks, strict=True):
        feedback.answer(FeedbackRater.objects.get(digest=one), [mark] * 7, at=survey.at)
    return marks


def rows(table: str) -> list[dict]:
    """Everything the database has of `table`, also what no page shows: place on the disk and transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT ctid::text, xmin::text, t.* FROM "{table}" t ORDER BY t.ctid')
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def filenode(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_relation_filenode(%s)", [table])
        return cursor.fetchone()[0]


def guessed(marks: list[int]) -> float:
    """How often somebody is right who knows in which order people answered, and reads the answers as they lie."""
    lying = [row["mark"] for row in rows("workforce_feedbackanswer") if row["aspect"] == "pelayanan"]
    assert sorted(lying) == sorted(marks)
    return sum(one == other for one, other in zip(lying, marks, strict=True)) / len(marks)


def test_with_the_whole_database_in_hand_raters_cannot_be_joined_to_answers(own_database):
    survey = Survey()
    marks = _many(survey)
    before = {table: filenode(table) for table in ("workforce_feedbackdraft", "workforce_feedbackrater")}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE workforce_feedbackdraft, workforce_feedbackrater")

    with working_as(KEEPER):
        assert feedback.close_due(survey.end) == 1

    answers = rows("workforce_feedbackanswer")
    assert len(answers) == PEOPLE * 7
    assert set(answers[0]) == {"ctid", "xmin", "id", "round_id", "subject_id", "cell", "aspect", "mark"}, (
        "no key, no time"
    )
    assert len({row["xmin"] for row in answers}) == 1, "one transaction wrote them all"
    assert rows("workforce_feedbackdraft") == rows("workforce_feedbackrater") == []
    for table, old in before.items():
        assert filenode(table) != old, "the old file is gone with what lay dead in it"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stats WHERE tablename IN ('workforce_feedbackdraft', 'workforce_feedbackrater')"
            " AND attname IN ('marks', 'rater_id', 'user_id', 'subject_id')"
        )
        assert cursor.fetchone() == (0,), "the planner remembers nothing of them either"
    ids = [str(row["id"]) for row in answers]
    assert ids == sorted(ids), "the place says no more than the random key"
    assert guessed(marks) < 0.6, "by chance one in five"
    runs = [(answers[at]["mark"], answers[at + 1]["mark"]) for at in range(len(answers) - 1)]
    assert sum(a == b for a, b in runs) / len(runs) < 0.4, "the seven marks of one rater do not lie together"


def test_twin_without_the_shuffling_the_order_says_who_said_what(own_database):
    survey = Survey()
    marks = _many(survey)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('close_feedback'::regproc)")
        (real,) = cursor.fetchone()
        assert real.count("ORDER BY gen_random_uuid()") == 1
        cursor.execute(real.replace("ORDER BY gen_random_uuid()", "ORDER BY s.rater_id"))

    survey.close()

    assert guessed(marks) == 1.0


def test_twin_with_a_delete_in_the_place_of_truncate_the_old_file_stays(own_database):
    survey = Survey()
    _many(survey)
    before = filenode("workforce_feedbackdraft")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('close_feedback'::regproc)")
        (real,) = cursor.fetchone()
        emptied = "DELETE FROM workforce_feedbackdraft; DELETE FROM workforce_feedbackrater;"
        cursor.execute(real.replace("TRUNCATE workforce_feedbackdraft, workforce_feedbackrater;", emptied))

    survey.close()

    assert filenode("workforce_feedbackdraft") == before, "and the dead rows lie in it until somebody vacuums"


def test_no_process_of_the_portal_reads_or_changes_what_is_not_its_own(own_database):
    survey = Survey()
    survey.answer("budi", 4)

    def refused(role, statement) -> bool:
        with working_as(role):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement)
            except DatabaseError as error:
                return "permission denied" in str(error)
        return False

    for role in (WORK, KEEPER):
        assert refused(role, "SELECT * FROM workforce_feedbackdraft")
        assert refused(role, "TRUNCATE workforce_feedbackdraft")
    assert refused(WEB, f"SELECT close_feedback({survey.made.pk}, now() + interval '99 days')")
    assert refused(WEB, "UPDATE workforce_feedbackanswer SET mark = 1")
    assert refused(WEB, "UPDATE workforce_feedbackround SET closed_at = closes_at")


# --- attacks and pages ------------------------------------------------------------------------------


def test_a_rival_answers_only_where_they_are_asked_and_once(survey, client):
    client.force_login(survey.users["budi"], backend=BACKEND)
    other = survey.rater("citra")
    whole = dict.fromkeys(Value.values, "1")
    assert client.post(reverse("feedback_form", args=[other.pk]), whole).status_code == 404
    mine = reverse("feedback_form", args=[survey.rater("budi").pk])
    assert client.post(mine, {"loyal": "1"}).status_code == 422
    for _turn in range(2):
        assert client.post(mine, whole | {"loyal": "5"}).status_code == 302
    assert FeedbackDraft.objects.get().marks == [1, 1, 1, 1, 5, 1, 1]


def test_a_neighbour_and_the_office_read_no_result_and_person_and_superior_do(survey, client):
    for name in STAFF[1:]:
        survey.answer(name, 2)
    survey.close()
    ani = survey.people["ani"]
    mine, team = reverse("feedback_result", args=[2025]), reverse("team_feedback", args=[2025, ani.slug])

    def status(user, address):
        client.force_login(user, backend=BACKEND)
        return client.get(address).status_code

    assert (
        "Rekan setingkat"
        in (client.force_login(survey.users["ani"], backend=BACKEND) or client.get(mine)).content.decode()
    )
    assert status(survey.users["lia"], team) == 200
    assert [status(survey.users["budi"], team), status(survey.users["ani"], team)] == [404, 404]
    assert status(make_user("warga@umum.example"), mine) == 404
    assert browser(survey.pia).get(team).status_code == 404
    assert "Rekan setingkat" not in browser(survey.pia).get(reverse("feedback_desk", args=[2025])).content.decode()


def test_the_person_replies_and_the_superior_reads_it(survey, client):
    client.force_login(survey.users["ani"], backend=BACKEND)
    mine = reverse("feedback_result", args=[2025])
    client.post(mine, {"text": "Terlalu dini"})
    assert not FeedbackReply.objects.exists()
    survey.close()
    client.post(mine, {"text": "Saya belajar dari ini"})
    client.force_login(survey.users["lia"], backend=BACKEND)

    page = client.get(reverse("team_feedback", args=[2025, survey.people["ani"].slug])).content.decode()

    assert "Saya belajar dari ini" in page


def test_a_visitor_answers_with_a_code_and_no_account(survey, client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"feedback_code": "5/h/ip"}
    (code,) = feedback.make_codes(survey.made, survey.people["ani"], n=1, at=survey.at)
    page = reverse("feedback_by_code")
    assert client.get(page).status_code == 200
    assert client.post(page, {"code": "AAAA-BBBB-CCCC"}).status_code == 422
    asked = client.post(page, {"code": code.lower()})
    assert (
        "Ani" in asked.content.decode()
        and asked["Cache-Control"].startswith("max-age=0")
        or "no-store" in asked["Cache-Control"]
    )
    done = client.post(page, {"code": code, "save": "1"} | dict.fromkeys(Value.values, "4"))

    assert "Terima kasih" in done.content.decode()
    assert FeedbackDraft.objects.get().marks == [4] * 7
    answers = [client.post(page, {"code": "AAAA-BBBB-CCCC"}).status_code for _turn in range(4)]
    assert answers[-1] == 429


def test_the_page_says_that_the_link_exists_until_the_closing(survey, client, settings):
    client.force_login(survey.users["budi"], backend=BACKEND)

    page = client.get(reverse("feedback_form", args=[survey.rater("budi").pk])).content.decode()

    assert "terikat selama survei terbuka" in page
    assert f"{settings.BACKUP_DAYS} hari" in page


def test_the_office_opens_and_makes_papers_and_sees_no_names(survey):
    desk = browser(survey.pia)
    page = reverse("feedback_desk", args=[2025])
    survey.answer("budi", 4)
    answer = desk.post(page, {"do": "codes", "codes-employee": survey.people["ani"].slug, "codes-n": "3"})
    text = answer.content.decode()
    assert FeedbackRater.objects.filter(side="warga").count() == 3
    assert "Kode untuk pengunjung Ani" in text and "Budi" not in text
    assert (
        desk.post(page, {"do": "codes", "codes-employee": survey.people["ani"].slug, "codes-n": "31"}).status_code
        == 422
    )
    other = appraisal.open_year(2024, by=survey.pia, at=survey.at)
    survey.close()
    desk.post(reverse("feedback_desk", args=[other.pk]), {"do": "open", "days": "14"})
    assert FeedbackRound.objects.filter(year=other).exists()
    assert "sudah dikosongkan" in desk.get(page).content.decode()


def test_an_erasure_takes_what_was_said_about_the_person(survey):
    for name in STAFF:
        survey.answer(name, 2)
    survey.close()
    feedback.reply(survey.made, survey.people["ani"], "Kata saya", at=survey.end)

    with transaction.atomic():
        erasure.forget([survey.people["ani"].pk], at=survey.end)

    assert (
        not FeedbackAnswer.objects.exists() and not FeedbackSelf.objects.exists() and not FeedbackReply.objects.exists()
    )


def test_somebody_under_a_shield_is_in_no_list_of_colleagues_and_superior(survey, client):
    rater = survey.rater("budi")
    shielding.place(survey.people["ani"], ground="threat", by=survey.pia, at=survey.at)
    client.force_login(survey.users["budi"], backend=BACKEND)
    assert ">Ani<" not in client.get(reverse("feedback_list")).content.decode()
    assert client.get(reverse("feedback_form", args=[rater.pk])).status_code == 404
    client.force_login(survey.users["lia"], backend=BACKEND)
    assert "Ani" not in client.get(reverse("team_appraisal_list")).content.decode()
    assert client.get(reverse("team_feedback", args=[2025, survey.people["ani"].slug])).status_code == 404
