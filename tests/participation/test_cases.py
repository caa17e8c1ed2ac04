"""Service feedback for the citizen: an end that only the citizen gives, words that stay closed, news that was asked for."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from participation import case_codes
from participation.actions import case_work, cases
from participation.case_states import CaseState, NotAllowed
from participation.models import CaseFollower, ServiceCase
from publishing.actions import delivery, subscribing
from publishing.models import Publication, Subscriber
from tests.participation.citizens import TEXT, Office, a_case
from tests.parts import DAY, NOON, make_formation, make_recruitment, make_stage, make_user

SITI, LINA = "siti@warga.example", "lina@warga.example"


@pytest.fixture
def office(db):
    return Office()


def filled(client, **fields):
    token = re.search(r'name="token" value="([^"]+)"', client.get("/aduan/tulis/").text)[1]
    return {"kind": "question", "topic": "civil", "text": "Kapan KTP jadi?", "token": token} | fields


def confirmed(address: str) -> Subscriber:
    who = Subscriber.objects.get(address_index=subscribing.address_index(address))
    cases.confirm(who, at=NOON)
    return who


def subjects(address: str) -> list[str]:
    delivery.deliver_due(NOON + 40 * DAY)
    return [one.subject.split(":")[0] for one in mail.outbox if one.to == [address]]


def mine_of(client, code: str) -> str:
    page = client.post("/aduan/saya/", {"code": code}).text
    return re.search(r'name="mine" value="([^"]+)"', page)[1]


# --- writing --------------------------------------------------------------------------------------
def test_a_form_sent_twice_files_one_case_and_shows_the_same_code(db, client):
    form = filled(client)

    answers = [client.post("/aduan/tulis/", form) for _turn in range(2)]

    case = ServiceCase.objects.get()
    codes = {re.search(r'id="kode">([^<]+)<', one.text)[1] for one in answers}
    assert len(codes) == 1
    assert case_codes.normal(codes.pop()) not in (case.code_hash, case.number)
    assert case.state == CaseState.RECEIVED
    assert all("no-store" in one.headers["Cache-Control"] for one in answers)


def test_a_case_knows_the_vacancy_the_stage_and_the_unit_it_is_about(office, client):
    recruitment = make_recruitment(published_by=make_user("rudi@aduan.example"))
    formation, stage = make_formation(recruitment), make_stage(recruitment, "registration", 1)

    client.post(f"/aduan/tulis/?lowongan={formation.slug}&tahap={stage.pk}", filled(client, agency=office.agency.pk))

    case = ServiceCase.objects.get()
    assert (case.formation, case.stage, case.agency) == (formation, stage, office.agency)
    page = client.get(reverse("case_detail", args=[case.number])).text
    assert formation.position in page and stage.name_public in page and f"/lowongan/{formation.slug}/" in page


@pytest.mark.parametrize(("wrong", "words"), [
    ({"text": ""}, "Tulis apa yang terjadi."), ({"kind": "x"}, "Pilih"), ({"email": "siti"}, "nama@contoh.id"),
    ({"token": "lama"}, "terlalu lama terbuka"), ({"text": "a" * 4001}, "4000"),
])  # fmt: skip
def test_a_form_with_a_mistake_keeps_what_was_written_and_files_nothing(db, client, wrong, words):
    answer = client.post("/aduan/tulis/", filled(client, place="Loket 3") | wrong)

    assert answer.status_code == 422
    assert words in answer.text and "Loket 3" in answer.text
    assert not ServiceCase.objects.exists()


def test_one_address_and_one_person_have_their_limits(db, client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {
        "case": "2/h/key", "post_free": "2/h/ip", "post_unproven": "4/h/ip",
    }  # fmt: skip
    by_address = [client.post("/aduan/tulis/", filled(client, email=SITI)).status_code for _n in range(3)]
    by_person = [client.post("/aduan/tulis/", filled(client)).status_code for _n in range(6)]

    assert by_address == [200, 200, 429]
    assert by_person == [200] * 4 + [429] * 2
    assert ServiceCase.objects.count() == 6


def test_a_neighbour_who_guesses_codes_or_numbers_learns_nothing(office, client):
    case = office.answered()

    for guess in (case.number, "A" * 16, case.code_hash[:16], ""):
        assert client.post("/aduan/saya/", {"code": guess}).status_code == 422
    assert client.post("/aduan/saya/", {"mine": str(case.pk), "do": "solved"}).status_code == 422
    case.refresh_from_db()
    assert case.state == CaseState.ANSWERED


def test_guessing_ends_at_a_limit_and_goes_on_without_one(office, client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"case_code": "5/h/ip"}
    guesses = [client.post("/aduan/saya/", {"code": "A" * 16}).status_code for _n in range(7)]
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"case_code": None}

    assert guesses == [422] * 5 + [429] * 2
    assert client.post("/aduan/saya/", {"code": "A" * 16}).status_code == 422


def test_the_page_of_a_code_cannot_be_made_without_it(office, client, monkeypatch):
    """The twin: with the signature not asked for, the number of the row alone would close the case."""
    case = office.answered()
    forged = {"mine": str(case.pk), "do": "solved"}

    assert client.post("/aduan/saya/", forged).status_code == 422
    monkeypatch.setattr("participation.views.case_writing.signing.loads", lambda value, **_: int(value))

    assert client.post("/aduan/saya/", forged).status_code == 200
    case.refresh_from_db()
    assert case.state == CaseState.SOLVED


# --- coming back ------------------------------------------------------------------------------------
def test_the_reporter_says_by_code_that_it_is_not_solved_and_then_that_it_is(office, client):
    code = case_codes.code_of(case_codes.new_token())
    case = office.answered(code=code)
    mine = mine_of(client, case_codes.in_groups(code).lower())

    client.post("/aduan/saya/", {"mine": mine, "do": "reopen", "private": "Belum."})
    case.refresh_from_db()
    assert case.state == CaseState.REOPENED
    office.answer(case, "Diganti baru.", at=timezone.now())
    page = client.post("/aduan/saya/", {"mine": mine, "do": "solved"})

    case.refresh_from_db()
    assert case.state == CaseState.SOLVED
    assert "no-store" in page.headers["Cache-Control"]


def test_private_words_are_for_their_reporter_alone(office, client):
    code, other = (case_codes.code_of(case_codes.new_token()) for _n in range(2))
    main, double = office.routed(code=code), a_case(code=other, text="Sama, di rumah nomor 9.")
    case_work.merge(double, main, by=office.pia, at=NOON)
    office.answer(main, private="Tukang datang besok pukul 9.")
    double.refresh_from_db()
    cases.reopen(double, private="Rahasia Tuti.", at=NOON)

    owner, follower = (client.post("/aduan/saya/", {"code": one}).text for one in (code, other))
    public = client.get(reverse("case_detail", args=[main.number])).text

    assert "Tukang datang" in owner and TEXT in owner
    assert "Tukang datang" not in follower + public
    assert "rumah nomor 9" in follower and "rumah nomor 9" not in owner + public
    assert "Rahasia Tuti" not in owner + public


def test_whoever_takes_a_case_back_is_forgotten_but_not_when_others_wait_for_it(office, client):
    code = case_codes.code_of(case_codes.new_token())
    case, waited = a_case(code=code, place="Jalan 7", email=SITI), office.routed()
    cases.follow(waited, address=LINA, at=NOON)
    confirmed(LINA)
    mine = mine_of(client, code)

    assert client.post("/aduan/saya/", {"mine": mine, "do": "withdraw"}).status_code == 422
    assert client.post("/aduan/saya/", {"mine": mine, "do": "withdraw", "sure": "1"}).status_code == 200

    case.refresh_from_db()
    assert (case.state, case.text, case.place, case.subscriber_id) == (CaseState.WITHDRAWN, None, None, None)
    with pytest.raises(NotAllowed):
        cases.withdraw(waited, at=NOON)


# --- letters --------------------------------------------------------------------------------------
def test_an_address_gets_only_the_question_until_its_owner_presses_the_button(office, client):
    case = office.answered(email=SITI)
    assert subjects(SITI) == ["Benarkan alamat untuk kabar aduan"]
    link = f"/aduan/surat/{case.subscriber.token()}/"
    assert link in mail.outbox[0].body and TEXT not in mail.outbox[0].body

    client.post(link, {"do": "confirm"})
    cases.reopen(case, private="", at=NOON)
    office.answer(case, "Diganti baru.")

    assert subjects(SITI)[1:] == ["Aduan Anda dijawab"]
    page = client.get(f"{link}{case.number}/")
    assert "Diganti baru." in page.text and TEXT not in page.text
    assert client.post(f"{link}{case.number}/", {"do": "withdraw", "sure": "1"}).status_code == 200
    subscribing.forget(case.subscriber)
    case.refresh_from_db()
    assert (case.subscriber_id, case.state) == (None, CaseState.ANSWERED)
    assert client.get(link).status_code == 404


def test_no_publication_holds_the_key_to_a_reader(office):
    case = office.answered(email=SITI)
    confirmed(SITI)
    office.answered(email=SITI)

    kept = " ".join(
        "".join(map(str, row)) for row in Publication.objects.values_list("source", "subject", "body", "url")
    )

    assert case.subscriber.token() not in kept and SITI not in kept


def test_a_stranger_cannot_act_on_the_case_of_another_address(office, client):
    case = office.answered(email=SITI)
    a_case(email=LINA)
    link = f"/aduan/surat/{Subscriber.objects.get(address_index=subscribing.address_index(LINA)).token()}/"

    assert client.post(f"{link}{case.number}/", {"do": "solved"}).status_code == 404
    case.refresh_from_db()
    assert case.state == CaseState.ANSWERED


def test_a_duplicate_follows_the_other_and_its_reporter_is_told_and_may_reopen(office):
    main, double = office.routed(), a_case(email=SITI)
    confirmed(SITI)

    case_work.merge(double, main, by=office.pia, at=NOON)
    office.answer(main)

    assert subjects(SITI)[-2:] == ["Aduan Anda digabung", "Aduan Anda dijawab"]
    double.refresh_from_db()
    with pytest.raises(NotAllowed):
        cases.say_solved(double, at=NOON)
    cases.reopen(double, private="", at=NOON)
    main.refresh_from_db()
    assert main.state == CaseState.REOPENED


def test_who_has_the_same_to_say_follows_a_case_counts_and_hears_of_it(office, client):
    case = office.routed()
    page = reverse("case_follow", args=[case.number])
    for _twice in range(2):
        assert client.post(page, {"email": LINA}).status_code == 200
    assert "Warga lain" not in client.get(reverse("case_detail", args=[case.number])).text

    who = confirmed(LINA)
    office.answer(case)

    assert "Warga lain yang mengalami hal sama" in client.get(reverse("case_detail", args=[case.number])).text
    assert sorted(subjects(LINA)) == ["Aduan Anda dijawab", "Benarkan alamat untuk kabar aduan"]
    client.post(f"/aduan/surat/{who.token()}/", {"do": "unfollow", "number": case.number})
    assert not CaseFollower.objects.exists()
    cases.say_solved(case, at=NOON)
    assert client.post(page, {"email": LINA}).status_code == 422


# --- what everybody reads -------------------------------------------------------------------------
PUBLIC = (
    "case_home",
    "case_list",
    "case_list_csv",
    "case_table",
    "case_table_csv",
    "case_overdue",
    "case_overdue_feed",
)


def test_no_public_page_shows_what_was_written_where_or_by_whom(office, client):
    case = office.answered(place="Jalan Rahasia 7", email=SITI)
    cases.reopen(case, private="Masih mati, kata istri saya.", at=NOON)

    pages = [client.get(reverse(name)).text for name in PUBLIC]
    detail = client.get(reverse("case_detail", args=[case.number])).text

    assert "Sudah kami perbaiki." in detail and "Dinas Jalan" in detail
    for closed in (TEXT, "Rahasia 7", SITI, "istri", "tono@", "Tono"):
        assert closed not in detail + "".join(pages)


def test_the_list_narrows_and_a_page_costs_the_same_for_one_and_for_thirty(
    office, client, django_assert_max_num_queries
):
    first = office.routed(topic="health")
    for _n in range(30):
        office.routed()

    with django_assert_max_num_queries(6):
        assert client.get("/aduan/daftar/").text.count("<h3>") == 30
    narrowed = client.get(f"/aduan/daftar/?layanan=health&kantor={office.agency.slug}&keadaan=routed").text
    assert narrowed.count("<h3>") == 1 and first.number in narrowed
    assert client.get("/aduan/daftar.csv?layanan=health").text.count("\r\n") == 2
    assert client.get("/aduan/daftar/?layanan=x&kantor=y&keadaan=z").status_code == 200
