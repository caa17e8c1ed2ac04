"""What people want to be taught, and courses that anybody reads."""

import re

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from accounts.roles import Role
from publishing.actions import subscribing
from publishing.models import Delivery, Subscriber
from tests.parts import DAY, make_user
from tests.workforce.serving import an_employee
from tests.workforce.test_panel_pages import browser
from tests.workforce.test_trainings import signed_in, without
from workforce.actions import training_need as needs
from workforce.courses import NAMES, courses
from workforce.models import LessonRead, NeedVote, TrainingNeed
from workforce.refusals import NotPossible

WISH = {"text": "Bahasa isyarat untuk petugas loket.", "topic": "layanan"}

pytestmark = pytest.mark.usefixtures("own_database")


def a_need(email="siti@latih.example", **fields) -> TrainingNeed:
    return needs.propose(**(WISH | fields), by=make_user(email), at=timezone.now())


def room_of(address: str) -> str:
    return reverse("need_room", args=[Subscriber.objects.get().token()])


# --- Proposing and supporting -------------------------------------------------------------------
def test_a_citizen_without_account_proposes_and_it_shows_once_the_letter_is_answered():
    client = Client()
    answer = client.post(reverse("need_new"), WISH | {"email": "warga@rumah.example"})

    assert "Satu langkah lagi" in answer.content.decode()
    assert WISH["text"] not in client.get(reverse("need_list")).content.decode()
    assert Delivery.objects.filter(subscriber__isnull=False).count() == 1
    room = room_of("warga@rumah.example")
    page = client.get(room).content.decode()
    assert WISH["text"] in page and "warga@rumah.example" not in page
    need = TrainingNeed.objects.get()
    client.post(room, {"what": "need", "which": need.pk, "do": "confirm"})
    shown = client.get(reverse("need_list")).content.decode()
    assert WISH["text"] in shown and "Dari warga" in shown


def test_an_employee_proposes_at_once_and_it_says_so():
    asri = make_user("asri@latih.example")
    an_employee(user=asri, at=timezone.now())

    signed_in(asri).post(reverse("need_new"), WISH)

    page = Client().get(reverse("need_list")).content.decode()
    assert "Dari pegawai" in page and asri.email not in page and asri.name not in page


def test_personal_data_in_the_words_is_sent_back():
    answer = Client().post(reverse("need_new"), WISH | {"text": "Hubungi saya 081234567890 ya", "email": "a@b.example"})

    assert answer.status_code == 422 and "Hapus data pribadi" in answer.content.decode()
    assert not TrainingNeed.objects.exists()


def test_one_mailbox_one_vote_and_none_for_ones_own():
    need = a_need()
    budi = make_user("budi@gmail.com")
    needs.support(need, by=budi, at=timezone.now())

    with pytest.raises(NotPossible, match="sudah mendukung"):
        needs.support(need, by=make_user("budi+lagi@gmail.com"), at=timezone.now())
    with pytest.raises(NotPossible, match="usulan Anda sendiri"):
        needs.support(need, by=need.user, at=timezone.now())
    Client().post(reverse("need_support", args=[need.pk]), {"email": "lain@rumah.example"})
    assert TrainingNeed.objects.with_support().get().support == 1, "not confirmed yet"
    vote = NeedVote.objects.get(confirmed_at=None)
    Client().post(room_of("lain@rumah.example"), {"what": "vote", "which": vote.pk, "do": "confirm"})
    assert TrainingNeed.objects.with_support().get().support == 2
    page = Client().get(reverse("need_list")).content.decode()
    assert "2 dukungan" in page


def test_a_rival_votes_only_once_even_straight_in_the_database():
    need, rival = a_need(), make_user("lawan@latih.example")
    now = timezone.now()
    own = {"need": need, "user": need.user, "mailbox": need.mailbox, "made_at": now, "confirmed_at": now}

    with pytest.raises(DatabaseError, match="somebody else"), transaction.atomic():
        NeedVote.objects.create(**own)
    needs.support(need, by=rival, at=now)
    with pytest.raises(DatabaseError, match="need_vote_per_mailbox"), transaction.atomic():
        NeedVote.objects.create(**own | {"user": rival, "mailbox": NeedVote.objects.get().mailbox})
    with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
        TrainingNeed.objects.update(text="Lain sama sekali.")
    without("need_vote_for_anothers", NeedVote)  # the twin: now the own vote counts
    assert NeedVote.objects.create(**own).pk


