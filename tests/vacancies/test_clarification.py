"""An answer that binds the office: dated, for everybody, in the record, never edited, only replaced by a dated one."""

import json
from io import BytesIO

import feedparser
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from ledger.models import Pending
from portal.grants import KEEPER, WEB
from publishing.actions import subscribing
from publishing.models import Delivery, Publication
from selection.actions import clarification_letters
from tests.parts import DAY, enrol, make_formation, make_recruitment, make_user
from tests.roles import working_as
from tests.selection.applying import Vacancy
from vacancies.actions import alerts
from vacancies.actions.clarification import NotPossible, clarify, digest_of
from vacancies.models import Clarification, Revision


class Desk:
    def __init__(self):
        self.now = timezone.now()
        self.vacancy = Vacancy()
        self.recruitment, self.formation = self.vacancy.recruitment, self.vacancy.formation
        self.other = make_formation(self.recruitment, slug="lain")
        self.pia = enrol(make_user("pia@penjelasan.example", Role.PREPARER))

    def say(self, answer="Boleh.", **more) -> Clarification:
        return clarify(self.recruitment, question="Boleh S-2?", answer=answer, by=self.pia, at=timezone.now(), **more)


@pytest.fixture
def desk(db):
    return Desk()


def page(slug: str) -> str:
    return Client().get(reverse("vacancy_detail", args=[slug])).content.decode()


def test_it_is_read_at_the_vacancies_it_is_for_in_their_history_feed_and_record(desk):
    made = desk.say(formation=desk.formation)

    assert "Boleh S-2?" in page(desk.formation.slug) and "Boleh S-2?" not in page("lain")
    assert Revision.objects.get(formation=desk.formation).summary == "Penjelasan resmi: Boleh S-2?"
    feed = feedparser.parse(BytesIO(Client().get(reverse("vacancy_feed", args=[desk.formation.slug])).content))
    assert not feed.bozo
    (entry,) = [one for one in feed.entries if "Boleh S-2?" in one.title]
    assert "Boleh." in entry.summary
    assert entry.link.endswith(f"#penjelasan-{made.pk}")
    fact = json.loads(Pending.objects.get(kind="clarification.given").body)["body"]
    assert (fact["digest"], fact["number"]) == (digest_of(made), made.pk)
    assert Publication.objects.get(source=f"clarification:{made.pk}").for_all


def test_for_all_vacancies_it_is_read_at_each_and_at_the_recruitment(desk):
    desk.say()

    for text in (page(desk.formation.slug), page("lain")):
        assert "Boleh S-2?" in text
    shown = Client().get(reverse("recruitment_detail", args=[desk.recruitment.slug])).content.decode()
    assert "Boleh S-2?" in shown


def test_a_later_answer_takes_its_place_and_the_old_one_stays_readable(desk):
    first = desk.say(formation=desk.formation)
    second = desk.say(answer="Tidak boleh.", supersedes=first)

    assert second.formation == desk.formation
    text = page(desk.formation.slug)
    assert "Boleh." in text and "Tidak boleh." in text and "Tidak berlaku lagi" in text
    with pytest.raises(NotPossible):
        desk.say(answer="Boleh lagi.", supersedes=first)
    desk.say(answer="Boleh lagi.", supersedes=second)


@pytest.mark.parametrize("change", ["update", "delete", "second successor", "of another recruitment"])
def test_the_database_refuses_to_touch_it(desk, change):
    first = desk.say()
    desk.say(answer="Tidak boleh.", supersedes=first)
    rows = Clarification.objects.filter(pk=first.pk)
    more = {"question": "x", "answer": "y", "by": desk.pia, "at": desk.now, "supersedes": first}
    acts = {
        "update": lambda: rows.update(answer="Lain"),
        "delete": rows.delete,
        "second successor": lambda: Clarification.objects.create(recruitment=desk.recruitment, **more),
        "of another recruitment": lambda: Clarification.objects.create(recruitment=Vacancy().recruitment, **more),
    }

    with pytest.raises(DatabaseError), transaction.atomic():
        acts[change]()


def test_without_its_trigger_the_answer_could_be_rewritten(desk):
    """The twin of the one above."""
    made = desk.say()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE vacancies_clarification DISABLE TRIGGER USER")

    assert Clarification.objects.filter(pk=made.pk).update(answer="Lain") == 1


def test_it_refuses_what_is_not_public_and_what_belongs_elsewhere(desk):
    elsewhere = Vacancy()
    with pytest.raises(NotPossible):
        desk.say(formation=elsewhere.formation)
    with pytest.raises(NotPossible):
        clarify(make_recruitment(), question="a", answer="b", by=desk.pia, at=desk.now)


def test_whoever_applies_there_gets_one_letter_and_nobody_else_under_the_rights_of_the_keeper(own_database):
    desk = Desk()
    alya, budi = make_user("alya@penjelasan.example"), make_user("budi@penjelasan.example")
    desk.vacancy.draft(alya, nik="9901011505950001")
    with working_as(WEB):
        for_other = desk.say(formation=desk.other)
        for_all = desk.say()
    with working_as(KEEPER):
        for _again in range(3):
            clarification_letters.tell_due(timezone.now())

    told = Delivery.objects.filter(recipient__isnull=False).values_list("publication__source", "recipient__email")
    assert list(told) == [(f"clarification:{for_all.pk}", alya.email)]
    assert Publication.objects.get(source=f"clarification:{for_other.pk}").fanned_out_at
    assert budi.pk


def test_whoever_follows_the_vacancy_reads_it_in_the_next_digest(desk):
    search = alerts.ask(
        "ikut@warga.example", QueryDict(f"pengadaan={desk.recruitment.slug}"), cadence="daily", at=desk.now - DAY
    )
    alerts.confirm(search.subscriber, at=desk.now - DAY)
    desk.say()

    alerts.send_digests(timezone.now() + DAY)

    address = subscribing.address_index("ikut@warga.example")
    bodies = Delivery.objects.filter(subscriber__address_index=address).values_list("publication__body", flat=True)
    assert any("Boleh S-2?" in one for one in bodies)


def test_the_page_costs_the_same_for_one_and_for_many(desk):
    first = desk.say()
    desk.say(answer="Tidak.", supersedes=first)
    with CaptureQueriesContext(connection) as few:
        page(desk.formation.slug)
    for n in range(15):
        desk.say(answer=f"Ke-{n}", supersedes=desk.say())
    with CaptureQueriesContext(connection) as many:
        page(desk.formation.slug)

    assert len(few) == len(many)
