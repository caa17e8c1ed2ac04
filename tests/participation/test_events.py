"""Sessions: published by another, never overbooked, with a queue that moves by itself, and forgotten after."""

import json
import re
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from io import BytesIO
from threading import Barrier, Thread

import feedparser
import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from accounts.roles import Role
from devtools.children import dies_with_parent
from participation.actions import events, keeping, registrations
from participation.models import Event, Registration
from portal.grants import KEEPER, WEB
from publishing.actions import delivery, subscribing
from publishing.models import Publication, Subscriber
from tests.faults.stack import environment
from tests.participation.holding import an_event
from tests.parts import enrol, make_user
from tests.portal.running import ROOT
from tests.roles import working_as

DAY = timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


class Hall:
    def __init__(self, **fields):
        self.now = timezone.now()
        self.pia, self.rudi = (
            make_user("pia@acara.example", Role.PREPARER),
            make_user("rudi@acara.example", Role.PUBLISHER),
        )
        self.event = an_event(self.pia, self.rudi, at=self.now, **fields)

    def coming(self, name: str, people: int = 1) -> Registration:
        asked = registrations.ask(self.event, f"{name}@warga.example", people=people, at=self.now)
        return registrations.confirm(asked, at=self.now)


@pytest.fixture
def hall(db):
    return Hall()


def letters() -> list[str]:
    delivery.deliver_due(timezone.now() + 400 * DAY)
    return [f"{one.to[0]}\n{one.subject}\n{one.body}" for one in mail.outbox]


def test_an_event_is_published_by_somebody_else_and_then_news(hall):
    own = an_event(hall.pia, None, at=hall.now, published=False, slug="lain")
    with pytest.raises(events.NotNow):
        events.publish(own, by=hall.pia, at=hall.now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=own.pk).update(published_at=hall.now, published_by=hall.pia)

    assert Publication.objects.get(source=f"event:{hall.event.pk}:published:news").for_all


def test_a_seat_is_given_after_the_owner_of_the_address_said_yes(hall, client):
    client.post(reverse("event_registration_new", args=["sosialisasi"]), {"email": "siti@warga.example", "people": "2"})
    asked = Registration.objects.get()
    hall.event.refresh_from_db()
    assert hall.event.taken == 0
    (letter,) = letters()
    room = reverse("event_room", args=[asked.subscriber.token()])
    assert room in letter
    assert "{token}" not in letter

    client.post(room, {"do": "confirm", "registration": asked.pk})

    hall.event.refresh_from_db()
    assert hall.event.taken == 2
    page = client.get(room)
    assert page.headers["Cache-Control"] == "private, no-store" or "no-store" in page.headers["Cache-Control"]
    assert "Dapat kursi" in page.content.decode()


def test_nobody_acts_on_the_registration_of_another(hall, client):
    siti, joko = hall.coming("siti"), hall.coming("joko")

    answer = client.post(
        reverse("event_room", args=[joko.subscriber.token()]), {"do": "leave", "registration": siti.pk}
    )

    assert answer.status_code == 404
    assert Registration.objects.filter(pk=siti.pk).exists()


def test_the_queue_moves_up_by_itself_in_its_order_and_tells(hall):
    Event.objects.filter(pk=hall.event.pk).update(capacity=2)
    first, _second, third, fourth = [hall.coming(name) for name in ("a", "b", "c", "d")]
    assert third.state == fourth.state == "waiting"

    registrations.leave(first, at=hall.now)

    third.refresh_from_db(), fourth.refresh_from_db()
    assert (third.state, fourth.state) == ("seated", "waiting")
    assert [one for one in letters() if one.startswith("c@") and "Anda dapat kursi" in one]
    assert not Subscriber.objects.filter(pk=first.subscriber_id).exists()

    subscribing.forget(third.subscriber)  # behind the other page: everything about the address goes
    keeping.keep(hall.now)
    fourth.refresh_from_db()
    assert fourth.state == "seated"


def test_twenty_at_once_get_five_seats_under_the_rights_of_pages(own_database):
    hall = Hall(capacity=5)
    asked = [registrations.ask(hall.event, f"w{n}@warga.example", people=1, at=hall.now) for n in range(20)]
    start = Barrier(20)

    def press(one):
        start.wait()
        registrations.confirm(one, at=hall.now)
        connection.close()

    with working_as(WEB):
        threads = [Thread(target=press, args=[one]) for one in asked]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert Registration.objects.filter(state="seated").count() == 5
        assert Registration.objects.filter(state="waiting").count() == 15
        assert Event.objects.get().taken == 5


