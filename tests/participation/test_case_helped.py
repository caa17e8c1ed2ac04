"""An officer at a post writes for somebody: only words that were agreed to, by a code that the officer cannot know."""

import re
from itertools import count

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from participation.actions import case_helped
from participation.models import ServiceCase
from publishing.actions import delivery
from publishing.models import Publication
from tests.participation.citizens import Office
from tests.parts import DAY, enrol

WORDS = {"kind": "question", "topic": "civil", "text": "Kapan akta anak saya jadi?", "place": "", "agency": ""}

_serial = count(1)


@pytest.fixture
def office(db):
    return Office()


@pytest.fixture
def post(office, client):
    """The page of Tono at his post."""
    client.force_login(enrol(office.tono), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def mbah() -> str:
    """An address that nobody used before, for each address has its limits."""
    return f"mbah-{next(_serial)}@warga.example"


def begin(post, **fields) -> dict:
    """The words as they stand on the page that asks for the consent."""
    address = reverse("case_helped_new")
    token = re.search(r'name="token" value="([^"]+)"', post.get(address).text)[1]
    words = WORDS | {"token": token} | fields
    answer = post.post(address, words)
    assert answer.status_code == 200 and "Bacakan" in answer.text
    return words | {"step": "consent", "agreed": "on"}


def code_from(address: str) -> str:
    delivery.deliver_due(timezone.now() + DAY)
    return re.search(r"\b(\d{6})\b", [one.body for one in mail.outbox if one.to == [address]][-1])[1]


def send(post, words: dict, **fields):
    return post.post(reverse("case_helped_new"), words | fields)


def test_the_person_agrees_by_the_code_of_a_letter_and_the_officer_sees_no_code_of_the_case(office, post, mbah):
    words = begin(post, email=mbah)
    assert not ServiceCase.objects.exists()

    page = send(post, words, code=code_from(mbah))

    case = ServiceCase.objects.get()
    assert page.status_code == 200 and case.number in page.text and 'id="kode"' not in page.text
    assert (case.consent, case.entered_by, case.subscriber.confirmed_at is not None) == (
        "mailed_code",
        office.tono,
        True,
    )
    assert "menyetujui dengan kode" in post.get(reverse("case_detail", args=[case.number])).text


@pytest.mark.parametrize("wrong", [{"code": "000000"}, {"code": ""}, {"agreed": ""}])
def test_without_the_code_and_the_reading_nothing_is_filed(post, wrong, mbah):
    words = begin(post, email=mbah)

    assert send(post, words, **({"code": code_from(mbah)} | wrong)).status_code == 422
    assert not ServiceCase.objects.exists()


def test_the_code_is_for_these_words_of_this_officer_and_for_no_others(office, post, client, monkeypatch, mbah):
    """The twin: where the code did not name the words, the officer could change them after the person agreed."""
    words = begin(post, email=mbah)
    code = code_from(mbah)
    changed = {"text": "Layanannya baik sekali.", "code": code}

    assert send(post, words, **changed).status_code == 422
    client.force_login(enrol(office.tuti), backend="django.contrib.auth.backends.ModelBackend")
    assert send(client, words, code=code).status_code == 422

    source, *_rest = Publication.objects.get(source__startswith="case-consent:").source.rsplit(":", 2)
    monkeypatch.setattr(case_helped, "_source", lambda *_: source)
    assert send(client, words, **changed).status_code == 200
    assert ServiceCase.objects.get().text == "Layanannya baik sekali."


def test_guessing_the_consent_ends_at_a_limit(post, mbah):
    words = begin(post, email=mbah)

    guesses = [send(post, words, code=f"{n:06d}").status_code for n in range(7)]

    assert guesses == [422] * 5 + [429] * 2


def test_who_has_no_address_takes_a_slip_with_which_everything_can_be_taken_back(office, post):
    page = send(post, begin(post, email=""))
    case = ServiceCase.objects.get()
    code = re.search(r'id="kode">([^<]+)<', page.text)[1]
    assert (case.consent, case.subscriber) == ("slip", None)

    mine = re.search(r'name="mine" value="([^"]+)"', post.post("/aduan/saya/", {"code": code}).text)[1]
    post.post("/aduan/saya/", {"mine": mine, "do": "withdraw", "sure": "1"})

    case.refresh_from_db()
    assert (case.state, case.text) == ("withdrawn", None)


def test_no_letter_and_no_publication_holds_what_the_person_said(post, mbah):
    begin(post, email=mbah)
    code_from(mbah)

    assert WORDS["text"] not in mail.outbox[0].body
    assert not Publication.objects.filter(body__contains="akta").exists()
