"""Letters over SMTP: each person once, whatever the mail server does."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.conf import settings as portal_settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from publishing.actions import claiming, delivery, mailing, publication
from publishing.models import Delivery
from tests.parts import NOON
from tests.publishing import mail_server as servers

MINUTE = timedelta(minutes=1)


def letters_to(count: int, source: str = "kabar", subject: str = "Hasil terbit") -> list[str]:
    """A publication queued for so many people; their addresses."""
    people = User.objects.bulk_create(
        User(email=f"orang{n}@warga.example", password="!", is_active=True) for n in range(count)
    )
    made = publication.publish(source=source, subject=subject, body="Lihat hasil Anda.", url="/x/", at=NOON)
    publication.queue_for(made, User.objects.filter(pk__in=[one.pk for one in people]), at=NOON)
    return [one.email for one in people]


@pytest.fixture
def server(settings):
    with servers.mail_server(settings) as sink:
        yield sink


def states() -> Counter:
    return Counter(Delivery.objects.values_list("state", flat=True))


def test_each_person_gets_the_letter_once_over_one_connection(own_database, server):
    people = letters_to(30)

    assert delivery.deliver_due(NOON) == 30
    assert delivery.deliver_due(NOON + MINUTE) == 0
    assert sorted(server.addresses) == sorted(people)
    assert len({message["Message-ID"] for _to, message in server.got}) == 30
    assert states() == {"sent": 30}


def test_a_person_who_is_unknown_there_costs_the_others_nothing(own_database, server):
    people = letters_to(5)
    server.moods = {people[1]: servers.UNKNOWN_PERSON, people[2]: servers.FULL}

    delivery.deliver_due(NOON)
    delivery.deliver_due(NOON + timedelta(days=1))

    assert states() == {"sent": 3, "failed": 2}
    failures = set(Delivery.objects.filter(state="failed").values_list("failure", flat=True))
    assert failures == {"SMTPRecipientsRefused 550", "SMTPDataError 552"}
    assert Counter(server.addresses).most_common(1)[0][1] == 1


def test_come_later_is_heard_and_tried_again(own_database, server):
    people = letters_to(3)
    server.moods = {people[0]: servers.LATER}

    delivery.deliver_due(NOON)
    server.moods = {}
    delivery.deliver_due(NOON + MINUTE)

    assert states() == {"sent": 3}
    assert sorted(server.addresses) == sorted(people)


def test_a_server_that_is_down_takes_no_attempt_from_those_who_wait(own_database, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    letters_to(50)

    for n in range(20):
        assert delivery.deliver_due(NOON + n * MINUTE) == 0

    assert states() == {"queued": 50}
    assert not Delivery.objects.exclude(attempts=0).exists()


@pytest.mark.parametrize("mood", [servers.STALLS, servers.SHUTS_DOWN, servers.BREAKS_OFF, servers.HALF_CLOSES])
def test_a_server_in_trouble_ends_the_round_and_the_letters_leave_later(own_database, server, mood):
    people = letters_to(10)
    server.mood = mood

    began = time.monotonic()
    assert delivery.deliver_due(NOON) == 0
    took = time.monotonic() - began
    server.mood = servers.TAKES
    for n in range(3):
        delivery.deliver_due(NOON + n * 2 * MINUTE)

    assert took < 5
    assert states() == {"sent": 10}
    repeated = Counter(server.addresses)
    assert set(repeated) == set(people)
    # Only the one in flight may come twice, with the same Message-ID, so that the mailbox shows it once.
    assert sum(repeated.values()) <= 11
    assert len({(to, message["Message-ID"]) for to, message in server.got}) == 10


def test_processes_side_by_side_send_each_letter_once(own_database, server):
    people = letters_to(60)
    start = Barrier(4)

    def ring():
        start.wait()
        delivery.deliver_due(NOON)
        connection.close()

    threads = [Thread(target=ring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(server.addresses) == sorted(people)


CHILD = """
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = {name!r}
from datetime import datetime, UTC
from publishing.actions import delivery
print("ready", flush=True)
while delivery.deliver_due(datetime.fromisoformat({at!r})):
    pass
"""


def test_a_killed_worker_repeats_at_most_the_letter_in_flight(own_database, server):
    people = letters_to(400)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD.format(name=own_database, at=NOON.isoformat())],
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "EMAIL_BACKEND": portal_settings.EMAIL_BACKEND,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(portal_settings.EMAIL_PORT),
        },
        stdout=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while len(server.got) < 50 and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    killed_at = len(server.got)
    while delivery.deliver_due(NOON):
        pass
    in_hand = Delivery.objects.filter(state="queued").count()
    while delivery.deliver_due(NOON + claiming.LEASE + MINUTE):
        pass

    assert in_hand <= delivery.A_CLAIM, "what nobody had in hand did not wait"
    assert 50 <= killed_at < 400, "the worker was killed in the middle"
    assert states() == {"sent": 400}
    assert set(server.addresses) == set(people)
    assert len(server.got) <= 401
    assert len({(to, message["Message-ID"]) for to, message in server.got}) == 400


def test_a_server_so_slow_that_the_database_ends_idle_transactions_gets_no_letter_twice(own_database, server):
    """The keeper's sessions are ended after 15 seconds idle inside a transaction; here after a tenth of one."""
    people = letters_to(3)
    server.mood, server.pause = servers.SLOW, 0.3
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '100ms'")

    delivery.deliver_due(NOON)
    delivery.deliver_due(NOON + MINUTE)

    assert sorted(server.addresses) == sorted(people)
    assert states() == {"sent": 3}


def test_a_letter_sent_inside_a_transaction_would_be_lost_on_a_slow_server(own_database, server):
    """The twin: the mark goes with the session, and the server has the letter."""
    letters_to(1)
    server.mood, server.pause = servers.SLOW, 0.3
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '100ms'")

    with pytest.raises(DatabaseError), transaction.atomic():
        one = claiming.to_one_person(NOON).select_for_update(of=("self",)).get()
        assert delivery._left(one, get_connection(), delivery.Watch(NOON))
        claiming.mark_sent(one, "", NOON, following=None)

    connection.close()
    assert len(server.got) == 1
    assert states() == {"queued": 1}


def test_a_letter_that_cannot_be_written_does_not_hold_up_those_behind_it(own_database, server):
    people = letters_to(2, "pertama", subject="Judul\nBcc: semua@warga.example")
    made = publication.publish(source="kedua", subject="Hasil", body="Isi", url="/x/", at=NOON)
    publication.queue_for(made, User.objects.filter(email=people[0]), at=NOON)

    delivery.deliver_due(NOON)

    assert server.addresses == [people[0]]
    assert states() == {"failed": 2, "sent": 1}
    assert set(Delivery.objects.filter(state="failed").values_list("failure", flat=True)) == {"BadHeaderError"}


def test_the_next_letters_are_found_without_sorting_all_that_wait(own_database):
    letters_to(2000)
    made = publication.publish(source="massa", subject="Hasil terbit", body="Lihat.", url="/x/", at=NOON)
    many = mailing.begin(made, zone="Asia/Jakarta", at=NOON)
    publication.queue_for(made, User.objects.all(), at=NOON, mailing=many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE publishing_delivery")

    plans = {
        "delivery_next": claiming.to_one_person(NOON)[:50].explain(),
        "delivery_next_of_mailing": claiming.of_mailing(many, NOON)[:50].explain(),
    }

    for index, plan in plans.items():
        assert f"using {index} " in plan
        assert "Sort" not in plan
