"""Another test for those whom an incident kept from theirs: by two officers, and for nobody who only wants a better score."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from exams import live_differences
from exams.actions import keeping, live_sessions, local_scores, local_tests, neutralising, resits, seats
from exams.actions import sitting as sittings
from exams.models import Incident, LocalTest, Resit, ResitSeat, Seat
from portal.grants import WEB, WORK
from selection.actions import announcement, ranking, scores
from selection.models import LiveScore
from tests.exams.local_room import MINUTE, PARTS, Hall
from tests.exams.sitting_down import answer_all, long_ago, without_trigger
from tests.exams.test_local_scores import over
from tests.exams.test_local_tests import facts
from tests.exams.test_tested_components import approved
from tests.roles import working_as
from tests.selection.story import DUE
from tests.selection.test_objection_decision import sign_in

POWER = "Listrik ruang A dan B mati 40 menit."


def broken_off(people: int = 4) -> Hall:
    """The first ended by the button; the power failed, so time ran out for the second; the others never began."""
    hall = Hall(people).open()
    first, second = hall.begin(0), hall.begin(1)
    answer_all(first, "a", places=range(1, 10))
    answer_all(second, "a", places=(1, 2))
    sittings.end(first)
    hall.incident = seats.note(
        hall.test, kind=Incident.Kind.NETWORK, words=POWER, seat=None, by=hall.room_officer, at=timezone.now()
    )
    long_ago(second, 10 * MINUTE)
    return over(hall)


@pytest.fixture
def hall(db):
    return broken_off()


def number(hall: Hall, place: int) -> str:
    return hall.story.people[place].participant_number


def asked(hall: Hall, *places: int, by=None, **more) -> Resit:
    return resits.propose(
        hall.test, hall.incident, numbers=tuple(number(hall, one) for one in places), reason="Listrik mati.",
        by=by or hall.pia, at=timezone.now(), **more,
    )  # fmt: skip


def granted(hall: Hall, *places: int) -> Resit:
    return resits.decide(asked(hall, *places), grant=True, by=hall.rudi, at=timezone.now())


def sealed_again(hall: Hall, name: str = "Pengganti") -> LocalTest:
    now = timezone.now()
    session = live_sessions.make(
        hall.story.stage, name=name, place="Aula", rooms=["A"], held_on=now.date(), by=hall.pia, at=now
    )
    made = local_tests.seal(
        session, seconds=600, parts=PARTS, begins_at=now + MINUTE, door_closes_at=now + 31 * MINUTE, seats_per_room=9,
        own_devices=False, extra={}, by=hall.pia, at=now,
    )  # fmt: skip
    hall.first_test, hall.session, hall.test, hall.now = hall.test, session, made, now
    return made


def taken_again(hall: Hall) -> Hall:
    """The second sits the other test and answers all rightly; it is over, and its screens showed the scores."""
    sealed_again(hall)
    hall.open()
    sat = hall.begin(1)
    answer_all(sat, "a", places=range(1, 10))
    sittings.end(sat)
    keeping.show(timezone.now())
    return over(hall)


def score_file(hall: Hall, reason: str = ""):
    return local_scores.score_file(hall.story.stage, by=hall.pia, at=timezone.now(), reason=reason)


def test_from_the_incident_to_the_ranking(hall):
    keeping.show(timezone.now())
    with pytest.raises(local_tests.NotPossible, match="sudah punya kursi"):
        sealed_again(hall, "Terlalu dini")
    granted(hall, 1)
    with pytest.raises(local_tests.NotPossible, match=number(hall, 1)):
        score_file(hall)

    taken_again(hall)

    assert [one.application_id for one in hall.test.seats.all()] == [hall.story.people[1].pk]
    approved(hall, score_file(hall))
    ranked = ranking.rank(hall.story.stage, by=hall.pia, at=timezone.now())
    found = {one.application_id: one.values for one in ranked.outcomes.all()}
    assert found[hall.story.people[1].pk] == [150, 175, 225]
    assert found[hall.story.people[2].pk] == [None, None, None]
    shown = LiveScore.objects.filter(application=hall.story.people[1]).order_by("shown_at")
    assert [sum(one.values) > 500 for one in shown] == [False, True]


def test_the_record_tells_it_without_names(hall):
    granted(hall, 1, 2)

    [fact] = facts("exam.resit")

    assert fact["people"] == 2
    assert number(hall, 1) not in str(fact)


def test_what_was_replaced_is_no_difference_and_not_shown_again(hall):
    keeping.show(timezone.now())
    first_session = hall.session
    granted(hall, 1)
    taken_again(hall)
    approved(hall, score_file(hall))

    assert live_differences.differences(first_session, set()).rows == []
    before = LiveScore.objects.count()
    code = sittings.sheet_of(Seat.objects.get(test=hall.first_test, application=hall.story.people[1]).sitting)[0][0]
    found = neutralising.propose(
        hall.first_test, code.version.item.code, reason="Keliru.", by=hall.pia, at=timezone.now()
    )
    neutralising.decide(found, apply=True, by=hall.rudi, at=timezone.now())
    keeping.show(timezone.now())
    assert not LiveScore.objects.filter(application=hall.story.people[1]).count() > 2
    assert LiveScore.objects.count() <= before + 1


def test_whoever_ended_by_the_button_had_the_test(hall):
    with pytest.raises(local_tests.NotPossible, match=number(hall, 0)):
        asked(hall, 0)
    made = resits.propose(
        hall.test, hall.incident, room=hall.seat(0).room, reason="Listrik mati.", by=hall.pia, at=timezone.now()
    )
    assert number(hall, 0) not in made.places.values_list("seat__application__participant_number", flat=True)
    with pytest.raises(DatabaseError, match="has had it"), transaction.atomic():
        ResitSeat.objects.create(resit=made, seat=hall.seat(0))
    with without_trigger("exams_resitseat", "resit_seat_had_no_test"):
        ResitSeat.objects.create(resit=made, seat=hall.seat(0))


def test_no_incident_is_made_up_when_the_scores_are_known(hall):
    hall.incident = seats.note(
        hall.test, kind=Incident.Kind.ILL, words="Sakit.", seat=None, by=hall.room_officer, at=timezone.now()
    )

    with pytest.raises(local_tests.NotPossible, match="dicatat saat itu"):
        asked(hall, 1)
    given = {"test": hall.test, "incident": hall.incident, "reason": "Sakit.", "proposed_by": hall.pia}
    with pytest.raises(DatabaseError, match="before its test was over"), transaction.atomic():
        Resit.objects.create(**given, proposed_at=timezone.now())
    with without_trigger("exams_resit", "resit_of_an_incident_of_its_day"):
        Resit.objects.create(**given, proposed_at=timezone.now())


def test_an_incident_of_one_seat_moves_nobody_else(db):
    hall = Hall(3).open()
    for place in (0, 1):
        long_ago(hall.begin(place), 60 * MINUTE)
    hall.incident = seats.note(
        hall.test, kind=Incident.Kind.ILL, words="Pingsan.", seat=hall.seat(1), by=hall.room_officer, at=timezone.now()
    )
    over(hall)

    made = asked(hall)

    assert [one.seat_id for one in made.places.all()] == [hall.seat(1).pk]
    with pytest.raises(DatabaseError, match="incident concerns"), transaction.atomic():
        ResitSeat.objects.create(resit=made, seat=hall.seat(0))


def test_two_different_people_decide_and_once(hall):
    made = asked(hall, 1)
    with pytest.raises(local_tests.NotPossible, match="rekan lain"):
        resits.decide(made, grant=True, by=hall.pia, at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        Resit.objects.filter(pk=made.pk).update(state="granted", decided_by=hall.pia, decided_at=timezone.now())
    with pytest.raises(local_tests.NotPossible, match="menunggu keputusan"):
        asked(hall, 2)
    with pytest.raises(local_tests.NotPossible, match="Putuskan dahulu usulan ujian pengganti"):
        score_file(hall)

    resits.decide(made, grant=True, by=hall.rudi, at=timezone.now())

    with pytest.raises(local_tests.NotPossible):
        resits.decide(made, grant=False, by=hall.rudi, at=timezone.now())
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        Resit.objects.filter(pk=made.pk).update(state="dropped")
    with pytest.raises(DatabaseError, match="before it is decided"), transaction.atomic():
        ResitSeat.objects.create(resit=made, seat=hall.seat(2))
    with pytest.raises(local_tests.NotPossible):
        asked(hall, 1)


def test_a_dropped_one_changes_nothing_and_may_be_asked_again(hall):
    resits.decide(asked(hall, 1), grant=False, by=hall.pia, at=timezone.now())

    assert not facts("exam.resit")
    assert not resits.replaced().exists()
    assert score_file(hall).rows == 4
    assert asked(hall, 1).state == "proposed"


def test_not_while_the_test_runs(db):
    hall = Hall(2).open()
    hall.incident = seats.note(
        hall.test, kind=Incident.Kind.NETWORK, words=POWER, seat=None, by=hall.room_officer, at=timezone.now()
    )
    with pytest.raises(local_tests.NotPossible, match="setelah ujian selesai"):
        asked(hall, 1)


def test_not_once_the_result_is_frozen(hall, client):
    made = asked(hall, 1)
    resits.decide(made, grant=False, by=hall.rudi, at=timezone.now())
    approved(hall, score_file(hall))
    hall.story.rank().prepare().approve()
    announcement.announce_due(DUE)

    with pytest.raises(local_tests.NotPossible, match="dikunci atau diumumkan"):
        asked(hall, 1)
    sign_in(client, hall.pia)
    page = client.get(reverse("exam_desk", args=[hall.session.slug])).content.decode()
    assert "tidak ada ujian pengganti lagi" in page
    assert "Usulkan ujian pengganti" not in page


def test_the_desk_takes_it_from_one_to_the_other(hall, client):
    address = reverse("exam_desk", args=[hall.session.slug])
    sign_in(client, hall.pia)
    assert "Usulkan ujian pengganti" in client.get(address).content.decode()

    missing = client.post(address, {"do": "propose_resit", "incident": hall.incident.pk, "why": "Listrik mati."})
    assert missing.status_code == 422
    assert "Pilih ruang atau tulis nomor peserta" in missing.content.decode()
    client.post(
        address,
        {
            "do": "propose_resit",
            "incident": hall.incident.pk,
            "numbers": number(hall, 1).lower(),
            "why": "Listrik mati.",
        },
    )
    client.post(address, {"do": "grant"})
    assert Resit.objects.get().state == "proposed"
    sign_in(client, hall.rudi)
    page = client.get(address).content.decode()
    assert "Berikan ujian pengganti" in page
    client.post(address, {"do": "grant"})

    assert Resit.objects.get().state == "granted"
    assert "Diberikan" in client.get(address).content.decode()


def test_pages_and_worker_do_it_under_their_own_roles(own_database):
    hall = broken_off()
    with working_as(WEB):
        granted(hall, 1)
        sealed_again(hall)
    hall.open()
    with working_as(WEB):
        sat = hall.begin(1)
        answer_all(sat, "a", places=range(1, 10))
        sittings.end(sat)
    with working_as(WORK):
        keeping.show(timezone.now())
    over(hall)
    with working_as(WEB):
        scores.approve(score_file(hall), by=hall.rudi, at=timezone.now())

    with connection.cursor() as cursor:
        cursor.execute('SELECT count(*) FROM selection_score WHERE 150 = ANY("values")')
        assert cursor.fetchone()[0] == 2
