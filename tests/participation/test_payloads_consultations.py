"""Nothing that citizens or the office write in a consultation runs on any of its pages."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from lib.plain_words import plain
from participation.actions import consultations, contributions
from participation.models import Consultation, ConsultationDocument
from tests.conftest import database_of_its_own
from tests.participation.test_payloads_events import harmless
from tests.parts import DAY, enrol, make_user
from tests.payloads import ADDRESSES, FILES, WORDS, judge
from tests.selection.applying import as_file

BACKEND = "django.contrib.auth.backends.ModelBackend"
NUMBERS = {name: number for number, name in enumerate(WORDS)}


class Talk:
    """Pia writes, Rudi publishes and moderates, citizens answer: each with the payload as their words."""

    def __init__(self):
        self.now = timezone.now()
        self.pia = enrol(make_user("pia.tanya@contoh.example", Role.PREPARER))
        self.rudi = enrol(make_user("rudi.tanya@contoh.example", Role.PUBLISHER))
        self.desk = Client()
        self.desk.force_login(self.rudi, backend=BACKEND)

    def topic(self, words: str, document: str) -> Consultation:
        times = {"opens_at": self.now - DAY, "closes_at": self.now + DAY}
        made = consultations.write(title="Sementara", body="x", **times, by=self.pia, at=self.now)
        form = {name: f"{timezone.localtime(at):%Y-%m-%dT%H:%M}" for name, at in times.items()}
        answer = self.desk.post(reverse("consultation_desk_new"), form | {"title": words, "body": words})
        assert answer.status_code == 302, answer.context["form"].errors
        made = Consultation.objects.latest("pk")
        ConsultationDocument.objects.create(
            consultation=made, title=document, file="x.pdf", sha256="0" * 64, pages=1, by=self.pia, at=self.now
        )
        return consultations.publish(made, by=self.pia, at=self.now)

    def said(self, topic, words: str, address: str, place: int):
        answer = Client().post(
            reverse("contribution_new", args=[topic.slug]),
            {"email": address, "text": words, "name": words[:60]},
            REMOTE_ADDR=f"10.{topic.pk % 250}.{place}.9",
        )
        assert answer.status_code == 200, answer.context["form"].errors
        made = topic.contributions.latest("pk")
        contributions.confirm(made, by=made.subscriber, at=timezone.now())
        return made

    def draft(self, name: str) -> Consultation:
        return consultations.write(
            title=f"Berkas {name}",
            body="x",
            opens_at=self.now - DAY,
            closes_at=self.now + DAY,
            by=self.pia,
            at=self.now,
        )

    def upload(self, made, content: bytes, file_name: str):
        form = {"do": "document", "document-title": "Rancangan", "document-file": as_file(content, file_name)}
        return self.desk.post(reverse("consultation_desk", args=[made.pk]), form)

    def act(self, topic, do: str, **fields) -> None:
        answer = self.desk.post(reverse("consultation_desk", args=[topic.pk]), fields | {"do": do})
        assert answer.status_code == 302, answer.context["failed"].errors


@pytest.fixture(scope="module")
def talk(migrated_template, django_db_blocker):
    with database_of_its_own(migrated_template, django_db_blocker):
        yield Talk()


@pytest.mark.parametrize("name", WORDS)
def test_every_page_of_a_consultation_shows_the_words_and_runs_nothing(talk, name):
    words, number = WORDS[name], NUMBERS[name]
    topic = talk.topic(words, plain(words)[:120])
    said = talk.said(topic, words, f"a{number}@warga.example", 1)
    hidden = talk.said(topic, "Kasar", f"b{number}@warga.example", 2)
    talk.act(topic, "sort", chosen=[said.pk], **{"sort-title": words})
    talk.act(topic, "answer", which=topic.clusters.get().pk, **{"answer-response": words})
    talk.act(topic, "hide", which=hidden.pk, **{"hide-rule": "insult", "hide-reason": words})
    room = contributions.MINE.format(token=hidden.subscriber.token())
    Client().post(room, {"do": "appeal", "what": "said", "which": hidden.pk, "text": words})
    everybody, detail = Client(), reverse("consultation_detail", args=[topic.slug])

    harmless(everybody.get(detail), words)
    harmless(everybody.get(f"{detail}tulis/?balas={said.pk}"), words)
    harmless(everybody.get(reverse("contribution_support", args=[said.pk])), words)
    harmless(everybody.get(contributions.MINE.format(token=said.subscriber.token())), words)
    harmless(everybody.get(room), words)
    harmless(talk.desk.get(reverse("consultation_desk", args=[topic.pk])), words)


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_address_that_runs_is_taken_as_proof(talk, name):
    topic = talk.topic(f"Janji {name}", "Rancangan")
    made = consultations.promise(
        topic, text="Loket malam", due_on=timezone.localdate(), cluster=None, by=talk.rudi, at=timezone.now()
    )
    form = {"do": "settle", "which": made.pk, "settle-state": "done", "settle-proof": ADDRESSES[name]}
    answer = talk.desk.post(reverse("consultation_desk", args=[topic.pk]), form)

    assert answer.status_code == 422
    assert [one for one in judge(answer.content.decode()) if one.startswith("<")] == []  # shown to its writer again
    assert topic.promises.get().proof == ""


@pytest.mark.parametrize("name", [name for name in FILES if name != "pdf as photo"])
def test_no_file_that_is_something_else_becomes_a_document(talk, name):
    file_name, content, _kind = FILES[name]
    made = talk.draft(name)
    answer = talk.upload(made, content, file_name)

    assert answer.status_code == 422
    assert not made.documents.exists()


def test_an_honest_pdf_under_a_photo_s_name_is_served_as_a_pdf_that_may_do_nothing(talk):
    file_name, content, _kind = FILES["pdf as photo"]
    made = talk.draft("jujur")
    assert talk.upload(made, content, file_name).status_code == 302
    consultations.publish(made, by=talk.rudi, at=timezone.now())
    served = Client().get(reverse("consultation_document", args=[made.slug, made.documents.get().pk]))

    assert served.headers["Content-Type"] == "application/pdf"
    assert "sandbox" in served.headers["Content-Security-Policy"]
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "foto.jpg" not in served.headers["Content-Disposition"]
