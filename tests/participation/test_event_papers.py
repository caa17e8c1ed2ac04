"""After a session: minutes and recording for who was not there, how many came, and how to get in beforehand."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from lib.document_checks.check import BadDocument
from participation.actions import events, papers
from participation.models import Event, EventPaper
from tests.participation.holding import an_event
from tests.parts import DAY, enrol, make_user
from tests.payloads import ADDRESSES, FILES
from tests.selection.applying import a_pdf, as_file

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Hall:
    def __init__(self):
        self.now = timezone.now()
        self.pia = enrol(make_user("pia@notulen.example", Role.PREPARER))
        self.rudi = enrol(make_user("rudi@notulen.example", Role.PUBLISHER))
        self.held = an_event(self.pia, self.rudi, at=self.now - 10 * DAY)
        self.desk = Client()
        self.desk.force_login(self.pia, backend=BACKEND)

    def hand_in(self, event: Event, **form):
        form = {"kind": "minutes", "title": "Notulen", "url": ""} | form
        return self.desk.post(reverse("event_paper_new", args=[event.pk]), form)


@pytest.fixture
def hall(db):
    return Hall()


def detail(event: Event) -> str:
    return Client().get(reverse("event_detail", args=[event.slug])).content.decode()


def test_minutes_are_read_by_everybody_and_the_file_may_do_nothing(hall):
    assert hall.hand_in(hall.held, file=as_file(a_pdf(2), "rapat.pdf")).status_code == 302
    made = EventPaper.objects.get()
    assert "Notulen" in detail(hall.held)

    served = Client().get(reverse("event_paper", args=[hall.held.slug, made.pk]))

    assert served.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in served.headers["Content-Security-Policy"]
    assert made.pages == 2


def test_a_recording_is_a_link(hall):
    assert hall.hand_in(hall.held, kind="recording", title="Rekaman", url="https://video.example/1").status_code == 302
    assert 'href="https://video.example/1"' in detail(hall.held)
    assert Client().get(reverse("event_paper", args=[hall.held.slug, EventPaper.objects.get().pk])).status_code == 404


def test_either_a_file_or_a_link(hall):
    assert hall.hand_in(hall.held).status_code == 422
    both = hall.hand_in(hall.held, url="https://video.example/1", file=as_file(a_pdf(), "a.pdf"))
    assert both.status_code == 422
    assert not EventPaper.objects.exists()


def test_nothing_is_left_of_a_session_that_did_not_begin_and_what_is_left_stays(hall):
    coming = an_event(hall.pia, hall.rudi, at=hall.now, slug="nanti")
    with pytest.raises(events.NotNow):
        papers.add(coming, kind="slides", title="x", file=None, url="https://a.example", by=hall.pia, at=hall.now)
    row = {"kind": "slides", "title": "x", "url": "https://a.example", "by": hall.pia, "at": hall.now}
    with pytest.raises(DatabaseError), transaction.atomic():
        EventPaper.objects.create(event=coming, **row)
    EventPaper.objects.create(event=hall.held, **row)
    for act in (lambda: EventPaper.objects.update(title="y"), EventPaper.objects.all().delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@pytest.mark.parametrize("name", [name for name in FILES if name != "pdf as photo"])
def test_no_file_that_is_something_else_is_taken(hall, name):
    file_name, content, _kind = FILES[name]

    with pytest.raises(BadDocument):
        papers.add(
            hall.held, kind="minutes", title="x", file=as_file(content, file_name), url="", by=hall.pia, at=hall.now
        )


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_address_that_runs_is_taken(hall, name):
    assert hall.hand_in(hall.held, url=ADDRESSES[name]).status_code == 422
    with pytest.raises(DatabaseError), transaction.atomic():
        EventPaper.objects.create(
            event=hall.held, kind="slides", title="x", url=ADDRESSES[name], by=hall.pia, at=hall.now
        )


def test_how_to_get_in_and_how_many_came_are_on_the_page(hall):
    event = an_event(hall.pia, hall.rudi, at=hall.now - 10 * DAY, slug="lain", access=["ramp", "sign"])
    events.count(event, attended=57, recording_url="", by=hall.pia, at=hall.now)

    text = detail(event)

    assert "Jalan landai untuk kursi roda" in text and "Juru bahasa isyarat" in text and "57" in text
    assert "Juru bahasa isyarat" in Client().get(reverse("event_list")).content.decode()
