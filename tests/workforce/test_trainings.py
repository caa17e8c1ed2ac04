"""Trainings: written by one, published by another; seats by arrival, a waiting list, and nobody jumps the queue."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from ledger.models import Pending
from publishing.models import Delivery, Publication
from tests.parts import DAY, make_user
from tests.workforce.serving import BACKEND, an_employee
from tests.workforce.teaching import a_training, turn_back
from tests.workforce.test_panel_pages import browser
from workforce.actions import training as trainings
from workforce.models import Enrolment, Training, TrainingSession
from workforce.refusals import NotPossible

State = Enrolment.State


@pytest.fixture
def desk(own_database):
    return make_user("pia@latih.example", Role.PREPARER), make_user("rudi@latih.example", Role.PUBLISHER)


def without(trigger: str, model) -> None:
    """Take one trigger away, for a twin."""
    name = next(one.get_pgid(model) for one in model._meta.triggers if one.name == trigger)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name} ON {model._meta.db_table}")


def people(n: int) -> list:
    return [make_user(f"orang{one}@latih.example") for one in range(n)]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


# --- Publishing ----------------------------------------------------------------------------------
def test_another_person_publishes_and_then_nothing_changes(desk):
    pia, rudi = desk
    now = timezone.now()
    training = a_training(pia, rudi, at=now, published=False)

    with pytest.raises(NotPossible, match="Minta orang lain"):
        trainings.publish(training, by=pia, at=now)
    trainings.publish(training, by=rudi, at=now)

    assert Pending.objects.get(kind="training.published")
    assert Publication.objects.get(source=f"training:{training.pk}:published").for_all
    for change in ({"seats": 50}, {"rule": "draw"}, {"closes_at": now + 9 * DAY}, {"title": "Lain"}):
        with pytest.raises(DatabaseError, match="stand once enrolment is open"), transaction.atomic():
            Training.objects.filter(pk=training.pk).update(**change)
    with pytest.raises(DatabaseError, match="sessions stand"), transaction.atomic():
        TrainingSession.objects.filter(training=training).update(place="Lain")
    with pytest.raises(NotPossible, match="tidak berubah lagi"):
        trainings.add_session(training, starts_at=now + 30 * DAY, ends_at=now + 31 * DAY, place="Lain", by=pia, at=now)


def test_without_the_trigger_the_rule_would_change_after_people_enrolled(desk):
    """The twin."""
    training = a_training(*desk, at=timezone.now())
    without("training_fixed_once_open", Training)

    assert Training.objects.filter(pk=training.pk).update(seats=50, rule="draw") == 1


def test_a_training_without_meetings_or_with_one_before_enrolment_ends_is_not_published(desk):
    pia, rudi = desk
    now = timezone.now()
    early = a_training(pia, rudi, at=now, published=False, closes_at=now + 20 * DAY)

    with pytest.raises(NotPossible, match="sesudah pendaftaran ditutup"):
        trainings.publish(early, by=rudi, at=now)
    for session in early.sessions.all():
        trainings.remove_session(session, by=pia, at=now)
    with pytest.raises(NotPossible, match="paling sedikit satu pertemuan"):
        trainings.publish(early, by=rudi, at=now)
    assert not Training.objects.published().exists()


# --- Seats ---------------------------------------------------------------------------------------
def test_seats_go_by_arrival_then_people_wait_and_move_up_in_their_order(desk):
    training, now = a_training(*desk, at=timezone.now()), timezone.now()
    crowd = people(4)

    rows = [trainings.enrol(training, by=one, at=now) for one in crowd]

    assert [(one.state, one.place) for one in rows] == [("seated", 1), ("seated", 2), ("waiting", 3), ("waiting", 4)]
    trainings.withdraw(training, by=crowd[0], at=now)
    training.refresh_from_db()
    assert [Enrolment.objects.get(pk=one.pk).state for one in rows] == ["withdrawn", "seated", "seated", "waiting"]
    assert training.taken == 2
    letter = Delivery.objects.get(recipient=crowd[2])
    assert "Anda dapat kursi" in letter.publication.subject
    again = trainings.enrol(training, by=crowd[0], at=now)
    assert (again.state, again.place) == ("waiting", 5), "who left begins at the end"


def test_nobody_enrols_twice_and_nobody_after_the_end_by_the_databases_clock(desk):
    training, now = a_training(*desk, at=timezone.now()), timezone.now()
    [someone, late] = people(2)
    trainings.enrol(training, by=someone, at=now)

    with pytest.raises(NotPossible, match="sudah terdaftar"):
        trainings.enrol(training, by=someone, at=now)
    turn_back(training, closes_at=now - timedelta(seconds=1))
    with pytest.raises(NotPossible, match="tidak sedang dibuka"):
        trainings.enrol(training, by=late, at=now - DAY)  # a time of one's own choice does not help


def test_a_rival_cannot_take_a_seat_jump_the_queue_or_change_a_place(desk):
    """Straight in the database, as a page that is taken over could."""
    training, now = a_training(*desk, at=timezone.now()), timezone.now()
    rows = [trainings.enrol(training, by=one, at=now) for one in people(4)]
    third, rival = Enrolment.objects.filter(pk=rows[2].pk), Enrolment.objects.filter(pk=rows[3].pk)

    with pytest.raises(DatabaseError, match="training_seats_suffice"), transaction.atomic():
        third.update(state=State.SEATED)  # next in line, but no seat is free
    with pytest.raises(DatabaseError, match="next in the order"), transaction.atomic():
        rival.update(state=State.SEATED)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rival.update(place=0)
    with pytest.raises(DatabaseError, match="by leaving alone"), transaction.atomic():
        rival.update(user=desk[0])
    with pytest.raises(DatabaseError, match="counted, not written"), transaction.atomic():
        Training.objects.filter(pk=training.pk).update(taken=0)
    made = Enrolment.objects.create(
        training=training, user=make_user("lain@latih.example"), state=State.SEATED, place=1, enrolled_at=now
    )
    made.refresh_from_db()
    assert (made.state, made.place) == ("waiting", 5), "what was asked for is not what was given"


def test_without_the_trigger_the_rival_would_jump_the_queue(desk):
    """The twin."""
    training, now = a_training(*desk, at=timezone.now()), timezone.now()
    rows = [trainings.enrol(training, by=one, at=now) for one in people(4)]
    without("enrolment_follows", Enrolment)

    Enrolment.objects.filter(pk=rows[0].pk).update(state=State.WITHDRAWN, withdrawn_at=now)
    assert Enrolment.objects.filter(pk=rows[3].pk).update(state=State.SEATED) == 1


def test_the_last_seat_goes_to_one_of_two_who_press_at_once(desk):
    training, now = a_training(*desk, at=timezone.now(), seats=1), timezone.now()
    crowd = people(6)

    def press(who):
        trainings.enrol(training, by=who, at=now)
        connections.close_all()

    threads = [Thread(target=press, args=(one,)) for one in crowd]
    [one.start() for one in threads]
    [one.join() for one in threads]

    states = list(training.enrolments.order_by("place").values_list("state", flat=True))
    assert states == ["seated", *["waiting"] * 5]
    training.refresh_from_db()
    assert training.taken == 1


def test_leaving_and_moving_up_at_once_ends_well(desk):
    training, now = a_training(*desk, at=timezone.now(), seats=3), timezone.now()
    crowd = people(6)
    for one in crowd:
        trainings.enrol(training, by=one, at=now)

    def leave(who):
        trainings.withdraw(training, by=who, at=now)
        connections.close_all()

    threads = [Thread(target=leave, args=(one,)) for one in (crowd[0], crowd[3], crowd[1])]
    [one.start() for one in threads]
    [one.join() for one in threads]

    training.refresh_from_db()
    kept = training.enrolments.exclude(state=State.WITHDRAWN).order_by("place")
    assert [(one.user_id, one.state) for one in kept] == [(crowd[n].pk, "seated") for n in (2, 4, 5)]
    assert training.taken == 3


def test_a_training_for_employees_takes_those_with_a_profile(desk):
    training, now = a_training(*desk, at=timezone.now(), audience="pegawai"), timezone.now()
    [citizen, asri] = people(2)
    an_employee(user=asri, at=now)

    with pytest.raises(NotPossible, match="untuk pegawai"):
        trainings.enrol(training, by=citizen, at=now)
    assert trainings.enrol(training, by=asri, at=now).state == State.SEATED
    page = signed_in(citizen).get(reverse("enrolment_new", args=[training.slug])).content.decode()
    assert reverse("profile_claim") in page and "<form" not in page.split("<main")[1]


def test_a_published_training_is_cancelled_once_with_a_reason_for_everybody(desk):
    pia, rudi = desk
    training, now = a_training(*desk, at=timezone.now()), timezone.now()
    [someone, late] = people(2)
    trainings.enrol(training, by=someone, at=now)
    address = reverse("training_cancellation", args=[training.pk])

    assert browser(pia).post(address, {"reason": "Tidak suka"}).status_code == 403
    assert browser(rudi).post(address, {"reason": ""}).status_code == 422
    browser(rudi).post(address, {"reason": "Pengajarnya sakit."})

    assert browser(rudi).post(address, {"reason": "Lagi."}).status_code == 422, "once"
    assert "Pengajarnya sakit." in Client().get(reverse("training_detail", args=[training.slug])).content.decode()
    assert Pending.objects.get(kind="training.cancelled")
    assert "batal" in Delivery.objects.get(recipient=someone).publication.subject
    with pytest.raises(NotPossible, match="tidak sedang dibuka"):
        trainings.enrol(training, by=late, at=now)
    with pytest.raises(DatabaseError, match="cancelled once"), transaction.atomic():
        Training.objects.filter(pk=training.pk).update(cancelled_at=None, cancelled_by=None, cancel_reason="")


# --- Pages ---------------------------------------------------------------------------------------
def test_a_person_enrols_sees_the_seat_and_leaves_by_pages(desk):
    training = a_training(*desk, at=timezone.now())
    [someone] = people(1)
    client = signed_in(someone)

    assert training.title in Client().get(reverse("training_list")).content.decode()
    assert (
        reverse("enrolment_new", args=[training.slug])
        in Client().get(reverse("training_detail", args=[training.slug])).content.decode()
    )
    assert client.get(reverse("enrolment_new", args=[training.slug])).status_code == 200
    answer = client.post(reverse("enrolment_new", args=[training.slug]), {"distance": "jauh"}, follow=True)
    mine = Enrolment.objects.get()
    page = answer.content.decode()
    assert mine.number in page and "Dapat kursi" in page and mine.distance == "jauh"
    assert "no-store" in answer.headers["Cache-Control"]
    client.post(reverse("enrolment_withdrawal", args=[training.slug]))
    mine.refresh_from_db()
    assert mine.state == State.WITHDRAWN


def test_the_curious_see_no_name_and_nobody_elses_training(desk):
    training, now = a_training(*desk, at=timezone.now()), timezone.now()
    [someone, curious] = people(2)
    row = trainings.enrol(training, by=someone, at=now)

    for client in (Client(), signed_in(curious)):
        for name in ("training_list", "training_detail"):
            page = client.get(reverse(name, args=[training.slug] if name == "training_detail" else []))
            assert someone.email not in page.content.decode() and row.number not in page.content.decode()
    assert row.number not in signed_in(curious).get(reverse("my_trainings")).content.decode()
    signed_in(curious).post(reverse("enrolment_withdrawal", args=[training.slug]))
    row.refresh_from_db()
    assert row.state == State.SEATED


def test_officers_write_and_publish_by_pages(desk):
    pia, rudi = desk
    now = timezone.localtime()
    writer, other = browser(pia), browser(rudi)

    def when(days):
        return (now + days * DAY).strftime("%Y-%m-%dT%H:%M")

    words = {"title": "Etika", "slug": "saya", "topic": "etika", "about": "Isi", "audience": "semua", "seats": "0",
             "rule": "first", "closes_at": when(3)}  # fmt: skip
    answer = writer.post(reverse("training_new"), words)
    assert answer.status_code == 422 and "dipakai halaman lain" in answer.content.decode()
    writer.post(reverse("training_new"), words | {"slug": "etika", "seats": "20"})
    made = Training.objects.get()
    page = reverse("training_desk", args=[made.pk])
    bad = {"do": "session", "session-starts_at": when(8), "session-ends_at": when(7), "session-place": "Aula"}
    assert writer.post(page, bad).status_code == 422
    assert writer.post(page, bad | {"session-ends_at": when(9)}).status_code == 302
    assert other.post(page, bad | {"session-ends_at": when(9)}).status_code == 403
    assert writer.get(reverse("training_publication", args=[made.pk])).status_code == 403
    assert Client().get(reverse("training_detail", args=["etika"])).status_code == 404
    other.post(reverse("training_publication", args=[made.pk]))

    made.refresh_from_db()
    assert made.published_by == rudi
    assert made.title in writer.get(reverse("training_desk_list")).content.decode()
    assert Client().get(reverse("training_detail", args=["etika"])).status_code == 200
    assert (
        writer.post(reverse("training_edit", args=[made.pk]), words | {"slug": "lain", "seats": "9"}).status_code == 422
    )


def test_filters_narrow_the_catalogue_and_its_cost_does_not_grow(desk):
    now = timezone.now()
    a_training(*desk, at=now, title="Etika dasar", topic="etika")
    over = a_training(*desk, at=now, title="Sudah lewat", audience="pegawai")
    turn_back(over, closes_at=now - DAY)
    client = Client()

    def page(query=""):
        return client.get(reverse("training_list") + query).content.decode()

    with CaptureQueriesContext(connection) as few:
        assert "Etika dasar" in page() and "Sudah lewat" in page()
    assert "Etika dasar" in page("?bidang=etika") and "Sudah lewat" not in page("?bidang=etika")
    assert "Sudah lewat" not in page("?buka=ya") and "Etika dasar" not in page("?untuk=pegawai")
    assert "Tidak ada yang cocok" in page("?q=zzz")
    for _one in range(8):
        a_training(*desk, at=now)
    with CaptureQueriesContext(connection) as many:
        page(), page()
    assert len(many) == len(few)