def test_the_database_refuses_an_overbooking_that_asks_nobody(hall):
    """And without its trigger it would not: the twin."""
    Event.objects.filter(pk=hall.event.pk).update(capacity=1)
    hall.coming("a")
    waiting = hall.coming("b")
    seat = Registration.objects.filter(pk=waiting.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        seat.update(state="seated")

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending checks cannot be altered
        cursor.execute("ALTER TABLE participation_registration DISABLE TRIGGER USER")
    assert seat.update(state="seated") == 1


def test_a_move_and_a_cancellation_reach_everybody_registered(hall):
    hall.coming("siti")
    events.move(hall.event, {"place": "Gedung Baru"}, reason="Atap bocor", by=hall.pia, at=hall.now)
    events.cancel(hall.event, reason="Banjir", by=hall.rudi, at=hall.now)

    mine = [one for one in letters() if one.startswith("siti@")]
    assert any("Balai Kelurahan → Gedung Baru" in one and "Atap bocor" in one for one in mine)
    assert any("Acara batal" in one and "Banjir" in one for one in mine)


def test_everybody_seated_is_reminded_once_and_forgotten_later_under_the_rights_of_the_keeper(own_database):
    hall = Hall()
    hall.coming("siti", people=2)
    with working_as(KEEPER):
        for _again in range(3):
            keeping.keep(hall.event.starts_at - DAY / 2)
        assert Publication.objects.filter(source__contains=":reminder:").count() == 1
        keeping.keep(hall.event.ends_at + 29 * DAY)
        assert Registration.objects.count() == 1
        keeping.keep(hall.event.ends_at + 31 * DAY)

        event = Event.objects.get()
        assert (event.registered, event.taken) == (2, 0)
        assert not Registration.objects.exists()
        assert not Subscriber.objects.exists()


def test_an_officer_registers_a_person_by_the_code_in_the_persons_letter(hall, client):
    officer = enrol(make_user("oni@acara.example", Role.AGENCY_OFFICER))
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(
        reverse("event_helped_new", args=[hall.event.pk]), {"email": "mbah@warga.example", "people": "1"}
    )
    (letter,) = letters()
    code = Subscriber.objects.get().code(f"event:{hall.event.pk}:code:{timezone.now():%Y-%m-%d}")
    assert code in letter
    wrong = "000000" if code != "000000" else "000001"

    assert client.post(answer.url, {"code": wrong}).status_code == 422
    assert "Dapat kursi" in client.post(answer.url, {"code": code}).content.decode()
    assert not Publication.objects.filter(body__contains=code).exists()


def test_calendar_and_feed_are_read_by_others(hall, client):
    events.move(hall.event, {"place": "Gedung Baru"}, reason="Atap bocor", by=hall.pia, at=hall.now)
    for address in (reverse("event_calendar", args=["sosialisasi"]), reverse("event_calendar_all")):
        (entry,) = Calendar.from_ical(client.get(address).content).walk("VEVENT")
        assert entry["SUMMARY"] == "Sosialisasi CPNS"
        assert entry["SEQUENCE"] == 1
        assert entry["DTSTART"].dt == hall.event.starts_at.replace(microsecond=0)
    feed = feedparser.parse(BytesIO(client.get(reverse("event_feed")).content))
    assert not feed.bozo
    assert feed.entries[0].title == "Sosialisasi CPNS"


def posting_of(client) -> dict:
    page = client.get(reverse("event_detail", args=["sosialisasi"])).content.decode()
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])


def test_search_engines_read_when_and_where_it_is(hall, client, settings):
    """The properties that schema.org's Event must and should have."""
    found = posting_of(client)

    assert (found["@context"], found["@type"], found["name"]) == ("https://schema.org", "Event", "Sosialisasi CPNS")
    assert datetime.fromisoformat(found["startDate"]) == hall.event.starts_at
    assert datetime.fromisoformat(found["endDate"]) == hall.event.ends_at
    assert found["startDate"].endswith("+07:00") and found["isAccessibleForFree"] is True
    assert found["location"]["@type"] == "Place" and found["location"]["address"]["addressCountry"] == "ID"
    assert found["url"] == f"{settings.SITE_URL}/acara/sosialisasi/"
    assert found["eventStatus"] == "https://schema.org/EventScheduled"
    events.cancel(hall.event, reason="Banjir", by=hall.rudi, at=hall.now)
    assert posting_of(client)["eventStatus"] == "https://schema.org/EventCancelled"


