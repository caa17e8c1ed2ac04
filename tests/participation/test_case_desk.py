"""Service feedback for the office: who reads and answers what, what everybody may read of it, how fast it was."""

import feedparser
import pytest
from django.core import mail
from django.urls import reverse

from accounts.models import FileAccess
from lib.personal_marks import marks
from participation import case_table
from participation.actions import case_keeping, case_work, cases, keeping
from participation.case_states import CaseState, NotAllowed
from participation.models import CaseEscalation, CaseMending, ServiceCase
from publishing.actions import delivery
from tests.participation.citizens import SUMMARY, TEXT, Office, a_case
from tests.parts import DAY, NOON, enrol, make_agency
from vacancies.models import AgencyOfficer

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def office(db):
    return Office()


def at_work(client, user):
    client.force_login(enrol(user), backend=BACKEND)
    return client


def work(case) -> str:
    return reverse("case_work", args=[case.number])


# --- up -------------------------------------------------------------------------------------------
def test_what_is_late_goes_up_once_to_the_parent_and_the_desk(office, client):
    case = office.routed(kind="question")

    for _again in range(3):
        keeping.keep(NOON + 20 * DAY)

    escalation = CaseEscalation.objects.get()
    assert (escalation.case, escalation.agency) == (case, office.city)
    assert case_work.may_answer(office.wali, case)
    assert not case_work.may_answer(office.tuti, case)
    delivery.deliver_due(NOON + 21 * DAY)
    assert sorted(one.to[0] for one in mail.outbox) == ["pia@aduan.example", "wali@aduan.example"]


def test_the_feed_of_what_is_overdue_is_one_that_readers_understand(office, client):
    case = office.routed(kind="question")
    keeping.keep(NOON + 20 * DAY)

    answer = client.get(reverse("case_overdue_feed"))
    feed = feedparser.parse(answer.content)

    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert not feed.bozo and feed.version == "atom10"
    entry = feed.entries[0]
    assert case.number in entry.title and SUMMARY in entry.summary and "Dinas Jalan" in entry.summary
    assert entry.link.endswith(reverse("case_detail", args=[case.number]))
    assert case.number in client.get(reverse("case_overdue")).text
    office.answer(case, at=NOON + 21 * DAY)
    assert len(feedparser.parse(client.get(reverse("case_overdue_feed")).content).entries) == 1


# --- who reads and answers ------------------------------------------------------------------------
def test_an_officer_of_another_agency_neither_opens_nor_closes_what_is_not_theirs(office, client, monkeypatch):
    """The twin: with the door of the officer's own cases taken away, the same person reads and answers."""
    case = office.routed()
    at_work(client, office.tuti)
    answered = {"do": "answer", "words": "Selesai."}

    assert client.get(work(case)).status_code == 404
    assert client.post(work(case), answered).status_code == 404
    assert case.number not in client.get(reverse("case_queue")).text
    for act in (case_work.answer, case_work.pass_on):
        with pytest.raises(NotAllowed):
            act(case, words="Selesai.", by=office.tuti, at=NOON)
    with pytest.raises(NotAllowed):
        case_work.route(case, office.other, summary="Lain", by=office.tuti, at=NOON)
    with pytest.raises(NotAllowed):
        case_work.merge(case, a_case(), by=office.tuti, at=NOON)
    with pytest.raises(NotAllowed):
        case_work.decline(a_case(), words="Bukan kami.", by=office.tono, at=NOON)

    monkeypatch.setattr("participation.models.service_case.CaseQuerySet.visible_to", lambda found, _user: found)
    monkeypatch.setattr("participation.actions.case_work.may_answer", lambda *_: True)
    assert TEXT in client.get(work(case)).text
    assert client.post(work(case), answered).status_code == 302


def test_an_officer_who_is_no_longer_one_sees_nothing(office, client):
    case = office.routed()
    at_work(client, office.tono)
    assert client.get(work(case)).status_code == 200

    AgencyOfficer.objects.filter(user=office.tono).delete()

    assert client.get(work(case)).status_code == 404


def test_each_look_at_what_a_citizen_wrote_is_written_down(office, client):
    case = office.routed()

    assert TEXT in at_work(client, office.tono).get(work(case)).text

    seen = FileAccess.objects.get(subject=case.number)
    assert (seen.by, seen.role) == (office.tono, "agency_officer")


def test_a_case_goes_from_the_desk_to_the_agency_and_gets_its_answer_on_pages(office, client):
    case = a_case()
    at_work(client, office.pia)
    sent = client.post(work(case), {"do": "route", "agency": office.agency.pk, "summary": SUMMARY, "at": "2020-01-01"})
    assert sent.status_code == 302
    assert case.number in client.get(reverse("case_queue")).text
    at_work(client, office.tono)
    empty = client.post(work(case), {"do": "answer", "words": " ", "private": "Hanya ini."})
    assert empty.status_code == 422 and "Tulis jawaban untuk umum." in empty.text and "Hanya ini." in empty.text

    client.post(work(case), {"do": "answer", "words": "Sudah kami ganti.", "private": "", "at": "2020-01-01"})

    case.refresh_from_db()
    assert case.state == CaseState.ANSWERED and case.answered_at.year > 2020
    assert client.post(work(case), {"do": "solved"}).status_code == 404
    assert "Sudah kami ganti." in client.get(reverse("case_detail", args=[case.number])).text


