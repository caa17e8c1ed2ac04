"""Nothing that somebody writes about an event runs on any of its pages."""

from datetime import timedelta

import feedparser
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.roles import Role
from participation.actions import events
from participation.models import Event
from publishing.models import Publication
from tests.conftest import database_of_its_own
from tests.parts import DAY, enrol, make_user
from tests.payloads import ADDRESSES, WORDS, as_seen, judge, seen

BACKEND = "django.contrib.auth.backends.ModelBackend"
NUMBERS = {name: number for number, name in enumerate(WORDS)}


class Office:
    """Pia writes events with payloads in every field, Rudi publishes them."""

    def __init__(self):
        self.now = timezone.now()
        self.pia = enrol(make_user("pia.muatan@contoh.example", Role.PREPARER))
        self.rudi = enrol(make_user("rudi.muatan@contoh.example", Role.PUBLISHER))
        self.desk = Client()
        self.desk.force_login(self.pia, backend=BACKEND)

    def form(self, slug: str, words: str, **more) -> dict:
        starts = timezone.localtime(self.now + 3 * DAY)
        short = words if len(words) <= 80 else "Kota Lama"
        return {
            "title": words, "slug": slug, "kind": "briefing", "about": words, "place": words, "address": words,
            "starts_at": f"{starts:%Y-%m-%dT%H:%M}", "ends_at": f"{starts + timedelta(hours=2):%Y-%m-%dT%H:%M}",
            "district": short, "capacity": "10", "entrance": words, "language_help": words, "transport": words,
        } | more  # fmt: skip

    def event(self, name: str) -> Event:
        """The published event whose every word is the payload `name`."""
        slug = f"muatan-{NUMBERS[name]}"
        if found := Event.objects.filter(slug=slug).first():
            return found
        answer = self.desk.post(reverse("event_new"), self.form(slug, WORDS[name]))
        assert answer.status_code == 302, answer.context["form"].errors
        return events.publish(Event.objects.get(slug=slug), by=self.rudi, at=self.now)


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
