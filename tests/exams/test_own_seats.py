"""The way to one's own test: from the own application to the door, and what the door says at each moment."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exams import own_seats
from exams.actions import keeping, local_scores, resits, seats
from exams.actions import sitting as sittings
from exams.models import Incident, LocalTest
from tests.exams.local_room import MINUTE, Hall
from tests.exams.sitting_down import without_trigger
from tests.parts import enrol, make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"


class Own:
    """Alya has a seat in a test; `own_devices` as the hall says."""

    def __init__(self, **hall):
        self.alya = make_user("alya@pelamar.example", name="Alya")
        self.hall = Hall(2, owners=[self.alya], **hall)
        self.browser = signed_in(self.alya)

    @property
    def word(self) -> str:
        [found] = own_seats.of(self.alya, here=None, at=timezone.now())
        return found.word

    def door(self) -> str:
        return self.browser.get(reverse("exam_door")).text

    def tracking(self) -> str:
        return self.browser.get(reverse("application_tracking", args=[self.hall.story.people[0].ref])).text


def signed_in(user) -> Client:
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    return browser


@pytest.fixture
def own(db):
    return Own(own_devices=True)


def test_the_door_tells_the_owner_of_a_seat_what_can_be_done(own):
    enter = f'action="{reverse("exam_enter", args=[own.hall.seat().pk])}"'
    assert own.word == "sealed" and "belum dibuka" in own.door() and enter not in own.door()

    own.hall.open()
    assert own.word == "account" and enter in own.door()
    assert own.door().index("Ujian Anda") < own.door().index("Dengan kode dari petugas"), "the own test comes first"

    own.browser.post(reverse("exam_enter", args=[own.hall.seat().pk]))
    assert "Anda masuk di perangkat ini." in own.door() and "Lanjutkan ujian" in own.door()
    assert own.word == "elsewhere"
    assert "petugas ruang membebaskan kursi Anda" in signed_in(own.alya).get(reverse("exam_door")).text

    own.browser.post(reverse("exam_start"))
    own.browser.post(reverse("exam_finish"))
    assert own.word == "over"
    assert reverse("live_slip", args=[own.hall.story.people[0].ref]) in own.door()
    assert "Lihat nilai ujian" in own.door() and "Lanjutkan ujian" not in own.door()
    back = reverse("application_tracking", args=[own.hall.story.people[0].ref])
    assert back in own.browser.get(reverse("exam_result")).text


def test_whoever_comes_too_late_reads_it_at_the_door(own):
    own.hall.open().passes(31 * MINUTE)

    assert own.word == "missed" and "Anda tidak mulai sebelum pintu ditutup." in own.door()


def test_a_test_that_nobody_opened_says_so_to_participants_and_office(own):
    own.hall.passes(40 * MINUTE)
    pia = signed_in(own.hall.pia)
    enrol(own.hall.pia)

    assert own.word == "never" and "tidak dibuka" in own.door()
    assert "tidak dibuka" in pia.get(reverse("exam_desk_list")).text
    page = pia.get(reverse("exam_desk", args=[own.hall.session.slug])).text
    assert "sehingga tidak berlangsung" in page and "Buka bagian saya" not in page


def test_where_the_room_hands_out_codes_the_door_says_that(db):
    own = Own(own_devices=False)
    own.hall.open()

    assert own.word == "code" and "Masuk dengan kode dari petugas di kursi Anda." in own.door()


def test_the_door_sends_whoever_is_not_signed_in_to_the_account_and_shows_no_seat(own):
    page = Client().get(reverse("exam_door")).text

    assert f"{reverse('account_login')}?next={reverse('exam_door')}" in page
    assert own.hall.story.people[0].participant_number not in page
    stranger = signed_in(make_user("lain@pelamar.example")).get(reverse("exam_door")).text
    assert "Akun ini belum punya kursi ujian." in stranger and "Ujian Anda" not in stranger


def test_the_own_application_leads_to_the_test_until_its_score_is_there(own):
    link = f'<a href="{reverse("exam_door")}">'
    assert link in own.tracking()

    own.hall.open()
    sittings.end(own.hall.begin())
    assert link in own.tracking()
    keeping.show(timezone.now())

    assert link not in own.tracking()
    assert reverse("live_slip", args=[own.hall.story.people[0].ref]) in own.tracking()


def test_an_application_whose_stage_is_not_tested_here_leads_to_no_door(own):
    own.hall.passes(40 * MINUTE)
    keeping.keep(timezone.now())  # nobody opened it: its components are free again

    assert f'<a href="{reverse("exam_door")}">' not in own.tracking()


def test_the_desk_offers_to_open_a_test_in_its_hour_alone(db):
    hall = Hall()
    pia = signed_in(hall.pia)
    enrol(hall.pia)
    desk = reverse("exam_desk", args=[hall.session.slug])
    assert "Buka bagian saya" in pia.get(desk).text

    with without_trigger("exams_localtest", "local_test_opened_by_two"):
        later = hall.now + timedelta(days=3)
        LocalTest.objects.filter(pk=hall.test.pk).update(begins_at=later, door_closes_at=later + 30 * MINUTE)

    page = pia.get(desk).text
    assert "Buka bagian saya" not in page and "Dua petugas membukanya antara" in page


def test_a_room_officer_finds_the_tests_on_the_first_page(db):
    hall = Hall()
    enrol(hall.room_officer)

    page = signed_in(hall.room_officer).get(reverse("admin:index")).text

    assert reverse("exam_desk_list") in page
    assert "Anda tidak memiliki izin untuk melihat" not in page, "there is something to do, so no such words"


def test_the_recruitment_leads_to_its_scores_on_screens_once_there_are_some(own):
    page = reverse("recruitment_detail", args=[own.hall.story.recruitment.slug])
    assert reverse("live_score_list") not in Client().get(page).text

    own.hall.open()
    sittings.end(own.hall.begin())
    keeping.show(timezone.now())

    assert reverse("live_score_list") in Client().get(page).text


def test_the_desk_says_which_score_file_was_handed_in_and_what_became_of_it(db):
    hall = Hall().open()
    sittings.end(hall.begin())
    hall.passes(31 * MINUTE)
    keeping.keep(timezone.now())
    pia = signed_in(hall.pia)
    enrol(hall.pia)
    desk = reverse("exam_desk", args=[hall.session.slug])
    assert "Terakhir diserahkan" not in pia.get(desk).text

    batch = local_scores.score_file(hall.story.stage, by=hall.pia, at=timezone.now())

    page = pia.get(desk).text
    assert reverse("score_batch", args=[batch.pk]) in page and batch.get_state_display() in page


def test_whoever_was_granted_another_test_reads_it_at_the_first_seat(own):
    hall = own.hall.open()
    power = seats.note(
        hall.test, kind=Incident.Kind.NETWORK, words="Listrik mati.", seat=None, by=hall.room_officer, at=timezone.now()
    )
    hall.passes(31 * MINUTE)
    keeping.keep(timezone.now())
    number = hall.story.people[0].participant_number
    asked = resits.propose(
        hall.test, power, numbers=(number,), reason="Listrik mati.", by=hall.pia, at=timezone.now()
    )  # fmt: skip
    assert own.word == "missed"

    resits.decide(asked, grant=True, by=hall.rudi, at=timezone.now())

    assert own.word == "replaced" and "Anda mengulang ujian ini di sesi lain" in own.door()