@pytest.mark.parametrize("words", ["", "   "])
def test_passing_on_answering_and_declining_need_words(office, words):
    case = office.routed()

    for act, by, about in (
        (case_work.pass_on, office.tono, case), (case_work.answer, office.tono, case),
        (case_work.decline, office.pia, a_case()),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            act(about, words=words, by=by, at=NOON)


def test_the_queue_costs_the_same_for_one_and_for_thirty(office, client, django_assert_max_num_queries):
    at_work(client, office.pia)
    for _n in range(30):
        office.routed()

    with django_assert_max_num_queries(14):
        assert client.get(reverse("case_queue")).status_code == 200


# --- what everybody may read ----------------------------------------------------------------------
@pytest.mark.parametrize(("words", "sign"), [
    ("NIK Anda 3201011505950001 sudah aktif.", "16 angka"), ("KK 3201 0115 0595 0001", "16 angka"),
    ("NIP 199505152020121001", "18 angka"), ("Telepon Siti 0812-3456-7890", "ponsel"), ("WA +62 812 3456 7890", "ponsel"),
    ("Surat ke siti@warga.example", "surel"), ("di RT 03/RW 05", "rumah"), ("di rt.3 rw.5", "rumah"),
])  # fmt: skip
def test_what_points_at_a_person_does_not_go_into_public_words(office, client, words, sign):
    case, routed = a_case(), office.routed()

    for act in (
        lambda: case_work.answer(routed, words=words, by=office.tono, at=NOON),
        lambda: case_work.pass_on(routed, words=words, by=office.tono, at=NOON),
        lambda: case_work.decline(case, words=words, by=office.pia, at=NOON),
        lambda: case_work.route(case, office.agency, summary=words, by=office.pia, at=NOON),
    ):
        with pytest.raises(NotAllowed, match=sign):
            act()
    answer = at_work(client, office.tono).post(work(routed), {"do": "answer", "words": words})
    assert answer.status_code == 422 and sign in answer.text
    case_work.answer(routed, words="Sudah.", private=words, by=office.tono, at=NOON)
    assert words not in client.get(reverse("case_detail", args=[routed.number])).text


def test_without_the_look_at_the_words_they_would_stand_there(office, client, monkeypatch):
    monkeypatch.setattr("participation.actions.case_moves.marks", lambda _words: [])

    case = office.answer(office.routed(), "NIK Anda 3201011505950001 sudah aktif.")

    assert "3201011505950001" in client.get(reverse("case_detail", args=[case.number])).text


@pytest.mark.parametrize(
    "words", ["Perda Nomor 12 Tahun 2026, Rp1.250.000.000, 25-11-2026 pukul 08.00.", "Telepon (0741) 60111 atau aduan@kota.go.id", ""]
)  # fmt: skip
def test_numbers_of_the_office_may_stand_there(words):
    assert marks(words) == []


def test_the_desk_puts_other_words_where_a_person_was_named_and_the_first_stay_closed(office, client):
    case = office.answer(office.routed(), "Ibu Siti di ujung gang sudah kami datangi.")
    step = case.steps.get(new="answered")
    with pytest.raises(NotAllowed):
        case_work.mend(step, instead="", reason="Nama.", by=office.tono, at=NOON)
    at_work(client, office.pia)

    given = {"do": "mend", "step": step.pk, "instead": "Pelapor sudah kami datangi.", "reason": "Memuat nama orang."}
    assert client.post(work(case), given).status_code == 302

    page = client.get(reverse("case_detail", args=[case.number])).text
    assert "Ibu Siti" not in page
    assert "Pelapor sudah kami datangi." in page and "Memuat nama orang." in page
    assert "Ibu Siti" not in client.get(reverse("case_list_csv")).text
    step.refresh_from_db()
    assert step.words.startswith("Ibu Siti") and CaseMending.objects.get().by == office.pia


# --- how fast -------------------------------------------------------------------------------------
def test_an_agency_with_few_cases_is_not_compared_and_late_ones_count_while_they_wait(office, client):
    for hours in range(4):
        office.answer(office.routed(kind="question"), at=NOON + (hours + 1) * DAY / 24)
    passed = office.routed(kind="question")
    case_work.pass_on(passed, words="Bukan kami.", by=office.tono, at=NOON)
    office.route(passed, agency=office.other)

    few = {row.agency: row for row in case_table.response_times(NOON + 2 * DAY)}
    assert (few["Dinas Jalan"].base, few["Dinas Jalan"].share, few["Dinas Jalan"].half) == (4, None, None)
    assert few["Dinas Jalan"].passed_on == 1 and "Dinas Lain" not in few

    office.routed(kind="question")
    case_keeping.escalate_late(NOON + 30 * DAY)
    enough = {row.agency: row for row in case_table.response_times(NOON + 30 * DAY)}
    row = enough["Dinas Jalan"]
    assert (row.base, row.in_time, row.waiting_late, row.share) == (5, 4, 1, 80)
    assert row.half == DAY / 8 and row.nine_tenths == 30 * DAY
    assert case_table.response_times(NOON + 500 * DAY) == []


def test_the_table_tells_the_desk_apart_from_an_agency_and_counts_the_citizens_words(office, client):
    for _n in range(5):
        cases.say_solved(office.answered(), at=NOON)

    rows = client.get(reverse("case_table_csv")).text.splitlines()

    assert rows[1].startswith("Meja aduan,5,5,100,0,0.0,0.0,0,")
    assert rows[2].startswith("Dinas Jalan,5,5,100,0,0.0,0.0,5,")
    assert "Dinas Jalan" in client.get(reverse("case_table")).text


def test_a_case_goes_only_to_an_agency_with_somebody_who_answers(office, client):
    empty, case = make_agency("Dinas Kosong", office.city), a_case()

    answer = at_work(client, office.pia).post(work(case), {"do": "route", "agency": empty.pk, "summary": SUMMARY})

    assert answer.status_code == 422
    assert "Dinas Kosong" not in client.get("/aduan/tulis/").text
    assert ServiceCase.objects.get().state == CaseState.RECEIVED
