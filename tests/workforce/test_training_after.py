"""After a training: attendance and certificates by two officers, opinions without a name, use after three months."""

import io
from collections import Counter
from datetime import timedelta

import pikepdf
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from ledger.models import Pending
from portal.grants import KEEPER, WORK
from publishing.models import Delivery
from selection.actions import erasure
from tests.parts import DAY, make_user
from tests.roles import working_as
from tests.workforce.serving import an_employee
from tests.workforce.teaching import a_training, held
from tests.workforce.test_panel_pages import browser
from tests.workforce.test_trainings import people, signed_in, without
from workforce import certificate_pdf, equity
from workforce.actions import training as trainings
from workforce.actions import training_after as after
from workforce.actions.erasure import forget
from workforce.models import Attendance, Certificate, Evaluation, EvaluationGiven, Shield, UseQuestion
from workforce.refusals import NotPossible
from workforce.training_results import FEWEST, results


class Course:
    """A training that took place, with everybody seated; Pia writes attendance, Rudi issues."""

    def __init__(self, n: int = 3, *, days_ago: int = 1, user=None):
        self.pia, self.rudi = (
            make_user("pia@latih.example", Role.PREPARER),
            make_user("rudi@latih.example", Role.PUBLISHER),
        )
        now = timezone.now()
        self.training = a_training(self.pia, self.rudi, at=now, seats=n)
        self.people = [*([user] if user else []), *people(n)][:n]
        self.rows = [trainings.enrol(self.training, by=one, at=now) for one in self.people]
        held(self.training, days_ago=days_ago)
        self.meeting = self.training.sessions.get()

    def attended(self, *places: int):
        chosen = {self.rows[n].pk for n in places or range(len(self.rows))}
        after.attend(self.meeting, chosen, by=self.pia, at=timezone.now())
        return self

    def certified(self, *places: int):
        after.certify(self.attended(*places).training, by=self.rudi, at=timezone.now())
        return self


@pytest.fixture
def course(own_database):
    return Course()


# --- Attendance and certificates ----------------------------------------------------------------
def test_another_officer_issues_certificates_to_those_who_were_there(course):
    course.attended(0, 1)

    with pytest.raises(NotPossible, match="Minta rekan lain"):
        after.certify(course.training, by=course.pia, at=timezone.now())
    assert after.certify(course.training, by=course.rudi, at=timezone.now()) == 2
    assert after.certify(course.training, by=course.rudi, at=timezone.now()) == 0, "once"

    assert set(Certificate.objects.values_list("enrolment_id", flat=True)) == {one.pk for one in course.rows[:2]}
    assert Pending.objects.filter(kind="training.certified").count() == 1
    assert Delivery.objects.filter(recipient__in=course.people).count() == 2
    with pytest.raises(DatabaseError, match="attendance stands"), transaction.atomic():
        Attendance.objects.filter(enrolment=course.rows[0]).update(present=False)


def test_a_bribed_officer_cannot_certify_a_friend_who_was_not_there(course):
    course.attended(1)

    with pytest.raises(DatabaseError, match="attended enough"), transaction.atomic():
        Certificate.objects.create(
            enrolment=course.rows[0], holder="Kawan", issued_by=course.rudi, issued_at=timezone.now()
        )
    with pytest.raises(DatabaseError, match="another officer"), transaction.atomic():
        Certificate.objects.create(enrolment=course.rows[1], holder="X", issued_by=course.pia, issued_at=timezone.now())
    with pytest.raises(DatabaseError, match="own attendance"), transaction.atomic():
        Attendance.objects.filter(enrolment=course.rows[0]).update(present=True, by=course.people[0])


def test_without_the_trigger_the_friend_would_be_certified(course):
    """The twin."""
    course.attended(1)
    without("certificate_earned", Certificate)

    Certificate.objects.create(enrolment=course.rows[0], holder="Kawan", issued_by=course.pia, issued_at=timezone.now())
    assert Certificate.objects.filter(enrolment=course.rows[0]).exists()


