"""The moderator's open page asks for its list alone, and gets it only when something in it changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from participation.actions import question_moderation
from participation.views import question_desk
from tests.participation.test_questions import Hall, desk
from tests.parts import enrol, make_user


@pytest.fixture
def hall(db):
    return Hall()


class Screen:
    """Somebody's open page: `again()` asks what the script asks, naming the list it shows."""

    def __init__(self, hall, user):
        self.client = desk(user)
        self.address = reverse("question_desk", args=[hall.event.pk]) + "?bagian=daftar&halaman=1"
        self.tag = self.client.get(self.address).headers["ETag"]

    def again(self):
        answer = self.client.get(self.address, headers={"if-none-match": self.tag})
        self.tag = answer.headers["ETag"]
        return answer


def test_the_list_comes_once_and_then_only_when_it_changed(hall):
    asked = hall.asked()
    screen = Screen(hall, hall.rudi)

    assert [screen.again().status_code for _n in range(2)] == [304, 304]
    for change in (
        lambda: hall.asked("Yang kedua?", address="kedua@warga.example"),
        lambda: hall.voted(asked, "budi@warga.example"),
        lambda: hall.answered(hall.asked("Yang ketiga?", address="ketiga@warga.example")),
        lambda: question_moderation.hide(asked, rule="insult", reason="Menghina.", by=hall.rudi, at=hall.now),
        lambda: question_moderation.appeal(asked.hiding, text="Bukan.", by=asked.subscriber, at=hall.now),
        lambda: question_moderation.decide(asked.hiding, restore=True, answer="Baik.", by=hall.nadia, at=hall.now),
    ):
        asked.refresh_from_db()
        change()
        assert screen.again().status_code == 200
        assert screen.again().status_code == 304


def test_what_comes_is_the_list_alone_and_no_cache_keeps_it(hall):
    hall.asked("Boleh S-2?")
    answer = Screen(hall, hall.rudi).client.get(Screen(hall, hall.rudi).address)

    assert "Boleh S-2?" in answer.text and "csrfmiddlewaretoken" in answer.text
    assert "<html" not in answer.text and "<script" not in answer.text
    assert "private" in answer.headers["Cache-Control"]


def test_the_page_names_the_list_that_it_shows(hall):
    hall.asked()
    screen = Screen(hall, hall.rudi)

    page = screen.client.get(screen.address.partition("?")[0]).text

    assert f'data-tag="{screen.tag.strip(chr(34))}"' in page
    assert page.count("<script") == page.count("<script src=")
    assert "Muat yang terbaru" in page  # the way without JavaScript


def test_another_does_not_get_what_one_was_shown(hall):
    """Who hid a question sees other buttons than who decides about it."""
    hall.asked()

    assert Screen(hall, hall.rudi).tag != Screen(hall, hall.nadia).tag


def test_it_stays_closed_to_everybody_else(hall, client):
    screen = Screen(hall, hall.rudi)
    verifier = desk(enrol(make_user("vera@tanya.example", Role.VERIFIER)))

    answers = [who.get(screen.address, headers={"if-none-match": screen.tag}) for who in (client, verifier)]

    assert [one.status_code for one in answers] == [302, 403]


def test_it_costs_the_same_for_one_and_for_thirty(hall):
    hall.asked()
    screen = Screen(hall, hall.rudi)
    with CaptureQueriesContext(connection) as few:
        screen.again()
    for number in range(29):
        hall.asked(f"Ke-{number}?", address=f"w{number}@warga.example")
    with CaptureQueriesContext(connection) as many:
        screen.again()

    assert len(few) == len(many)


def test_without_looking_at_the_rows_a_new_question_would_not_show(hall, monkeypatch):
    """The twin."""
    monkeypatch.setattr(question_desk, "_tag", lambda page, user: str(user.pk))
    screen = Screen(hall, hall.rudi)
    hall.asked()

    assert screen.again().status_code == 304