def test_words_of_an_event_cannot_leave_the_script(db, client):
    Hall(about="</script><script>alert(1)</script><!-- & \u2028")

    assert posting_of(client)["description"] == "</script><script>alert(1)</script><!-- & \u2028"


def test_the_list_asks_the_same_number_of_questions_for_one_and_for_thirty(hall, client, django_assert_max_num_queries):
    for n in range(30):
        an_event(hall.pia, hall.rudi, at=hall.now, slug=f"s{n}", title=f"S{n}")
    with django_assert_max_num_queries(6):
        client.get(reverse("event_list"))


@pytest.mark.parametrize("role", [Role.PREPARER, Role.PUBLISHER, Role.AGENCY_OFFICER])
def test_the_desk_leads_to_the_events_and_no_link_there_is_refused(own_database, role):
    now = timezone.now()
    pia, rudi = (
        make_user("pia.satu@contoh.example", Role.PREPARER),
        make_user("rudi.satu@contoh.example", Role.PUBLISHER),
    )
    an_event(pia, rudi, at=now)
    an_event(pia, rudi, at=now, published=False, slug="rancangan")
    client = Client()
    client.force_login(enrol(make_user("petugas@contoh.example", role)), backend=BACKEND)
    waiting, refused, seen = {"/kelola/"}, set(), set()
    while waiting:
        address = waiting.pop()
        seen.add(address)
        answer = client.get(address)  # publishing and cancelling ask for a fresh code: 302
        if answer.status_code not in (200, 302):
            refused.add(address)
        waiting |= set(re.findall(r'href="(/kelola/acara/[^"]*)"', answer.content.decode())) - seen

    assert not refused
    assert {"/kelola/acara/"} < seen - {"/kelola/"}


def test_a_curious_neighbour_reads_nowhere_who_registered(hall, client):
    coming = hall.coming("tetangga.rahasia")
    pages = [
        "event_list",
        "event_feed",
        "event_calendar_all",
        "publication_list",
        "publication_list_json",
        "event_coverage_csv",
    ]
    own = ["event_detail", "event_calendar", "event_registration_new", "question_list"]
    texts = [client.get(reverse(name)).content.decode() for name in pages]
    texts += [client.get(reverse(name, args=["sosialisasi"])).content.decode() for name in own]
    for role in (Role.PREPARER, Role.AGENCY_OFFICER):  # nor does the desk: it counts
        client.force_login(enrol(make_user(f"{role}@acara.example", role)), backend=BACKEND)
        texts += [client.get(reverse("event_desk_list")).content.decode()]
        texts += [client.get(reverse("event_desk", args=[hall.event.pk])).content.decode()]
    client.logout()
    token = coming.subscriber.token()

    assert not [text for text in texts if "rahasia" in text or token in text]
    known, unknown = (
        client.post(reverse("event_registration_new", args=["sosialisasi"]), {"email": email, "people": "1"}).content
        for email in ("tetangga.rahasia@warga.example", "baru@warga.example")
    )
    assert known == unknown
    guessed = token[:-4] + ("aaaa" if token[-4:] != "aaaa" else "bbbb")
    assert client.get(reverse("event_room", args=[guessed])).status_code == 404
    other = hall.coming("lain")
    assert "rahasia" not in client.get(reverse("event_room", args=[other.subscriber.token()])).content.decode()


PRESS = """
import sys
import django
django.setup()
from django.utils import timezone
from participation.actions import registrations
from participation.models import Registration
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
for pk in map(int, sys.argv[1:]):
    registrations.confirm(Registration.objects.get(pk=pk), at=timezone.now())
"""


def test_two_processes_that_press_at_once_do_not_overbook_a_full_session(own_database):
    hall = Hall(capacity=3)
    asked = [registrations.ask(hall.event, f"w{n}@warga.example", people=1, at=hall.now) for n in range(8)]
    halves = ([str(one.pk) for one in asked[:4]], [str(one.pk) for one in asked[4:]])
    presses = [
        subprocess.Popen(
            [sys.executable, "-c", PRESS, *half],
            cwd=ROOT,
            env=environment(WEB),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=dies_with_parent(signal.SIGTERM, own_group=False),
        )
        for half in halves
    ]
    for one in presses:
        assert one.stdout.readline() == "ready\n"
    for one in presses:
        one.stdin.write("go\n")
        one.stdin.flush()
    assert [one.wait(60) for one in presses] == [0, 0]

    assert Registration.objects.filter(state="seated").count() == Event.objects.get().taken == 3
    assert Registration.objects.filter(state="waiting").count() == 5
