"""An officer at a post enters a vote or a subscription for a person; nothing counts before the person told the code."""

import re

import pytest
from django.core import mail
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from participation.actions import contributions
from participation.models import Vote
from publishing.actions import consenting, delivery
from publishing.models import Publication, Subscriber
from tests.participation.holding import a_question, an_event
from tests.participation.test_consultations import Cast
from tests.participation.test_contribution_helped import browser
from tests.parts import DAY, enrol, make_user
from vacancies.actions import alerts
from vacancies.models import SavedSearch

MBAH, TETANGGA = "mbah@warga.example", "tetangga@warga.example"
ALERT = reverse("alert_helped_new") + "?q=perawat"


@pytest.fixture
def cast(db):
    found = Cast()
    found.oni = enrol(make_user("oni@kelurahan.example", Role.AGENCY_OFFICER))
    found.said = found.say(found.open_one(), address="alya@warga.example")
    found.vote = reverse("support_helped_new", args=[found.said.pk])
    return found


def code_for(address: str) -> str:
    delivery.deliver_due(timezone.now() + DAY)
    return re.search(r"\b(\d{6})\b", [one.body for one in mail.outbox if one.to == [address]][-1])[1]


def begin(cast, place, **fields) -> dict:
    """What stands on the page that asks for the code."""
    words = {"email": MBAH} | ({"cadence": "weekly"} if "kabari" in place else {}) | fields
    page = browser(cast.oni).post(place, words)
    assert page.status_code == 200 and 'name="step" value="code"' in page.text
    return words | {"step": "code"}


def enter(cast, place, words, code, by=None):
    return browser(by or cast.oni).post(place, words | {"code": code})


def support(cast) -> int:
    return type(cast.said).objects.with_support().get(pk=cast.said.pk).support


def test_a_vote_counts_once_the_person_told_the_code(cast):
    words = begin(cast, cast.vote)
    assert not Vote.objects.exists() and support(cast) == 0

    answer = enter(cast, cast.vote, words, code_for(MBAH))

    assert (answer.status_code, support(cast)) == (302, 1)
    assert Subscriber.objects.get(pk=Vote.objects.get().subscriber_id).confirmed_at
    assert enter(cast, cast.vote, words, code_for(MBAH)).status_code == 302
    assert support(cast) == 1  # the same code again, and the same mailbox again, change nothing


def test_other_spellings_of_a_mailbox_and_the_author_have_no_second_voice(cast):
    for address in (MBAH, "MBAH@warga.example", "mbah+lagi@warga.example", "alya@warga.example"):
        words = begin(cast, cast.vote, email=address)
        letters_to = address.lower()
        assert enter(cast, cast.vote, words, code_for(letters_to)).status_code == 302

    assert support(cast) == 1


def test_a_subscription_begins_once_the_person_told_the_code(cast):
    words = begin(cast, ALERT)
    assert not SavedSearch.objects.exists()

    assert enter(cast, ALERT, words, code_for(MBAH)).status_code == 302

    made = SavedSearch.objects.get()
    assert (made.query, made.cadence, made.confirmed_at is not None) == ("q=perawat", "weekly", True)
    assert made.due_at > timezone.now()
    room = browser(cast.oni).get(reverse("alert_room", args=[made.subscriber.token()])).text
    assert "perawat" in room and MBAH not in browser(cast.oni).get(ALERT).text


def test_the_rhythm_is_the_one_that_the_person_agreed_to_whoever_asked_for_another(cast):
    alerts.ask(MBAH, QueryDict("q=perawat"), cadence="daily", at=timezone.now())
    words = begin(cast, ALERT)

    enter(cast, ALERT, words, code_for(MBAH))

    assert SavedSearch.objects.get().cadence == "weekly"


@pytest.mark.parametrize("place", ["vote", "alert"])
@pytest.mark.parametrize("wrong", ["000000", "", "abc"])
def test_without_the_code_nothing_is_entered(cast, place, wrong):
    where = cast.vote if place == "vote" else ALERT
    words = begin(cast, where)
    assert code_for(MBAH) != wrong

    assert enter(cast, where, words, wrong).status_code == 422
    assert not Vote.objects.exists() and not SavedSearch.objects.exists()


