"""Letters to many: inside their hours, not while paused, never after a stop, no faster than the mail server takes."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product
from threading import Thread

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from accounts.roles import Role
from publishing import mailing_states, tasks
from publishing.actions import claiming, delivery, keeping, mailing, publication
from publishing.mailing_states import MailingState
from publishing.models import Delivery, Mailing, MailingStep, Pace
from tests.parts import NOON, make_user
from tests.publishing import mail_server as servers
from tests.roles import working_as

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NIGHT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)  # 22.00 WIB, 23.00 WITA
MORNING = datetime(2026, 11, 2, 23, 0, tzinfo=UTC)  # 06.00 WIB


@pytest.fixture
def server(settings):
    with servers.mail_server(settings) as sink:
        yield sink


def people(count: int, name: str = "orang") -> list[User]:
    return User.objects.bulk_create(
        User(email=f"{name}{n}@warga.example", password="!", is_active=True) for n in range(count)
    )


def a_mailing(count: int, *, source: str = "announcement:1:v1", zone: str = "Asia/Jakarta", at=NOON) -> Mailing:
    """A mailing with so many letters waiting."""
    made = publication.publish(source=source, subject="Hasil terbit", body="Lihat hasil Anda.", url="/x/", at=at)
    begun = mailing.begin(made, zone=zone, at=at)
    users = people(count, source.replace(":", ""))
    publication.queue_for(made, User.objects.filter(pk__in=[one.pk for one in users]), at=at, mailing=begun)
    return begun


def states() -> Counter:
    return Counter(Delivery.objects.values_list("state", flat=True))


def pia() -> User:
    return make_user("pia@contoh.example", Role.PREPARER)


def test_letters_to_many_wait_for_their_hours_and_a_receipt_does_not(own_database, server):
    a_mailing(5, at=NIGHT)
    receipt = publication.publish(source="receipt:1", subject="Tanda terima", body="Isi", url="/x/", at=NIGHT)
    publication.queue_for(receipt, User.objects.filter(email="announcement1v10@warga.example"), at=NIGHT)

    at_night = delivery.deliver_due(NIGHT)
    before_six = delivery.deliver_due(MORNING - MINUTE)
    at_six = delivery.deliver_due(MORNING)

    assert (at_night, before_six, at_six) == (1, 0, 5)
    assert server.got[0][1]["Subject"] == "Tanda terima"


def test_the_hours_are_those_of_the_recruitment(own_database, server):
    """20.30 in Jakarta is 22.30 in Jayapura."""
    evening = datetime(2026, 11, 2, 13, 30, tzinfo=UTC)
    a_mailing(2, source="announcement:1:v1", zone="Asia/Jakarta")
    a_mailing(3, source="announcement:2:v1", zone="Asia/Jayapura")

    assert delivery.deliver_due(evening) == 2
    assert delivery.deliver_due(evening + timedelta(hours=8)) == 3  # 06.30 in Jayapura


def test_the_window_closes_in_the_middle_of_a_round(own_database, server):
    """A round that began in time does not run on into the night."""
    a_mailing(6)
    last_minute = datetime(2026, 11, 2, 13, 59, 59, 900_000, tzinfo=UTC)  # 20.59.59,9 WIB
    server.mood, server.pause = servers.SLOW, 0.1

    delivery.deliver_due(last_minute)

    assert 1 <= len(server.got) < 6
    server.mood = servers.TAKES
    delivery.deliver_due(MORNING)
    assert states() == {"sent": 6}


def test_letters_to_one_person_go_before_letters_to_many(own_database, server):
    a_mailing(120)
    receipt = publication.publish(source="receipt:1", subject="Tanda terima", body="Isi", url="/x/", at=NOON + MINUTE)
    publication.queue_for(receipt, User.objects.filter(pk=people(1)[0].pk), at=NOON + MINUTE)

    delivery.deliver_due(NOON + MINUTE)

    assert server.got[0][1]["Subject"] == "Tanda terima"
    assert len(server.got) == 121


def test_a_small_mailing_does_not_wait_for_a_large_one(own_database, server):
    a_mailing(300, source="announcement:1:v1")
    a_mailing(10, source="delay:2026-T1")

    delivery.deliver_due(NOON, most=100)

    assert sum(address.startswith("delay") for address in server.addresses) == 10


def test_a_paused_mailing_is_sent_by_no_ring(own_database, server, monkeypatch):
    one = a_mailing(5)
    mailing.pause(one, reason="Salah tautan.", by=pia(), at=NOON)
    monkeypatch.setattr(tasks.timezone, "now", lambda: NOON)

    tasks.deliver()
    keeping.keep_letters(NOON)
    paused = len(server.got)
    mailing.resume(one, reason="Tautan benar.", by=User.objects.get(email="pia@contoh.example"), at=NOON + HOUR)
    keeping.keep_letters(NOON + HOUR)

    assert paused == 0
    assert states() == {"sent": 5}
    assert Mailing.objects.get().state == MailingState.DONE
    assert list(MailingStep.objects.values_list("to", "reason")) == [
        ("paused", "Salah tautan."), ("running", "Tautan benar."),
    ]  # fmt: skip


def pause_while_sending(server) -> int:
    """Pause a mailing of 120 while a worker sends its letters; how many left after the pause was written."""
    one = a_mailing(120)
    by = pia()
    server.mood, server.pause = servers.SLOW, 0.02

    def ring():
        delivery.deliver_due(NOON)
        connection.close()

    worker = Thread(target=ring)
    worker.start()
    while len(server.got) < 5:
        pass
    mailing.pause(one, reason="Salah.", by=by, at=NOON)
    left = len(server.got)
    worker.join(timeout=delivery.A_ROUND / 2)
    assert not worker.is_alive(), "a round that may send nothing more is over"
    return len(server.got) - left


def test_a_pause_holds_even_what_a_worker_has_in_hand_but_the_letter_in_flight(own_database, server):
    assert pause_while_sending(server) <= 1
    assert Delivery.objects.filter(state="queued", claimed_until=None).count() == 120 - len(server.got)


def test_without_asking_before_each_letter_a_pause_lets_a_whole_claim_go(own_database, server, monkeypatch):
    """The twin."""
    monkeypatch.setattr(claiming, "STILL", "SELECT FROM publishing_delivery d WHERE d.id = %s")

    assert pause_while_sending(server) > 1


def test_after_a_stop_nothing_leaves_and_the_letters_say_so(own_database, server):
    one = a_mailing(5)
    delivery.deliver_due(NOON, most=2)

    mailing.stop(one, reason="Keputusan dicabut.", by=pia(), at=NOON)
    keeping.keep_letters(NOON + MINUTE)

    assert len(server.got) == 2
    assert states() == {"sent": 2, "failed": 3}
    assert set(Delivery.objects.filter(state="failed").values_list("failure", flat=True)) == {mailing.STOPPED}
    with pytest.raises(mailing.NotPossible):
        mailing.resume(one, reason="Lanjut.", by=User.objects.get(email="pia@contoh.example"), at=NOON)


def test_a_pause_without_a_reason_is_refused(own_database):
    one = a_mailing(1)

    with pytest.raises(mailing.NotPossible, match="alasan"):
        mailing.pause(one, reason="  ", by=pia(), at=NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        MailingStep.objects.create(mailing=one, to="paused", reason="", by=User.objects.last(), at=NOON)


def test_nobody_gets_more_letters_a_minute_than_the_server_takes(own_database, server, settings):
    settings.MAIL_PER_MINUTE = 7
    a_mailing(20)
    a_mailing(1, source="delay:2026-T1")

    rounds = [delivery.deliver_due(NOON + n * timedelta(seconds=20)) for n in range(7)]

    assert rounds == [7, 0, 0, 7, 0, 0, 7]
    keeping.keep_letters(NOON + 5 * HOUR)
    assert Pace.objects.count() <= 1


def test_two_workers_share_the_limit(own_database, server, settings):
    settings.MAIL_PER_MINUTE = 30
    a_mailing(100)

    def ring():
        delivery.deliver_due(NOON)
        connection.close()

    workers = [Thread(target=ring) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(server.got) == 30


def test_each_process_sends_under_its_own_role(own_database, server):
    one = a_mailing(4)

    with working_as("portal_work"):
        assert delivery.deliver_due(NOON, most=2) == 2
    with working_as("portal_seq"):
        keeping.keep_letters(NOON + MINUTE)

    one.refresh_from_db()
    assert len(server.got) == 4
    assert one.state == MailingState.DONE


@pytest.mark.parametrize(("old", "new"), [pair for pair in product(MailingState, MailingState) if pair[0] != pair[1]])
def test_the_database_knows_the_table_of_states(db, old, new):
    one = a_mailing(0)
    road = {"running": [], "paused": ["paused"], "done": ["done"], "stopped": ["stopped"]}[old]
    for step in road:
        Mailing.objects.filter(pk=one.pk).update(state=step)

    if mailing_states.allows(old, new):
        assert Mailing.objects.filter(pk=one.pk).update(state=new) == 1
    else:
        with pytest.raises(DatabaseError, match="Invalid transition"), transaction.atomic():
            Mailing.objects.filter(pk=one.pk).update(state=new)


def test_a_mailing_keeps_its_hours_and_its_steps_are_not_rewritten(db):
    one = a_mailing(0)
    with pytest.raises(DatabaseError, match="keeps its publication"), transaction.atomic():
        Mailing.objects.filter(pk=one.pk).update(window_from="00:00")
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Mailing.objects.filter(pk=one.pk).delete()
    step = MailingStep.objects.create(mailing=one, to="paused", reason="Salah.", by=pia(), at=NOON)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        MailingStep.objects.filter(pk=step.pk).update(reason="Lain.")
