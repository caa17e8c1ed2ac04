"""A consultation from its question to "done", and what must not happen on the way."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from lib.document_checks.check import BadDocument
from participation.actions import consultations, contributions
from participation.models import Consultation, Contribution, Hiding, Promise, Vote
from publishing.actions import delivery, subscribing
from publishing.models import Channel, Delivery, Publication, Subscriber
from tests.parts import DAY, enrol, make_user
from tests.roles import working_as
from tests.selection.applying import a_pdf, as_file

BACKEND = "django.contrib.auth.backends.ModelBackend"
SECOND = timedelta(seconds=1)


class Cast:
    """Pia writes, Rudi publishes, Nadia moderates; citizens have an address only."""

    def __init__(self):
        self.now = timezone.now()
        self.pia = enrol(make_user("pia@contoh.example", Role.PREPARER))
        self.rudi = enrol(make_user("rudi@contoh.example", Role.PUBLISHER))
        self.nadia = enrol(make_user("nadia@contoh.example", Role.PUBLISHER))

    def open_one(self, title="Jam layanan", *, closes_in=DAY, body="Kapan loket buka?") -> Consultation:
        made = consultations.write(
            title=title, body=body, opens_at=self.now - DAY, closes_at=timezone.now() + closes_in,
            by=self.pia, at=self.now,
        )  # fmt: skip
        return consultations.publish(made, by=self.rudi, at=self.now)

    def say(self, consultation, *, address="alya@warga.example", text="Buka sampai malam.", name="", parent=None):
        made = contributions.contribute(
            consultation, address=address, name=name, text=text, parent=parent, at=timezone.now()
        )
        contributions.confirm(made, by=made.subscriber, at=timezone.now())
        made.refresh_from_db()
        return made


@pytest.fixture
def cast(own_database):
    return Cast()


def letters(address: str) -> list[str]:
    who = Subscriber.objects.get(address_index=subscribing.address_index(address))
    return list(Delivery.objects.filter(subscriber=who).order_by("pk").values_list("publication__subject", flat=True))


def refused(act) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        act()


def desk(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_a_second_person_publishes_and_everybody_hears_of_it(cast):
    made = consultations.write(
        title="Jam layanan", body="Kapan?", opens_at=cast.now, closes_at=cast.now + DAY, by=cast.rudi, at=cast.now
    )
    document = consultations.add_document(
        made, title="Rancangan", file=as_file(a_pdf(), "a.pdf"), by=cast.pia, at=cast.now
    )
    with pytest.raises(BadDocument):
        consultations.add_document(made, title="X", file=as_file(b"<script>", "a.pdf"), by=cast.pia, at=cast.now)
    with pytest.raises(consultations.NotPossible):
        consultations.publish(made, by=cast.rudi, at=cast.now)
    refused(lambda: Consultation.objects.filter(pk=made.pk).update(published_by=cast.rudi, published_at=cast.now))
    address = reverse("consultation_document", args=[made.slug, document.pk])
    assert Client().get(address).status_code == 404

    consultations.publish(made, by=cast.nadia, at=cast.now)

    assert Publication.objects.get(source=f"consultation:{made.pk}").for_all
    assert Client().get(address).headers["Content-Type"] == "application/pdf"
    refused(lambda: Consultation.objects.filter(pk=made.pk).update(body="Lain"))
    with pytest.raises(consultations.NotPossible):
        consultations.add_document(made, title="Y", file=as_file(a_pdf(), "a.pdf"), by=cast.pia, at=cast.now)


def test_words_show_once_the_owner_of_the_address_says_yes(cast):
    topic = cast.open_one()
    page, client = reverse("consultation_detail", args=[topic.slug]), Client()
    answer = client.post(
        reverse("contribution_new", args=[topic.slug]),
        {"email": "Alya@warga.example", "text": "Buka malam.", "name": ""},
    )
    assert answer.status_code == 200
    made = Contribution.objects.get()
    assert letters("alya@warga.example") == ["Benarkan masukan Anda"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT address::text FROM publishing_subscriber")
        assert "alya" not in cursor.fetchone()[0].lower()
    assert "Buka malam." not in client.get(page).content.decode()
    room = contributions.MINE.format(token=made.subscriber.token())
    assert client.get(room).headers["Referrer-Policy"] == "strict-origin"
    assert Contribution.objects.get().confirmed_at is None  # a mail program opened the link

    client.post(room, {"do": "confirm", "what": "said", "which": made.pk})

    shown = client.get(page).content.decode()
    assert "Buka malam." in shown and "Warga" in shown and "alya" not in shown.lower()
    assert client.get(room[:-5] + "/").status_code == 404


def test_an_address_has_one_vote_and_none_for_its_own_words(cast):
    topic = cast.open_one()
    made = cast.say(topic)
    now = timezone.now()
    for address in ("budi@warga.example", "BUDI@warga.example ", "alya@warga.example"):
        contributions.support(made, address=address, at=now)
    vote = Vote.objects.get()
    assert Contribution.objects.with_support().get().support == 0

    contributions.confirm(vote, by=vote.subscriber, at=now)

    assert Contribution.objects.with_support().get().support == 1
    refused(lambda: Vote.objects.create(contribution=made, subscriber=vote.subscriber, mailbox="b" * 64, made_at=now))
    refused(lambda: Vote.objects.create(contribution=made, subscriber=made.subscriber, mailbox="b" * 64, made_at=now))


def test_two_who_vote_with_one_address_at_once_are_one_vote(cast):
    made = cast.say(cast.open_one())
    barrier = Barrier(2)

    def press():
        barrier.wait()
        contributions.support(made, address="budi@warga.example", at=timezone.now())
        connection.close()

    threads = [Thread(target=press) for _ in range(2)]
    [one.start() for one in threads]
    [one.join() for one in threads]

    assert Vote.objects.count() == 1


def test_the_database_s_clock_closes_to_the_second_whatever_the_page_believes(cast):
    topic = cast.open_one(closes_in=3 * SECOND)
    waiting = contributions.contribute(
        topic, address="alya@warga.example", name="", text="Tepat waktu", parent=None, at=timezone.now()
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep_until(%s)", [topic.closes_at])
    before = topic.closes_at - SECOND

    with pytest.raises(contributions.Closed):
        contributions.confirm(waiting, by=waiting.subscriber, at=before)
    with pytest.raises(contributions.Closed):
        contributions.contribute(topic, address="b@warga.example", name="", text="Telat", parent=None, at=before)
    refused(lambda: Contribution.objects.filter(pk=waiting.pk).update(confirmed_at=before))
    refused(
        lambda: Contribution.objects.create(
            consultation=topic, subscriber=waiting.subscriber, mailbox="b" * 64, text="Telat", made_at=before
        )
    )
    with connection.cursor() as cursor:  # the twin: without the trigger the late row goes in
        cursor.execute("ALTER TABLE participation_contribution DISABLE TRIGGER USER")
    Contribution.objects.create(
        consultation=topic, subscriber=waiting.subscriber, mailbox="b" * 64, text="Telat", made_at=before
    )


def test_threads_are_one_level_deep(cast):
    topic = cast.open_one()
    reply = cast.say(topic, address="budi@warga.example", text="Setuju", parent=cast.say(topic))

    with pytest.raises(contributions.NotPossible):
        cast.say(topic, parent=reply)
    refused(
        lambda: Contribution.objects.create(
            consultation=topic,
            parent=reply,
            subscriber=reply.subscriber,
            mailbox="b" * 64,
            text="x",
            made_at=timezone.now(),
        )
    )


def test_hidden_words_leave_their_reason_and_are_appealed_once_to_another(cast):
    topic = cast.open_one()
    made, own = cast.say(topic, text="Kata kasar"), cast.say(topic, address="RUDI@contoh.example", text="Saya Rudi")
    now, page = timezone.now(), reverse("consultation_detail", args=[topic.slug])
    with pytest.raises(contributions.NotPossible):
        contributions.hide(own, rule="insult", reason="x", by=cast.rudi, at=now)
    refused(
        lambda: Hiding.objects.create(
            contribution=own, rule="insult", reason="x", by=cast.rudi, at=now, by_index=own.subscriber.address_index
        )
    )
    hiding = contributions.hide(made, rule="insult", reason="Menghina petugas.", by=cast.rudi, at=now)
    shown = Client().get(page).content.decode()
    assert "Kata kasar" not in shown and "Menghina petugas." in shown and "disembunyikan" in shown
    assert letters("alya@warga.example")[-1] == "Masukan Anda disembunyikan"

    Client().post(
        contributions.MINE.format(token=made.subscriber.token()),
        {"do": "appeal", "what": "said", "which": made.pk, "text": "Bukan"},
    )
    with pytest.raises(contributions.NotPossible):
        contributions.appeal(hiding, text="Lagi", by=made.subscriber, at=now)
    with pytest.raises(contributions.NotPossible):
        contributions.decide(hiding, restore=False, answer="Tetap", by=cast.rudi, at=now)
    refused(lambda: Hiding.objects.filter(pk=hiding.pk).update(decided_by=cast.rudi, decided_at=now, answer="Tetap"))
    contributions.decide(hiding, restore=True, answer="Tidak menghina.", by=cast.nadia, at=now)

    assert "Kata kasar" in Client().get(page).content.decode()
    assert letters("alya@warga.example")[-1] == "Masukan Anda tampil lagi"


def test_what_was_said_is_answered_promised_overdue_and_done(cast):
    topic = cast.open_one()
    made = cast.say(topic)
    cast.say(topic, text="Dua kali saya bilang")
    page, publisher = reverse("consultation_detail", args=[topic.slug]), desk(cast.rudi)
    address = reverse("consultation_desk", args=[topic.pk])
    every = [str(pk) for pk in Contribution.objects.values_list("pk", flat=True)]
    assert publisher.post(address, {"do": "sort", "chosen": every, "sort-title": "Jam buka"}).status_code == 302
    cluster = topic.clusters.get()
    given = {"do": "answer", "which": cluster.pk, "answer-response": "Kami setuju."}
    assert desk(cast.pia).post(address, given).status_code == 403
    assert publisher.post(address, given).status_code == 302
    assert letters("alya@warga.example").count("Masukan Anda ditanggapi") == 1

    consultations.promise(
        topic, text="Loket buka sampai 20.00", due_on=timezone.localdate(cast.now - 3 * DAY), cluster=cluster,
        by=cast.rudi, at=cast.now - 5 * DAY,
    )  # fmt: skip
    assert "lewat waktu" in Client().get(page).content.decode()
    promise = Promise.objects.get()
    settled = {"do": "settle", "which": promise.pk, "settle-state": "done", "settle-proof": "javascript:alert(1)"}
    assert publisher.post(address, settled).status_code == 422
    refused(
        lambda: Promise.objects.filter(pk=promise.pk).update(
            state="done", proof="javascript:alert(1)", settled_by=cast.rudi, settled_at=cast.now
        )
    )
    assert publisher.post(address, settled | {"settle-proof": "https://kota.example/loket"}).status_code == 302

    shown = Client().get(page).content.decode()
    assert 'href="https://kota.example/loket"' in shown and "lewat waktu" not in shown
    assert letters("alya@warga.example")[-2:] == ["Pemerintah berjanji", "Janji dikerjakan"]
    refused(lambda: Promise.objects.filter(pk=promise.pk).update(text="Lain"))
    assert made.pk


def test_whoever_deletes_the_address_leaves_words_without_a_name_and_no_vote(cast):
    topic = cast.open_one()
    made, other = cast.say(topic, name="Alya"), cast.say(topic, address="budi@warga.example")
    contributions.support(other, address="alya@warga.example", at=timezone.now())

    subscribing.forget(made.subscriber)

    made.refresh_from_db()
    assert (made.subscriber_id, made.mailbox, made.name, made.text) == (None, "", "", "Buka sampai malam.")
    assert not Vote.objects.exists()


@pytest.mark.parametrize("role", ["portal_work", "portal_seq"])
def test_what_nobody_confirmed_goes_after_a_week_and_nothing_else(cast, role):
    topic = cast.open_one()
    kept = cast.say(topic)
    contributions.contribute(topic, address="b@warga.example", name="", text="x", parent=None, at=timezone.now())
    with working_as(role):
        assert contributions.sweep(timezone.now() + 8 * DAY) == 1

    assert Contribution.objects.get() == kept
    refused(lambda: Contribution.objects.filter(pk=kept.pk).delete())


def test_the_pages_work_with_the_rights_of_the_web(cast):
    topic = cast.open_one()
    with working_as("portal_app"):
        made = cast.say(topic)
        contributions.drop(
            contributions.contribute(
                topic, address="b@warga.example", name="", text="x", parent=None, at=timezone.now()
            ),
            by=Subscriber.objects.last(),
        )
        contributions.hide(made, rule="advert", reason="Iklan.", by=cast.rudi, at=timezone.now())
        assert Client().get(reverse("consultation_detail", args=[topic.slug])).status_code == 200
    assert Contribution.objects.count() == 1


def test_a_page_costs_the_same_for_one_and_for_thirty(cast):
    topic = cast.open_one()
    reply_to = cast.say(topic)
    cast.say(topic, parent=reply_to)
    page = reverse("consultation_detail", args=[topic.slug])
    Client().get(page)
    with CaptureQueriesContext(
        connection,
    ) as few:
        Client().get(page)
    for number in range(29):
        cast.say(topic, address=f"w{number}@warga.example", parent=cast.say(topic, text=str(number)))
    with CaptureQueriesContext(connection) as many:
        Client().get(page)

    assert len(many) == len(few)


def test_one_address_is_not_flooded(cast):
    address = reverse("contribution_new", args=[cast.open_one().slug])
    answers = [
        Client().post(address, {"email": "banjir@warga.example", "text": f"Ke-{n}"}).status_code for n in range(11)
    ]

    assert answers == [200] * 10 + [429]
    assert letters("banjir@warga.example") == ["Benarkan masukan Anda"]
    assert Channel.objects.filter(code="mail").exists()


def test_forgetting_an_address_is_no_way_to_rewrite_what_it_said(cast):
    said = cast.say(cast.open_one(), name="Tini")
    found = Contribution.objects.filter(pk=said.pk)

    refused(lambda: found.update(subscriber=None, text="Lain"))
    refused(lambda: found.update(subscriber=None, confirmed_at=None))
    refused(lambda: found.update(subscriber=None))
    subscribing.forget(said.subscriber)

    said.refresh_from_db()
    assert (said.text, said.name, said.subscriber_id) == ("Buka sampai malam.", "", None)


def test_the_key_to_the_room_stands_in_the_letter_alone(cast):
    said = cast.say(cast.open_one())
    token = said.subscriber.token()
    delivery.deliver_due(timezone.now() + DAY)

    assert any(f"/konsultasi/saya/{token}/" in letter.body for letter in mail.outbox)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(p::text, ' ') FROM publishing_publication p")
        assert token not in cursor.fetchone()[0]