def test_a_code_is_for_these_words_of_this_officer_to_this_address(cast, monkeypatch):
    """The twin: where the code named nothing of it, one letter would do for whatever an officer likes."""
    words = begin(cast, ALERT)
    code = code_for(MBAH)
    other = enrol(make_user("oki@kelurahan.example", Role.AGENCY_OFFICER))
    begin(cast, ALERT, email=TETANGGA)
    elsewhere = reverse("alert_helped_new") + "?q=dokter"
    attacks = (
        lambda: enter(cast, ALERT, words, code, by=other),
        lambda: enter(cast, ALERT, words | {"cadence": "daily"}, code),
        lambda: enter(cast, elsewhere, words, code),
        lambda: enter(cast, cast.vote, words, code),
        lambda: enter(cast, ALERT, words | {"email": TETANGGA}, code),
    )
    assert [attack().status_code for attack in attacks[:4]] == [422] * 4
    assert attacks[4]().status_code == 422
    assert not SavedSearch.objects.exists() and not Vote.objects.exists()

    named = Publication.objects.filter(source__startswith="alert-consent:").order_by("pk").first()
    monkeypatch.setattr(consenting, "purpose", lambda *_: named.source.rsplit(":", 2)[0])
    assert enter(cast, elsewhere, words, code, by=other).status_code == 302
    assert SavedSearch.objects.get().query == "q=dokter"


def test_a_code_of_the_day_before_yesterday_is_too_old(cast):
    now = timezone.now()
    contributions.ask_support_consent(cast.said, MBAH, by=cast.oni, at=now - 2 * DAY)
    old = code_for(MBAH)

    with pytest.raises(consenting.WrongCode):
        contributions.support_agreed(cast.said, MBAH, old, by=cast.oni, at=now)
    contributions.support_agreed(cast.said, MBAH, old, by=cast.oni, at=now - DAY)
    assert support(cast) == 1


def test_guessing_ends_at_a_limit(cast):
    words = begin(cast, cast.vote)

    guesses = [enter(cast, cast.vote, words, f"{n:06d}") for n in range(7)]

    assert [one.status_code for one in guesses] == [422] * 5 + [429] * 2
    assert "Terlalu sering" in guesses[-1].text and "no-store" in guesses[-1]["Cache-Control"]
    assert not Vote.objects.exists()


def test_two_people_of_one_search_have_each_their_letter_and_its_words_go_with_the_address(cast):
    first, second = begin(cast, ALERT), begin(cast, ALERT, email=TETANGGA)
    assert enter(cast, ALERT, first, code_for(MBAH)).status_code == 302
    assert enter(cast, ALERT, second, code_for(TETANGGA)).status_code == 302
    made = SavedSearch.objects.get(subscriber__address_index=consenting.address_index(MBAH))

    browser(cast.oni).post(reverse("alert_room", args=[made.subscriber.token()]), {"do": "forget"})

    assert SavedSearch.objects.count() == 1
    assert Publication.objects.filter(source__startswith="alert-consent:").exclude(body="").count() == 1


def test_a_refused_address_is_told_in_words_about_the_person(cast):
    answers = [browser(cast.oni).post(place, {"email": "", "cadence": "daily"}) for place in (cast.vote, ALERT)]

    assert [one.status_code for one in answers] == [422, 422]
    assert all("Tulis alamat surel orangnya." in one.text for one in answers)


def test_a_hidden_contribution_takes_no_vote(cast):
    contributions.hide(cast.said, rule="advert", reason="Iklan", by=cast.nadia, at=timezone.now())

    assert browser(cast.oni).post(cast.vote, {"email": MBAH}).status_code == 422
    assert browser(cast.oni).get(cast.vote).status_code == 200


def test_a_question_at_a_session_is_wanted_by_whoever_told_the_code(cast):
    event = an_event(cast.pia, cast.rudi, at=cast.now)
    asked = a_question(event, at=cast.now)
    place = reverse("question_vote_helped", args=[asked.pk])
    words = begin(cast, place)

    assert enter(cast, place, words, "12").status_code == 422
    assert not asked.votes.exists()
    for _again in range(2):
        assert enter(cast, place, words, code_for(MBAH)).status_code == 302

    assert asked.votes.get().confirmed_at
    assert place in browser(cast.oni).get(reverse("question_helped_list", args=[event.pk])).text
    own = begin(cast, place, email="warga@warga.example")
    assert enter(cast, place, own, code_for("warga@warga.example")).status_code == 302
    assert asked.votes.count() == 1  # the asker has no voice for the own question


def test_officers_find_both_pages_from_their_desk(cast):
    home = browser(cast.oni).get(reverse("admin:index")).text
    said = reverse("contribution_helped_list", args=[cast.said.consultation_id])

    assert reverse("alert_helped_new") in home
    assert said in browser(cast.oni).get(reverse("consultation_desk_list")).text
    assert cast.vote in browser(cast.oni).get(said).text
