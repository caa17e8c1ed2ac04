"""Service feedback: clocks that keep themselves, an end that only the citizen gives, and words that stay closed."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import FileAccess
from participation import case_codes, case_states
from participation.actions import case_keeping, cases, keeping
from participation.case_states import CaseState, NotAllowed
from participation.models import CaseClock, CaseEscalation, CaseStep, ServiceCase
from portal.grants import KEEPER
from publishing.actions import delivery, subscribing
from tests.participation.citizens import TEXT, Office, a_case
from tests.parts import DAY, NOON, enrol
from tests.roles import working_as
from vacancies.models import Holiday

SITI = "siti@warga.example"


@pytest.fixture
def office(db):
    return Office()


def due(case, kind) -> str:
    return f"{case.clocks.get(kind=kind).due_at.astimezone(timezone.get_default_timezone()):%d %H}"


# --- clocks ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "supervised", "days"), [("question", True, 5), ("aspiration", False, 5), ("complaint", False, 14), ("complaint", True, 60)]
)  # fmt: skip
def test_each_kind_has_its_working_days(office, kind, supervised, days):
    case = office.routed(kind=kind, supervised=supervised)

    assert case.clocks.get(kind="answer").days == days
    assert case.clocks.get(kind="route").days == 3


def test_clocks_count_working_days_without_holidays(office):
    Holiday.objects.create(date="2026-11-04", name="Libur", decree="SKB")

    case = office.routed(kind="question")

    assert due(case, "route") == "06 16"  # Monday 2, holiday on Wednesday: Friday
    assert due(case, "answer") == "10 16"


def test_what_is_late_goes_up_once_to_the_parent_and_the_desk(office, client):
    case = office.routed(kind="question")

    for _again in range(3):
        keeping.keep(NOON + 20 * DAY)

    escalation = CaseEscalation.objects.get()
    assert (escalation.case, escalation.agency) == (case, office.city)
    assert cases.may_answer(office.wali, case)
    assert not cases.may_answer(office.tuti, case)
    delivery.deliver_due(NOON + 21 * DAY)
    assert sorted(one.to[0] for one in mail.outbox) == ["pia@aduan.example", "wali@aduan.example"]
    for page in ("case_overdue", "case_overdue_feed"):
        assert case.number in client.get(reverse(page)).text


def test_nothing_goes_up_before_its_time_or_while_the_citizen_is_asked(office):
    office.routed(kind="question")
    office.answered(kind="question")

    keeping.keep(NOON + 3 * DAY)
    assert not CaseEscalation.objects.exists()
    keeping.keep(NOON + 20 * DAY)
    assert CaseEscalation.objects.count() == 1


def test_the_keeper_does_it_under_its_own_rights(own_database):
    office = Office()
    office.routed(kind="question")
    silent = office.answered()

    with working_as(KEEPER):
        assert case_keeping.escalate_late(NOON + 20 * DAY) == 1
        assert case_keeping.close_silent(NOON + 20 * DAY) == 1
        assert ServiceCase.objects.get(pk=silent.pk).state == CaseState.SILENT


def test_fourteen_days_of_silence_close_a_case_and_no_day_less(office):
    case = office.answered()

    assert case_keeping.close_silent(NOON + 14 * DAY - timedelta(seconds=1)) == 0
    assert case_keeping.close_silent(NOON + 14 * DAY) == 1
    assert case_keeping.close_silent(NOON + 15 * DAY) == 0
    case.refresh_from_db()
    assert case.state == CaseState.SILENT


# --- who may do what ------------------------------------------------------------------------------
def test_a_case_that_is_passed_on_a_third_time_goes_up(office):
    case = office.routed()
    for turn in range(3):
        assert CaseEscalation.objects.count() == 0
        cases.pass_on(case, words="Bukan jalan kota.", by=office.tono, at=NOON)
        if turn < 2:
            cases.route(case, office.agency, supervised=False, by=office.pia, at=NOON)

    assert CaseEscalation.objects.get().reason == "passed"


@pytest.mark.parametrize("words", ["", "   "])
def test_passing_on_and_answering_need_words(office, words):
    case = office.routed()

    for act in (cases.pass_on, cases.answer):
        with pytest.raises(NotAllowed):
            act(case, words=words, by=office.tono, at=NOON)


def test_an_officer_of_another_agency_neither_opens_nor_answers(office, client):
    case = office.routed()
    client.force_login(enrol(office.tuti), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(reverse("case_work", args=[case.number])).status_code == 404
    with pytest.raises(NotAllowed):
        cases.answer(case, words="Selesai.", by=office.tuti, at=NOON)
    with pytest.raises(NotAllowed):
        cases.route(case, office.other, supervised=False, by=office.tuti, at=NOON)


def test_an_officer_cannot_end_an_own_late_case_without_answer_or_for_the_citizen(office):
    """The twin: the same SQL passes where the trigger is taken away."""
    case = office.routed()

    def refused(**changed) -> bool:
        try:
            with transaction.atomic():
                ServiceCase.objects.filter(pk=case.pk).update(**changed)
        except DatabaseError:
            return True
        return False

    assert refused(state="solved", closed_at=NOON)
    assert refused(state="answered")
    cases.answer(case, words="Sudah.", by=office.tono, at=NOON)
    assert refused(state="solved", closed_at=NOON)
    assert refused(state="silent", closed_at=NOON + DAY)
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE participation_servicecase DISABLE TRIGGER USER")
        assert not refused(state="solved", closed_at=NOON)
        cursor.execute("ALTER TABLE participation_servicecase ENABLE TRIGGER USER")


def test_each_look_at_what_a_citizen_wrote_is_written_down(office, client):
    case = office.routed()
    client.force_login(enrol(office.tono), backend="django.contrib.auth.backends.ModelBackend")

    assert TEXT in client.get(reverse("case_work", args=[case.number])).text
    assert FileAccess.objects.get(subject=case.number).by == office.tono


# --- the citizen ----------------------------------------------------------------------------------
def test_the_public_page_shows_state_and_answer_and_nothing_personal(office, client):
    case = office.answered(place="Jalan Rahasia 7", email=SITI)
    cases.reopen(case, private="Masih padam, kata istri saya.", at=NOON)

    page = client.get(reverse("case_detail", args=[case.number])).text

    assert "Sudah kami perbaiki." in page and "Dinas Jalan" in page
    for closed in (TEXT, "Rahasia 7", SITI, "istri", "tono@", "Tono"):
        assert closed not in page


def test_a_form_sent_twice_files_one_case_and_shows_the_same_code(db, client):
    token = re.search(r'name="token" value="([^"]+)"', client.get("/aduan/tulis/").text)[1]
    form = {"kind": "question", "topic": "civil", "text": "Kapan KTP jadi?", "token": token}

    first, second = client.post("/aduan/tulis/", form), client.post("/aduan/tulis/", form)

    case = ServiceCase.objects.get()
    codes = {re.search(r'id="kode">([^<]+)<', one.text)[1] for one in (first, second)}
    assert len(codes) == 1
    assert case_codes.normal(codes.pop()) not in (case.code_hash, case.number)
    assert case.state == CaseState.RECEIVED


def test_a_neighbour_who_guesses_codes_or_numbers_learns_nothing(office, client):
    case = office.answered()

    for guess in (case.number, "A" * 16, case.code_hash[:16], ""):
        assert client.post("/aduan/saya/", {"code": guess}).status_code == 422
    assert client.post("/aduan/saya/", {"mine": str(case.pk), "do": "solved"}).status_code == 422
    case.refresh_from_db()
    assert case.state == CaseState.ANSWERED


def test_the_reporter_says_by_code_that_it_is_not_solved_and_then_that_it_is(office, client):
    code = case_codes.code_of(case_codes.new_token())
    case = office.answered(code=code)
    page = client.post("/aduan/saya/", {"code": case_codes.in_groups(code).lower()}).text
    mine = re.search(r'name="mine" value="([^"]+)"', page)[1]

    client.post("/aduan/saya/", {"mine": mine, "do": "reopen", "private": "Belum."})
    case.refresh_from_db()
    assert case.state == CaseState.REOPENED
    cases.answer(case, words="Diganti baru.", by=office.tono, at=timezone.now())
    client.post("/aduan/saya/", {"mine": mine, "do": "solved"})

    case.refresh_from_db()
    assert case.state == CaseState.SOLVED


def test_a_case_is_reopened_twice_and_not_a_third_time(office):
    case = office.answered()
    for _turn in range(2):
        cases.reopen(case, private="", at=NOON)
        cases.answer(case, words="Lagi.", by=office.tono, at=NOON)

    with pytest.raises(NotAllowed):
        cases.reopen(case, private="", at=NOON)


def test_a_duplicate_follows_the_other_and_its_reporter_is_told_and_may_reopen(office):
    main, double = office.routed(), a_case(email=SITI)
    subscribing.confirm(double.subscriber, at=NOON)

    cases.merge(double, main, by=office.pia, at=NOON)
    cases.answer(main, words="Sudah.", by=office.tono, at=NOON)

    delivery.deliver_due(NOON + DAY)
    subjects = [one.subject for one in mail.outbox if one.to == [SITI]]
    assert [one.split(":")[0] for one in subjects] == [
        "Aduan Anda diterima",
        "Aduan Anda digabung",
        "Aduan Anda dijawab",
    ]
    double.refresh_from_db()
    with pytest.raises(NotAllowed):
        cases.say_solved(double, at=NOON)
    cases.reopen(double, private="", at=NOON)
    main.refresh_from_db()
    assert main.state == CaseState.REOPENED


def test_an_address_gets_only_the_first_letter_until_its_owner_presses_the_button(office, client):
    case = office.answered(email=SITI)
    delivery.deliver_due(NOON + DAY)
    assert len(mail.outbox) == 1

    link = f"/aduan/surat/{cases.link_token(case)}/"
    client.post(link, {"do": "confirm"})
    case.subscriber.refresh_from_db()

    assert case.subscriber.confirmed_at
    assert TEXT not in mail.outbox[0].body and link in mail.outbox[0].body
    subscribing.forget(case.subscriber)
    case.refresh_from_db()
    assert case.subscriber_id is None
    assert client.get(link).status_code == 404


# --- the table of states --------------------------------------------------------------------------
def put(case, state) -> None:
    """Write `state` by SQL with all that it must carry."""
    closed = state in case_states.OVER
    words = {"answer": "Ya.", "answered_at": NOON} if state in ("answered", "solved", "silent", "declined") else {}
    other = ServiceCase.objects.exclude(pk=case.pk).first()
    ServiceCase.objects.filter(pk=case.pk).update(
        state=state, closed_at=NOON + 14 * DAY if closed else None, merged_into=other if state == "merged" else None, **words
    )  # fmt: skip


ROAD = {"received": [], "routed": ["routed"], "answered": ["routed", "answered"], "merged": ["merged"],
        "declined": ["declined"], "reopened": ["routed", "answered", "reopened"],
        "silent": ["routed", "answered", "silent"], "solved": ["routed", "answered", "solved"]}  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [(old, new) for old in CaseState for new in CaseState if old != new])
def test_the_database_takes_a_case_along_the_table_and_no_other_way(office, old, new):
    a_case()
    case = a_case(agency=office.agency)
    CaseStep.objects.create(case=case, new="solved", by_reporter=True, at=NOON)
    for state in ROAD[old]:
        put(case, state)

    try:
        with transaction.atomic():
            put(case, new)
        moved = True
    except DatabaseError as error:
        assert "Invalid transition" in str(error)
        moved = False

    assert moved is case_states.allows(old, new)


def test_one_clock_runs_at_a_time(office):
    case = office.routed()

    assert case.clocks.filter(ended_at=None).count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseClock.objects.create(case=case, kind="answer", days=1, started_at=NOON, due_at=NOON + DAY)


def test_the_queue_asks_the_same_number_of_questions_for_one_and_for_thirty(
    office, client, django_assert_max_num_queries
):
    client.force_login(enrol(office.pia), backend="django.contrib.auth.backends.ModelBackend")
    for _n in range(30):
        office.routed()

    with django_assert_max_num_queries(14):
        assert client.get(reverse("case_queue")).status_code == 200
