"""Questions at a session: one voice per mailbox, answered for everybody or not at all, and what must not happen."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.encrypted import mailbox_index
from accounts.roles import Role
from participation.actions import keeping, question_moderation, questions
from participation.models import Answer, Event, Question, QuestionHiding, QuestionVote
from portal.grants import KEEPER, WEB, WORK
from publishing.actions import delivery, subscribing
from publishing.models import Delivery, Publication, Subscriber
from tests.participation.holding import an_event
from tests.parts import DAY, enrol, make_user
from tests.roles import working_as
from tests.selection.applying import Vacancy
from vacancies.models import Clarification

BACKEND = "django.contrib.auth.backends.ModelBackend"
SECOND = timedelta(seconds=1)


class Hall:
    """Pia prepares, Rudi publishes and answers, Nadia moderates too; the session is about an open recruitment."""

    def __init__(self, *, about_vacancies: bool = True, **fields):
        self.now = timezone.now()
        self.pia = enrol(make_user("pia@tanya.example", Role.PREPARER))
        self.rudi = enrol(make_user("rudi@tanya.example", Role.PUBLISHER))
        self.nadia = enrol(make_user("nadia@tanya.example", Role.PUBLISHER))
        self.vacancy = Vacancy() if about_vacancies else None
        fields.setdefault("recruitment", self.vacancy.recruitment if self.vacancy else None)
        self.event = an_event(self.pia, self.rudi, at=self.now, **fields)

    def asked(self, text="Boleh S-2?", *, address="alya@warga.example", name="") -> Question:
        made = questions.ask(self.event, address=address, name=name, text=text, at=timezone.now())
        questions.confirm(made, by=made.subscriber, at=timezone.now())
        made.refresh_from_db()
        return made

    def voted(self, question: Question, address: str) -> None:
        questions.support(question, address=address, at=timezone.now())
        for vote in QuestionVote.objects.filter(question=question, confirmed_at=None).select_related("subscriber"):
            questions.confirm(vote, by=vote.subscriber, at=timezone.now())

    def answered(self, question: Question, text="Boleh.", **more) -> Answer:
        more.setdefault("asked", question.text)
        return questions.answer(question, text=text, by=self.rudi, at=timezone.now(), **more)

    def public(self) -> str:
        return Client().get(reverse("question_list", args=[self.event.slug])).content.decode()


@pytest.fixture
def hall(db):
    return Hall()


def room(question: Question) -> str:
    return questions.MINE.format(token=question.subscriber.token())


def letters(address: str) -> list[str]:
    who = Subscriber.objects.get(address_index=subscribing.address_index(address))
    return list(Delivery.objects.filter(subscriber=who).order_by("pk").values_list("publication__subject", flat=True))


def refused(act) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def without_triggers(table: str) -> None:
    """The twin: the real code and table with the protection removed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with pending checks cannot be altered
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def desk(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_a_question_shows_once_the_owner_of_the_address_says_yes(hall):
    client = Client()
    answer = client.post(
        reverse("question_new", args=["sosialisasi"]), {"email": "Alya@warga.example", "text": "Boleh S-2?", "name": ""}
    )
    assert answer.status_code == 200
    made = Question.objects.get()
    assert "Boleh S-2?" not in hall.public()
    assert client.get(room(made)).headers["Referrer-Policy"] == "strict-origin"
    assert Question.objects.get().confirmed_at is None  # a mail program opened the link

    client.post(room(made), {"do": "confirm", "question": made.pk})

    shown = hall.public()
    assert "Boleh S-2?" in shown and "Warga" in shown and "alya" not in shown.lower()
    assert "Boleh S-2?" in client.get(reverse("event_detail", args=["sosialisasi"])).content.decode()


def test_the_most_wanted_stands_first_and_nobody_reads_who_wanted_it(hall):
    hall.asked("Pertama?")
    wanted = hall.asked("Kedua?", address="budi@warga.example", name="Budi")
    for address in ("c@warga.example", "d@warga.example"):
        hall.voted(wanted, address)

    shown = hall.public()

    assert shown.index("Kedua?") < shown.index("Pertama?")
    assert "2 dukungan" in shown and "@warga" not in shown


SPELLINGS = [
    "siti@gmail.com", "SITI@gmail.com", " siti@GMAIL.com ", "siti+acara@gmail.com", "s.i.t.i@gmail.com",
    "S.iti+x+y@googlemail.com", "siti@gmail.com.",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_mailbox_has_one_voice_however_its_address_is_spelled(hall, spelling):
    wanted = hall.asked()
    hall.voted(wanted, "siti@gmail.com")

    hall.voted(wanted, spelling)

    assert Question.objects.by_votes().get(pk=wanted.pk).support == 1
    own = hall.asked("Milik Siti?", address="siti@gmail.com")
    hall.voted(own, spelling)
    assert Question.objects.by_votes().get(pk=own.pk).support == 0


def test_other_people_are_not_taken_for_one(db):
    """Dots tell people apart everywhere but at the one provider that ignores them."""
    addresses = [
        "siti@contoh.example",
        "s.iti@contoh.example",
        "siti@lain.example",
        "siti.a@gmail.com",
        "siti@gmail.com",
    ]

    assert len({mailbox_index(one) for one in addresses}) == len(addresses)
    assert mailbox_index("siti+a@contoh.example") == mailbox_index("siti@contoh.example")


def test_two_spellings_confirmed_at_once_are_one_voice(own_database):
    hall = Hall()
    wanted = hall.asked()
    for address in ("siti@gmail.com", "s.iti+2@gmail.com"):
        questions.support(wanted, address=address, at=timezone.now())
    votes = list(QuestionVote.objects.select_related("question", "subscriber"))
    assert len(votes) == 2  # each waits for its owner
    barrier, outcomes = Barrier(2), []

    def press(vote):
        barrier.wait()
        try:
            questions.confirm(vote, by=vote.subscriber, at=timezone.now())
            outcomes.append("counted")
        except questions.NotPossible:
            outcomes.append("refused")
        connection.close()

    threads = [Thread(target=press, args=[vote]) for vote in votes]
    [one.start() for one in threads]
    [one.join() for one in threads]

    assert sorted(outcomes) == ["counted", "refused"]
    with connection.cursor() as cursor:  # the twin: without the rule of the table both count
        cursor.execute("DROP INDEX one_vote_per_mailbox")
    QuestionVote.objects.filter(confirmed_at=None).update(confirmed_at=timezone.now())
    assert Question.objects.by_votes().get().support == 2


def test_an_answer_about_a_recruitment_binds_at_the_vacancy_and_reaches_whoever_wanted_it(hall):
    asked = hall.asked("Saya Alya, boleh S-2?")
    hall.voted(asked, "budi@warga.example")
    formation = hall.vacancy.formation

    made = hall.answered(asked, asked="Boleh S-2?", formation=formation)

    assert made.clarification.answer == "Boleh."
    at_vacancy = Client().get(reverse("vacancy_detail", args=[formation.slug])).content.decode()
    assert "Boleh S-2?" in at_vacancy and "Saya Alya" not in at_vacancy
    shown = hall.public()
    assert f"/lowongan/{formation.slug}/#penjelasan-{made.clarification_id}" in shown and "Mengikat" in shown
    for address in ("alya@warga.example", "budi@warga.example"):
        assert letters(address).count("Pertanyaan dijawab: Sosialisasi CPNS") == 1


def test_an_officer_cannot_answer_one_applicant_alone(hall):
    asked = hall.asked()
    words = {"question": asked, "text": "Boleh, tetapi diam-diam.", "by": hall.rudi, "at": hall.now}
    refused(lambda: Answer.objects.create(**words))
    refused(
        lambda: Answer.objects.create(
            question=asked, by=hall.rudi, at=hall.now,
            clarification=Clarification.objects.create(
                recruitment=Vacancy().recruitment, question="x", answer="y", by=hall.rudi, at=hall.now
            ),
        )
    )  # fmt: skip
    assert not Clarification.objects.exists()

    without_triggers("participation_answer")  # the twin: nobody but the asker would know where to look
    Answer.objects.create(**words)
    assert not Clarification.objects.exists()


def test_a_binding_answer_is_replaced_by_a_dated_one_and_never_edited(hall):
    asked = hall.asked()
    first = hall.answered(asked)
    with pytest.raises(questions.NotPossible):
        hall.answered(asked)
    second = hall.answered(asked, "Tidak boleh.")

    assert second.clarification.supersedes == first.clarification
    assert "Jawaban lama" in hall.public()
    assert letters("alya@warga.example")[-1] == "Jawaban diganti: Sosialisasi CPNS"
    refused(lambda: Answer.objects.filter(pk=first.pk).update(at=hall.now))
    refused(lambda: Clarification.objects.filter(pk=first.clarification_id).update(answer="Lain"))
    refused(lambda: Answer.objects.filter(pk=first.pk).delete())


def test_at_a_session_about_no_recruitment_the_answer_stands_on_its_page(db):
    hall = Hall(about_vacancies=False)
    hall.answered(hall.asked(), "Gedung B.")

    assert "Gedung B." in hall.public()
    assert not Clarification.objects.exists()


def test_the_database_s_clock_ends_the_session_whatever_the_page_believes(own_database):
    now = timezone.now()
    hall = Hall(starts_at=now + SECOND, ends_at=now + 4 * SECOND)
    waiting = questions.ask(hall.event, address="alya@warga.example", name="", text="Tepat?", at=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep_until(%s)", [hall.event.ends_at])
    row = {"event": hall.event, "subscriber": waiting.subscriber, "mailbox": "x", "text": "Telat", "asked_at": now}

    with pytest.raises(questions.Closed):
        questions.confirm(waiting, by=waiting.subscriber, at=now)
    with pytest.raises(questions.Closed):
        questions.ask(hall.event, address="b@warga.example", name="", text="Telat", at=now)
    refused(lambda: Question.objects.filter(pk=waiting.pk).update(confirmed_at=now))
    refused(lambda: Question.objects.create(**row))
    without_triggers("participation_question")
    Question.objects.create(**row)


def test_hidden_questions_leave_their_reason_and_are_appealed_once_to_another(hall):
    asked, own = hall.asked("Kata kasar"), hall.asked("Saya Rudi", address="rudi+warga@tanya.example")
    now = timezone.now()
    with pytest.raises(questions.NotPossible):
        question_moderation.hide(own, rule="insult", reason="x", by=hall.rudi, at=now)
    refused(
        lambda: QuestionHiding.objects.create(
            question=own, rule="insult", reason="x", by=hall.rudi, at=now, by_mailbox=own.mailbox
        )
    )
    page = reverse("question_desk", args=[hall.event.pk])
    form = {"do": "hide", "which": asked.pk, "hide-rule": "insult", "hide-reason": "Menghina petugas."}
    assert desk(hall.rudi).post(page, form | {"hide-reason": ""}).status_code == 422
    assert desk(hall.rudi).post(page, form).status_code == 302
    shown = hall.public()
    assert "Kata kasar" not in shown and "Menghina petugas." in shown
    assert letters("alya@warga.example")[-1] == "Pertanyaan Anda disembunyikan"
    with pytest.raises(questions.NotPossible):
        hall.answered(asked)

    Client().post(room(asked), {"do": "appeal", "question": asked.pk, "text": "Bukan"})
    hiding = QuestionHiding.objects.get()
    with pytest.raises(questions.NotPossible):
        question_moderation.appeal(hiding, text="Lagi", by=asked.subscriber, at=now)
    with pytest.raises(questions.NotPossible):
        question_moderation.decide(hiding, restore=False, answer="Tetap", by=hall.rudi, at=now)
    refused(
        lambda: QuestionHiding.objects.filter(pk=hiding.pk).update(decided_by=hall.rudi, decided_at=now, answer="T")
    )
    decision = {"do": "decide", "which": asked.pk, "decide-restore": "1", "decide-answer": "Tidak menghina."}
    assert desk(hall.nadia).post(page, decision).status_code == 302

    assert "Kata kasar" in hall.public()
    assert letters("alya@warga.example")[-1] == "Pertanyaan Anda tampil lagi"


def test_what_was_answered_stays_in_sight(hall):
    asked = hall.asked()
    hall.answered(asked)

    with pytest.raises(questions.NotPossible):
        question_moderation.hide(asked, rule="insult", reason="x", by=hall.nadia, at=hall.now)
    refused(
        lambda: QuestionHiding.objects.create(
            question=asked, rule="insult", reason="x", by=hall.nadia, at=hall.now, by_mailbox="x"
        )
    )


def test_nobody_acts_on_what_another_asked(hall):
    alya, budi = (
        hall.asked(),
        questions.ask(hall.event, address="budi@warga.example", name="", text="Milik Budi", at=hall.now),
    )

    answers = [Client().post(room(alya), {"do": do, "question": budi.pk}).status_code for do in ("confirm", "drop")]

    assert answers == [404, 404]
    assert Question.objects.get(pk=budi.pk).confirmed_at is None


def test_whoever_deletes_the_address_leaves_words_without_a_name_and_no_vote(hall):
    asked, other = hall.asked(name="Alya"), hall.asked("Lain?", address="budi@warga.example")
    unseen = questions.ask(hall.event, address="alya@warga.example", name="", text="Belum", at=hall.now)
    hall.voted(other, "alya@warga.example")
    refused(lambda: Question.objects.filter(pk=asked.pk).update(subscriber=None))

    subscribing.forget(asked.subscriber)

    asked.refresh_from_db()
    assert (asked.subscriber_id, asked.name, asked.mailbox, asked.text) == (None, "", "", "Boleh S-2?")
    assert not QuestionVote.objects.exists()
    assert not Question.objects.filter(pk=unseen.pk).exists()


def test_one_mailbox_asks_five_times_at_one_session(hall):
    for number in range(questions.MOST):
        hall.asked(f"Ke-{number}?", address=f"alya+{number}@warga.example")

    with pytest.raises(questions.NotPossible):
        hall.asked("Satu lagi?")


def test_an_officer_takes_down_a_question_by_the_code_in_the_persons_letter(hall):
    officer = enrol(make_user("oni@tanya.example", Role.AGENCY_OFFICER))
    client = desk(officer)
    form = {"email": "mbah@warga.example", "text": "Boleh ijazah paket C?", "name": "Mbah"}
    answer = client.post(reverse("question_helped_new", args=[hall.event.pk]), form)
    made = Question.objects.get()
    code = made.subscriber.code(questions.code_source(made))
    delivery.deliver_due(timezone.now() + DAY)
    assert [one for one in mail.outbox if code in one.body and one.to == ["mbah@warga.example"]]
    assert not Publication.objects.filter(body__contains=code).exists()
    wrong = "000000" if code != "000000" else "000001"

    assert client.post(answer.url, {"code": wrong}).status_code == 422
    assert desk(hall.pia).get(answer.url).status_code == 404
    assert client.post(answer.url, {"code": code}).status_code == 302

    assert "Boleh ijazah paket C?" in hall.public()


@pytest.mark.parametrize("role", [KEEPER, WORK])
def test_what_nobody_confirmed_goes_after_a_week_and_nothing_else(own_database, role):
    hall = Hall(starts_at=timezone.now() + 20 * DAY, ends_at=timezone.now() + 21 * DAY)
    kept = hall.asked()
    questions.ask(hall.event, address="b@warga.example", name="", text="x", at=timezone.now())
    with working_as(role):
        keeping.keep(timezone.now() + 8 * DAY)

    assert Question.objects.get() == kept
    refused(lambda: Question.objects.filter(pk=kept.pk).delete())


def test_the_pages_work_with_the_rights_of_the_web(own_database):
    hall = Hall()
    with working_as(WEB):
        asked = hall.asked()
        hall.voted(asked, "budi@warga.example")
        hall.answered(asked)
        other = hall.asked("Kasar", address="c@warga.example")
        question_moderation.hide(other, rule="insult", reason="x", by=hall.nadia, at=timezone.now())
        assert Client().get(room(asked)).status_code == 200
        assert desk(hall.rudi).get(reverse("question_desk", args=[hall.event.pk])).status_code == 200
        assert "Boleh." in hall.public()


def test_the_desk_asks_a_fresh_code_before_an_answer_and_a_preparer_gives_none(hall):
    address = reverse("question_answer", args=[hall.asked().pk])

    assert desk(hall.rudi).get(address).headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert desk(hall.pia).get(address).status_code == 403


def test_a_curious_neighbour_reads_no_address_anywhere(hall):
    asked = hall.asked(address="tetangga.rahasia@warga.example")
    hall.voted(asked, "pemilih.rahasia@warga.example")
    hall.answered(asked)
    stranger = Client()
    pages = [
        reverse("event_list"), reverse("event_detail", args=["sosialisasi"]), reverse("question_list", args=["sosialisasi"]),
        reverse("question_vote", args=[asked.pk]), reverse("question_new", args=["sosialisasi"]), reverse("event_feed"),
        reverse("event_calendar", args=["sosialisasi"]), reverse("publication_list"), reverse("publication_list_json"),
        reverse("recruitment_detail", args=[hall.vacancy.recruitment.slug]),
    ]  # fmt: skip
    texts = [stranger.get(one).content.decode() for one in pages]
    texts += [
        desk(user).get(reverse("question_desk", args=[hall.event.pk])).content.decode()
        for user in (hall.pia, hall.rudi)
    ]

    assert not [text for text in texts if "rahasia" in text.lower() or asked.mailbox in text]
    registered = stranger.post(
        reverse("question_vote", args=[asked.pk]), {"email": "tetangga.rahasia@warga.example"}
    ).content.decode()
    unknown = stranger.post(reverse("question_vote", args=[asked.pk]), {"email": "baru@warga.example"}).content.decode()
    assert registered == unknown


def test_a_page_costs_the_same_for_one_and_for_thirty(hall):
    hall.answered(hall.asked())
    page = reverse("question_list", args=["sosialisasi"])
    Client().get(page)
    with CaptureQueriesContext(connection) as few:
        Client().get(page)
    for number in range(28):
        hall.answered(hall.asked(f"Ke-{number}?", address=f"w{number}@warga.example"), f"Jawab {number}")
    with CaptureQueriesContext(connection) as many:
        Client().get(page)

    assert len(many) == len(few)
    assert Event.objects.count() == 1
