"""Nothing that somebody searches for, or has searched for in the name of another, runs on any page or in any letter."""

from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from publishing.actions import delivery, subscribing
from publishing.models import Subscriber
from tests.conftest import database_of_its_own
from tests.parts import DAY
from tests.payloads import WORDS, as_seen, judge, seen
from tests.selection.applying import Vacancy
from vacancies.search import MAX_LENGTH

NUMBERS = {name: number for number, name in enumerate(WORDS)}
SEARCHED = [name for name, words in WORDS.items() if len(words) <= MAX_LENGTH]


@pytest.fixture(scope="module")
def city(migrated_template, django_db_blocker):
    with database_of_its_own(migrated_template, django_db_blocker):
        yield Vacancy()


@pytest.mark.parametrize("name", SEARCHED)
def test_a_search_shows_the_words_and_runs_nothing(city, name):
    words, query = WORDS[name], urlencode({"q": WORDS[name]})
    address = f"w{NUMBERS[name]}@warga.example"
    asked = Client().post(f"{reverse('alert_new')}?{query}", {"email": address, "cadence": "daily"})
    assert asked.status_code == 200
    who = Subscriber.objects.get(address_index=subscribing.address_index(address))
    pages = [
        Client().get(f"{reverse('vacancy_list')}?{query}"),
        Client().get(f"{reverse('alert_new')}?{query}"),
        Client().get(reverse("alert_room", args=[who.token()])),
    ]

    for page in pages:
        assert page.status_code == 200
        assert judge(page.content.decode()) == []
        assert as_seen(words) in seen(page.content.decode())


def test_no_letter_carries_words_that_another_chose(city):
    """Whoever asks for news in the name of somebody else sends them our words alone."""
    Client().post(
        f"{reverse('alert_new')}?{urlencode({'q': 'Menangkan hadiah'})}",
        {"email": "korban@warga.example", "cadence": "daily"},
    )
    delivery.deliver_due(timezone.now() + DAY)

    (letter,) = [one for one in mail.outbox if one.to == ["korban@warga.example"]]
    assert "hadiah" not in letter.subject + letter.body