def test_a_link_opens_only_what_its_address_said():
    Client().post(reverse("need_new"), WISH | {"email": "satu@rumah.example"})
    first = TrainingNeed.objects.get()
    stranger = subscribing_of("dua@rumah.example")

    page = reverse("need_room", args=[stranger.token()])
    assert first.text not in Client().get(page).content.decode()
    assert Client().post(page, {"what": "need", "which": first.pk, "do": "confirm"}).status_code == 404
    assert Client().get(reverse("need_room", args=["bukan-tautan"])).status_code == 404


def subscribing_of(address: str) -> Subscriber:
    with transaction.atomic():
        return subscribing.take_in(address, at=timezone.now())


def test_what_nobody_confirms_goes_and_a_forgotten_address_takes_what_nobody_read():
    now = timezone.now()
    old = needs.ask_to_propose(**WISH, address="lama@rumah.example", at=now - 8 * DAY)
    needs.ask_to_propose(**WISH, address="baru@rumah.example", at=now)
    shown = needs.ask_to_propose(**WISH, address="tampil@rumah.example", at=now)
    needs.confirm(shown, by=shown.subscriber, at=now)

    assert needs.sweep(now) == 1 and not TrainingNeed.objects.filter(pk=old.pk).exists()
    for one in Subscriber.objects.exclude(pk=old.subscriber_id):
        subscribing.forget(one)
    left = TrainingNeed.objects.get()
    assert (left.pk, left.subscriber_id, left.mailbox) == (shown.pk, None, "")


# --- The office ---------------------------------------------------------------------------------
def test_the_office_answers_once_and_what_it_hides_shows_its_reason():
    need, other = a_need(), a_need("lain@latih.example", text="Beli obat murah di sini!!")
    pia = browser(make_user("pia@latih.example", Role.PREPARER))
    desk = reverse("need_desk")

    assert pia.post(desk, {"do": "answer", "which": need.pk, "text": ""}).status_code == 422
    pia.post(desk, {"do": "answer", "which": need.pk, "text": "Kami adakan bulan depan."})
    assert pia.post(desk, {"do": "answer", "which": need.pk, "text": "Tidak jadi."}).status_code == 422
    pia.post(desk, {"do": "hide", "which": other.pk, "reason": "Iklan."})
    page = Client().get(reverse("need_list")).content.decode()
    assert "Kami adakan bulan depan." in page and "Iklan." in page and "obat murah" not in page
    with pytest.raises(NotPossible, match="usulan Anda sendiri"):
        officer = make_user("petugas@latih.example", Role.PREPARER)
        needs.hide(needs.propose(**WISH, by=officer, at=timezone.now()), reason="x", by=officer, at=timezone.now())


# --- Courses ------------------------------------------------------------------------------------
def test_every_course_has_lessons_that_anybody_reads_with_a_question():
    assert set(courses()) == set(NAMES)
    client = Client()
    front = client.get(reverse("course_list")).content.decode()

    for course in courses().values():
        assert len(course.lessons) >= 3
        for lesson in course.lessons:
            assert lesson.title in front and lesson.question and lesson.answer
            page = client.get(reverse("lesson_detail", args=[course.slug, lesson.slug]))
            words = page.content.decode()
            assert page.headers["Cache-Control"].startswith("public") and escape(lesson.question) in words
            assert len(re.sub(r"<[^>]+>", " ", lesson.body).split()) > 60
    assert client.get(reverse("lesson_detail", args=["etika", "tidak-ada"])).status_code == 404


def test_progress_is_kept_for_whoever_is_signed_in_and_goes_when_its_owner_wants():
    someone, other = make_user("satu@latih.example"), make_user("dua@latih.example")
    client = signed_in(someone)
    [first, second, last] = courses()["etika"].lessons
    address = reverse("lesson_read", args=["etika", first.slug])

    assert reverse("account_login") in Client().get(address)["Location"]
    answer = client.post(address)
    assert answer["Location"] == reverse("lesson_detail", args=["etika", second.slug])
    client.post(address)
    assert LessonRead.objects.count() == 1
    assert client.post(reverse("lesson_read", args=["etika", last.slug]))["Location"] == reverse("course_progress")
    page = client.get(reverse("course_progress"))
    assert "2 dari 3 pelajaran dibaca" in page.content.decode() and "no-store" in page.headers["Cache-Control"]
    assert "0 dari 3" in signed_in(other).get(reverse("course_progress")).content.decode()
    client.post(reverse("course_progress"))
    assert not LessonRead.objects.exists()