def test_attendance_is_written_once_the_meeting_has_begun_and_for_seats_alone(own_database):
    pia, rudi = make_user("pia@latih.example", Role.PREPARER), make_user("rudi@latih.example", Role.PUBLISHER)
    now = timezone.now()
    training = a_training(pia, rudi, at=now, seats=1)
    seated, waiting = (trainings.enrol(training, by=one, at=now) for one in people(2))
    meeting = training.sessions.get()

    with pytest.raises(NotPossible, match="setelah pertemuan dimulai"):
        after.attend(meeting, {seated.pk}, by=pia, at=now)
    held(training)
    with pytest.raises(DatabaseError, match="who has a seat"), transaction.atomic():
        Attendance.objects.create(session=meeting, enrolment=waiting, present=True, by=pia, at=now)
    assert after.attend(meeting, {seated.pk, waiting.pk}, by=pia, at=now) == 1


def test_the_owner_downloads_a_certificate_whose_code_verifies_for_everybody(course):
    course.certified(0)
    mine = Certificate.objects.get()
    address = reverse("certificate_file", args=[course.rows[0].number])

    pdf = signed_in(course.people[0]).get(address)
    assert pdf.headers["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(pdf.content)) as opened:
        assert len(opened.pages) == 1
    content = certificate_pdf.content_of(mine)
    assert content["name"] == course.people[0].name and content["link"].endswith(f"/{mine.code}/")
    assert signed_in(course.people[1]).get(address).status_code == 404, "nobody else's"

    typed = Client().get(reverse("certificate_check"), {"kode": mine.code_words.lower()}, follow=True)
    words = typed.content.decode()
    assert "Sertifikat ini asli" in words and course.training.title in words and mine.holder in words
    assert course.people[0].email not in words and course.rows[0].number not in words
    assert "no-store" in typed.headers["Cache-Control"] and "noindex" in words
    wrong = Client().get(reverse("certificate_detail", args=["AAAAAAAAAAAAAAAA"]))
    assert wrong.status_code == 404 and "tidak dikenal" in wrong.content.decode()


def test_codes_cannot_be_tried_without_end(course, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"certificate_check": "3/m/ip"}
    client = Client()

    answers = [client.get(reverse("certificate_detail", args=[f"AAAA{n}"])).status_code for n in range(4)]

    assert answers == [404, 404, 404, 429]


def test_a_shielded_person_is_on_no_page_and_an_erased_one_leaves_no_name(course):
    asri = an_employee(user=course.people[0], name="Asri Nama Asli", at=timezone.now(), by=course.pia)
    course.certified()
    mine, other = (Certificate.objects.get(enrolment=one) for one in course.rows[:2])
    page = reverse("certificate_detail", args=[mine.code])
    assert mine.holder == "Asri Nama Asli"

    Shield.objects.create(employee=asri, ground="threat", placed_by=course.pia, placed_at=timezone.now())
    assert "Asri Nama" not in Client().get(page).content.decode()
    with transaction.atomic():
        forget([asri.pk], at=timezone.now())
    mine.refresh_from_db()
    assert mine.holder == ""
    erasure.forget_accounts([course.people[1].pk])
    assert after.forget_gone(timezone.now()) == 1
    other.refresh_from_db()
    assert other.holder == "" and Certificate.objects.exclude(holder="").count() == 1


def test_officers_note_attendance_and_issue_by_pages(course):
    pia, rudi = browser(course.pia), browser(course.rudi)
    page = reverse("attendance", args=[course.training.pk, course.meeting.pk])

    assert course.rows[0].number in pia.get(page).content.decode()
    pia.post(page, {"hadir": [course.rows[0].pk, "x", "9" * 30]})
    assert Attendance.objects.filter(present=True).count() == 1
    issue = reverse("certification", args=[course.training.pk])
    assert "Minta rekan lain" in pia.post(issue, follow=True).content.decode()
    asked = browser(course.rudi, fresh=False).post(issue)
    assert reverse("mfa_reauthenticate") in asked["Location"]
    assert "1 sertifikat terbit" in rudi.post(issue, follow=True).content.decode()
    mine = signed_in(course.people[0]).get(reverse("my_trainings")).content.decode()
    assert "Unduh sertifikat" in mine and "Isi evaluasi" in mine
    assert "Unduh sertifikat" not in signed_in(course.people[1]).get(reverse("my_trainings")).content.decode()


# --- Opinions and use ---------------------------------------------------------------------------
def test_who_attended_says_once_what_they_think_and_no_column_says_who(course):
    course.certified(0)
    client, address = signed_in(course.people[0]), reverse("evaluation_new", args=[course.rows[0].number])

    assert client.post(address, {"words": ""}).status_code == 422
    client.post(address, {"useful": "4", "clear": "5", "words": "Lebih banyak latihan."})
    assert client.post(address, {"useful": "1", "clear": "1"}).status_code == 422, "once"
    with pytest.raises(NotPossible, match="peserta yang hadir"):
        after.evaluate(course.rows[1], useful=5, clear=5, words="", by=course.people[1])

    [said] = Evaluation.objects.values()
    assert set(said) == {"id", "training_id", "useful", "clear", "words"}
    assert {field.name for field in EvaluationGiven._meta.fields} == {"id", "enrolment"}
    assert (
        "Lebih banyak latihan"
        in browser(course.pia).get(reverse("certification", args=[course.training.pk])).content.decode()
    )
    assert (
        "Lebih banyak latihan"
        not in Client().get(reverse("training_detail", args=[course.training.slug])).content.decode()
    )


def test_marks_are_told_when_enough_people_gave_some(own_database):
    course = Course(FEWEST).certified()
    for one in course.rows[1:]:
        after.evaluate(one, useful=4, clear=2, words="", by=one.user)
    assert results(course.training).useful is None

    after.evaluate(course.rows[0], useful=3, clear=2, words="", by=course.people[0])

    assert (results(course.training).useful, results(course.training).clear) == (3.8, 2.0)
    assert "3,8" in Client().get(reverse("training_detail", args=[course.training.slug])).content.decode()


@pytest.mark.parametrize("role", [WORK, KEEPER])
def test_three_months_later_everybody_is_asked_once_whether_it_was_used(own_database, role):
    course = Course(2, days_ago=80).certified()
    question = UseQuestion.objects.get(enrolment=course.rows[0])
    now = timezone.now()

    assert after.ask_due(now) == 0, "not yet"
    with pytest.raises(NotPossible, match="belum dikirim"):
        after.answer_use(question, "sering", by=course.people[0], at=now)
    with working_as(role):
        assert after.ask_due(question.due_at) == 2
        assert after.ask_due(question.due_at + DAY) == 0
        after.forget_gone(now)

    assert Delivery.objects.filter(recipient=course.people[0], publication__subject__startswith="Apakah").count() == 1
    client, address = signed_in(course.people[0]), reverse("use_answer", args=[course.rows[0].number])
    assert "Jawab: apakah terpakai?" in client.get(reverse("my_trainings")).content.decode()
    assert signed_in(course.people[1]).get(address).status_code == 404
    client.post(address, {"answer": "kadang"})
    question.refresh_from_db()
    assert question.answer == "kadang"
    assert client.post(address, {"answer": "sering"}).status_code == 422, "once"


def test_the_question_is_due_three_months_after_the_last_meeting(course):
    course.certified(0)

    assert UseQuestion.objects.get().due_at - course.training.sessions.get().ends_at == timedelta(days=91)


# --- Equity -------------------------------------------------------------------------------------
def test_small_groups_are_not_told_nor_what_subtraction_would_give():
    told = {one.name: (one.asked, one.seated) for one in equity.told(
        Counter({"A": 40, "B": 30, "C": 12, "D": 3}), Counter({"A": 21, "B": 8, "C": 5, "D": 3})
    )}  # fmt: skip

    assert told == {"A": (40, 20), "B": (30, 10), "C": (None, None), "D": (None, None)}
    assert [one.asked for one in equity.told(Counter({"A": 50}), Counter({"A": 4}))] == [None], "a fact about each"


def test_the_page_counts_who_asked_and_who_got_a_seat_and_leaves_the_shielded_out(own_database):
    pia, rudi = make_user("pia@latih.example", Role.PREPARER), make_user("rudi@latih.example", Role.PUBLISHER)
    now = timezone.now()
    training = a_training(pia, rudi, at=now, seats=15)
    for n, who in enumerate(people(32)):
        an_employee(user=who, at=now, sex="P" if n < 20 else "L", by=pia)
        trainings.enrol(training, by=who, distance="jauh" if n % 2 else "dekat", at=now)

    tables = {one.label: {row.name: (row.asked, row.seated) for row in one.rows} for one in equity.tables()}
    assert tables["Jenis kelamin"] == {"Perempuan": (20, 15), "Laki-laki": (10, 0)}
    assert tables["Jarak"]["Lebih dari 25 km"] == (15, 5)
    page = Client().get(reverse("training_equity")).content.decode()
    assert "Perempuan" in page and "tidak ditulis" in page  # each office has one employee
