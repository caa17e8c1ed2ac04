"""Nothing that somebody writes about an event runs on any of its pages."""

from datetime import timedelta

import feedparser
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.roles import Role
from lib.plain_words import plain
from participation.actions import events, questions
from participation.models import Event, Question
from publishing.models import Publication
from tests.accounts.test_second_factor import remember
from tests.conftest import database_of_its_own
from tests.parts import DAY, enrol, make_user
from tests.payloads import ADDRESSES, WORDS, as_seen, judge, seen
from tests.selection.applying import Vacancy
from vacancies.actions.clarification import clarify

BACKEND = "django.contrib.auth.backends.ModelBackend"
NUMBERS = {name: number for number, name in enumerate(WORDS)}


class Office:
    """Pia writes events with payloads in every field, Rudi publishes them."""

    def __init__(self):
        self.now = timezone.now()
        self.pia = enrol(make_user("pia.muatan@contoh.example", Role.PREPARER))
        self.rudi = enrol(make_user("rudi.muatan@contoh.example", Role.PUBLISHER))
        self.vacancy = Vacancy()
        self.desk, self.publisher = Client(), Client()
        self.desk.force_login(self.pia, backend=BACKEND)
        self.publisher.force_login(self.rudi, backend=BACKEND)
        remember(self.publisher, self.rudi, "mfa")

    def form(self, slug: str, words: str, **more) -> dict:
        starts = timezone.localtime(self.now + 3 * DAY)
        return {
            "title": words, "slug": slug, "kind": "briefing", "about": words, "place": words, "address": words,
            "starts_at": f"{starts:%Y-%m-%dT%H:%M}", "ends_at": f"{starts + timedelta(hours=2):%Y-%m-%dT%H:%M}",
            "district": "Kota Lama", "capacity": "10", "entrance": words, "language_help": words, "transport": words,
            "recruitment": self.vacancy.recruitment.pk,
        } | more  # fmt: skip

    def event(self, name: str) -> Event:
        """The published event whose every word is the payload `name`."""
        slug = f"muatan-{NUMBERS[name]}"
        if found := Event.objects.filter(slug=slug).first():
            return found
        answer = self.desk.post(reverse("event_new"), self.form(slug, WORDS[name]))
        assert answer.status_code == 302, answer.context["form"].errors
        return events.publish(Event.objects.get(slug=slug), by=self.rudi, at=self.now)

    def asked(self, name: str) -> Question:
        """The confirmed question whose words are the payload `name`, at the event of the same words."""
        event, words = self.event(name), WORDS[name]
        form = {"email": f"w{NUMBERS[name]}@warga.example", "text": words, "name": words[:60]}
        answer = Client().post(reverse("question_new", args=[event.slug]), form, REMOTE_ADDR=f"10.3.{NUMBERS[name]}.9")
        assert answer.status_code == 200, answer.context["form"].errors
        made = event.questions.select_related("event", "subscriber").latest("pk")
        questions.confirm(made, by=made.subscriber, at=timezone.now())
        return made


@pytest.fixture(scope="module")
def office(migrated_template, django_db_blocker):
    with database_of_its_own(migrated_template, django_db_blocker):
        yield Office()


def harmless(answer, words: str) -> None:
    """The page shows `words` sign by sign, and nothing in it runs."""
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy and "unsafe" not in policy
    text = answer.content.decode()
    assert judge(text) == []
    assert as_seen(words) in seen(text)


@pytest.mark.parametrize("name", WORDS)
def test_every_page_of_an_event_shows_the_words_and_runs_nothing(office, name):
    event, words, everybody = office.event(name), WORDS[name], Client()
    moved = office.desk.post(
        reverse("event_move", args=[event.pk]), office.form("", words, place=f"{words} 2", reason=words)
    )
    assert moved.status_code == 302, moved.context["form"].errors
    news = Publication.objects.get(source=f"event:{event.pk}:published:news")

    harmless(everybody.get(reverse("event_detail", args=[event.slug])), words)
    harmless(everybody.get(reverse("event_registration_new", args=[event.slug])), words)
    harmless(office.desk.get(reverse("event_desk", args=[event.pk])), words)
    harmless(everybody.get(reverse("publication_detail", args=[news.pk])), words)
    (entry,) = Calendar.from_ical(everybody.get(reverse("event_calendar", args=[event.slug])).content).walk("VEVENT")
    assert as_seen(entry["SUMMARY"]) == as_seen(words)


@pytest.mark.parametrize("name", WORDS)
def test_every_page_of_a_question_and_its_answer_shows_the_words_and_runs_nothing(office, name):
    words, asked = WORDS[name], office.asked(name)
    harmless(Client().get(reverse("question_vote", args=[asked.pk])), words)
    harmless(office.publisher.get(reverse("question_answer", args=[asked.pk])), words)
    answer = office.publisher.post(reverse("question_answer", args=[asked.pk]), {"asked": words, "text": words})
    assert answer.status_code == 302, answer.context["form"].errors
    binding = asked.answers.get().clarification
    news = Publication.objects.get(source=f"clarification:{binding.pk}")

    harmless(Client().get(reverse("question_list", args=[asked.event.slug])), words)
    harmless(Client().get(questions.MINE.format(token=asked.subscriber.token())), words)
    harmless(Client().get(reverse("publication_detail", args=[news.pk])), words)
    harmless(office.desk.get(reverse("question_desk", args=[asked.event_id])), words)


def test_the_vacancy_its_recruitment_and_its_feed_hold_all_of_them_and_run_nothing(office):
    for name in WORDS:
        clarify(
            office.vacancy.recruitment,
            question=plain(WORDS[name])[:400],
            answer=plain(WORDS[name]),
            by=office.rudi,
            at=office.now,
        )
    vacancy = office.vacancy.formation.slug
    for address in (
        reverse("vacancy_detail", args=[vacancy]), reverse("recruitment_detail", args=[office.vacancy.recruitment.slug])
    ):  # fmt: skip
        text = Client().get(address).content.decode()
        assert judge(text) == []
        assert all(as_seen(words) in seen(text) for words in WORDS.values())
    feed = feedparser.parse(Client().get(reverse("vacancy_feed", args=[vacancy])).content)

    assert not feed.bozo
    assert len(feed.entries) >= 50


def test_the_lists_and_feeds_of_all_of_them_stay_whole(office):
    made = [office.event(name) for name in WORDS]
    for page in (Client().get(reverse("event_list")), office.desk.get(reverse("event_desk_list"))):
        assert page.status_code == 200
        assert judge(page.content.decode()) == []
    feed = feedparser.parse(Client().get(reverse("event_feed")).content)
    calendar = Calendar.from_ical(Client().get(reverse("event_calendar_all")).content)

    assert not feed.bozo
    assert len(feed.entries) == 50
    assert len(calendar.walk("VEVENT")) == len(made)


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_address_that_runs_is_taken_as_a_link(office, name):
    slug = f"tautan-{NUMBERS[name]}"
    answer = office.desk.post(reverse("event_new"), office.form(slug, "Sosialisasi", online_url=ADDRESSES[name]))

    assert answer.status_code == 422
    assert "online_url" in answer.context["form"].errors
    assert [one for one in judge(answer.content.decode()) if one.startswith("<")] == []  # shown to its writer again
