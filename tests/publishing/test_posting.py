"""News for everybody on the outside channels: once each, in order, and never sent again in doubt."""

from datetime import timedelta
from itertools import product
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.utils import IntegrityError

from accounts.roles import Role
from publishing import states
from publishing.actions import posting, publication
from publishing.adapters.answer import Answer, Verdict
from publishing.models import Channel, Post, Publication
from publishing.states import PostState
from tests.parts import NOON, make_user

ARRIVED = Answer(Verdict.ARRIVED, "HTTP 200")
MINUTE = timedelta(minutes=1)


def make_channel(code: str, kind=Channel.Kind.POST) -> Channel:
    secret = "whsec_AAAA" if kind == Channel.Kind.WEBHOOK else None
    return Channel.objects.create(code=code, name=code.title(), kind=kind, target=f"{code}://alamat", secret=secret)


def make_news(source: str = "announcement:1:v1", *, for_all=True, opened=True, at=NOON) -> Publication:
    return publication.publish(
        source=source, subject="Hasil SKD terbit", body="Lihat daftarnya.", url="/pengumuman/1/", at=at,
        opened=opened, for_all=for_all,
    )  # fmt: skip


def answers(monkeypatch, by_channel: dict) -> list:
    """Let the adapters answer by channel; returns the list of what was sent."""
    sent = []

    def deliver(claimed, at):
        sent.append((claimed.channel.code, claimed.publication.source))
        found = by_channel.get(claimed.channel.code, ARRIVED)
        return found() if callable(found) else found

    monkeypatch.setattr(posting, "deliver", deliver)
    return sent


@pytest.fixture
def channels(own_database):
    return make_channel("tgram"), make_channel("hook", Channel.Kind.WEBHOOK)


def states_of() -> dict:
    return dict(Post.objects.values_list("channel__code", "state"))


def test_news_for_all_goes_to_every_outside_channel_once(channels, monkeypatch):
    sent = answers(monkeypatch, {})
    make_news()

    for _again in range(3):
        posting.queue_posts(NOON)
        posting.send_posts(NOON)

    assert sorted(sent) == [("hook", "announcement:1:v1"), ("tgram", "announcement:1:v1")]
    assert states_of() == {"tgram": "sent", "hook": "sent"}
    assert set(Post.objects.values_list("proof", flat=True)) == {"HTTP 200"}


@pytest.mark.parametrize(("for_all", "opened"), [(False, True), (True, False)])
def test_letters_to_persons_and_what_is_not_open_yet_go_nowhere(channels, for_all, opened):
    make_news(for_all=for_all, opened=opened)

    assert posting.queue_posts(NOON) == 0
    assert not Post.objects.exists()


def test_a_channel_that_is_off_gets_nothing_and_old_news_does_not_come_when_it_is_turned_on(channels):
    channel = make_channel("x")
    Channel.objects.filter(pk=channel.pk).update(enabled=False)
    make_news()
    posting.queue_posts(NOON)
    Channel.objects.filter(pk=channel.pk).update(enabled=True)

    posting.queue_posts(NOON + MINUTE)

    assert states_of().keys() == {"tgram", "hook"}


def test_a_failing_channel_does_not_hold_up_another(channels, monkeypatch):
    sent = answers(monkeypatch, {"tgram": Answer(Verdict.NOT_TAKEN, "not reached")})
    make_news()
    make_news("announcement:2:v1", at=NOON + MINUTE)
    posting.queue_posts(NOON + MINUTE)

    posting.send_posts(NOON + MINUTE)

    assert [source for code, source in sent if code == "hook"] == ["announcement:1:v1", "announcement:2:v1"]
    assert [source for code, source in sent if code == "tgram"] == ["announcement:1:v1"]


def test_what_was_not_taken_is_tried_again_ever_more_rarely_and_then_given_up(channels, monkeypatch):
    answers(monkeypatch, {"tgram": Answer(Verdict.NOT_TAKEN, "not reached: NewConnectionError")})
    make_news()
    posting.queue_posts(NOON)
    at, waits = NOON, []
    for _attempt in range(posting.MOST_ATTEMPTS):
        posting.send_posts(at)
        post = Post.objects.get(channel=channels[0])
        waits.append((post.due_at - at).total_seconds())
        at = max(post.due_at, at)

    assert waits[:3] == [30, 60, 120]
    assert max(waits) == 3600
    assert post.state == PostState.FAILED
    assert post.failure == "not reached: NewConnectionError"


def test_a_refusal_is_final(channels, monkeypatch):
    sent = answers(monkeypatch, {"tgram": Answer(Verdict.REFUSED, "HTTP 403")})
    make_news()
    posting.queue_posts(NOON)

    posting.send_posts(NOON)
    posting.send_posts(NOON + timedelta(days=1))

    assert states_of()["tgram"] == "failed"
    assert [code for code, _source in sent].count("tgram") == 1


def test_a_post_in_doubt_waits_for_a_person_and_a_webhook_in_doubt_goes_again(channels, monkeypatch):
    doubt = Answer(Verdict.IN_DOUBT, "no answer in time")
    sent = answers(monkeypatch, {"tgram": doubt, "hook": doubt})
    make_news()
    posting.queue_posts(NOON)

    posting.send_posts(NOON)
    posting.send_posts(NOON + timedelta(days=1))

    assert [code for code, _source in sent].count("tgram") == 1
    assert [code for code, _source in sent].count("hook") == 2
    assert states_of() == {"tgram": "unknown", "hook": "queued"}


def test_a_process_that_died_while_sending_leaves_a_doubt(channels):
    make_news()
    posting.queue_posts(NOON)
    for channel in channels:
        posting.claim(channel.pk, NOON)

    assert posting.recover(NOON + posting.LOST_AFTER - MINUTE) == 0
    assert posting.recover(NOON + posting.LOST_AFTER) == 2
    assert states_of() == {"tgram": "unknown", "hook": "queued"}


def test_the_late_answer_of_a_process_thought_dead_changes_nothing(channels):
    make_news()
    posting.queue_posts(NOON)
    claimed = posting.claim(channels[0].pk, NOON)
    posting.recover(NOON + posting.LOST_AFTER)

    posting.finish(claimed, ARRIVED, NOON + posting.LOST_AFTER)

    assert states_of()["tgram"] == "unknown"


def test_two_processes_send_a_post_once(channels, monkeypatch):
    sent = answers(monkeypatch, {})
    make_news()
    start = Barrier(4)

    def ring():
        start.wait()
        posting.queue_posts(NOON)
        posting.send_posts(NOON)
        connection.close()

    threads = [Thread(target=ring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    posting.send_posts(NOON)

    assert sorted(sent) == [("hook", "announcement:1:v1"), ("tgram", "announcement:1:v1")]


def test_followers_read_things_in_their_order(channels, monkeypatch):
    sent = answers(monkeypatch, {})
    for n in (3, 1, 2):
        make_news(f"announcement:{n}:v1", at=NOON + n * MINUTE)
    posting.queue_posts(NOON + timedelta(hours=1))

    posting.send_posts(NOON + timedelta(hours=1))

    assert [source for code, source in sent if code == "tgram"] == [f"announcement:{n}:v1" for n in (1, 2, 3)]


def test_a_person_who_looked_says_whether_it_arrived(channels, monkeypatch):
    sent = answers(monkeypatch, {"tgram": Answer(Verdict.IN_DOUBT, "HTTP 502")})
    pia = make_user("pia@contoh.example", Role.PREPARER)
    for n in (1, 2):
        make_news(f"announcement:{n}:v1", at=NOON + n * MINUTE)
    posting.queue_posts(NOON + timedelta(hours=1))
    for _each in range(2):
        posting.send_posts(NOON + timedelta(hours=1))
    first, second = Post.objects.doubtful().order_by("publication__opened_at")

    posting.settle(first, arrived=True, proof="https://t.me/kabarkota/17", by=pia, at=NOON + timedelta(hours=2))
    posting.settle(second, arrived=False, by=pia, at=NOON + timedelta(hours=2))
    answers(monkeypatch, {})
    posting.send_posts(NOON + timedelta(hours=2))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.proof, first.settled_by) == ("sent", "https://t.me/kabarkota/17", pia)
    assert (second.state, second.proof) == ("sent", "HTTP 200")
    assert [code for code, _source in sent].count("tgram") == 2
    with pytest.raises(posting.NotDoubtful):
        posting.settle(first, arrived=False, by=pia, at=NOON + timedelta(hours=3))


def test_an_adapter_that_breaks_leaves_a_doubt_and_not_a_loop(channels, monkeypatch):
    monkeypatch.setattr(posting.post, "send", lambda *_args, **_kwargs: 1 / 0)
    make_news()
    posting.queue_posts(NOON)
    claimed = posting.claim(channels[0].pk, NOON)

    assert posting.deliver(claimed, NOON).verdict is Verdict.IN_DOUBT


def put(post, state: str) -> None:
    post.update(state=state, sent_at=NOON if state == "sent" else None, failure="sebab", claimed_at=NOON)


def put_by_force(post, state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE publishing_post DISABLE TRIGGER USER")
        put(post, state)
        cursor.execute("ALTER TABLE publishing_post ENABLE TRIGGER USER")


def test_the_database_knows_the_table_of_states(channels):
    make_news()
    posting.queue_posts(NOON)
    post = Post.objects.filter(channel=channels[0])
    wrong = []
    for old, new in product(PostState.values, repeat=2):
        put_by_force(post, old)
        try:
            with transaction.atomic():
                put(post, new)
            moved = True
        except DatabaseError as error:
            assert "Invalid transition" in str(error) or "as it was told" in str(error)
            moved = False
        if moved is not (old == new or states.allows(old, new)):
            wrong.append((old, new))

    assert wrong == []


def test_a_post_is_born_queued_and_stays(channels):
    make_news()
    posting.queue_posts(NOON)

    with pytest.raises(DatabaseError, match="born queued"), transaction.atomic():
        Post.objects.create(
            publication=make_news("delay:1"), channel=channels[0], due_at=NOON, state="sent", sent_at=NOON
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        Post.objects.all().delete()


def test_where_something_was_told_is_not_rewritten(channels, monkeypatch):
    answers(monkeypatch, {})
    make_news()
    posting.queue_posts(NOON)
    posting.send_posts(NOON)
    sent = Post.objects.filter(channel=channels[0])

    for change in ({"proof": "https://lain.example/"}, {"sent_at": NOON - MINUTE}, {"channel": channels[1]}):
        with pytest.raises(DatabaseError, match="as it was told"), transaction.atomic():
            sent.update(**change)


def test_a_channel_outside_has_a_target_and_a_webhook_a_key(own_database):
    for kind, target, secret in [("post", None, None), ("mail", "x", None), ("webhook", "https://a.example", None)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Channel.objects.create(code="satu", name="Satu", kind=kind, target=target, secret=secret)


def test_addresses_and_keys_are_ciphertext_in_the_database(channels):
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(target || coalesce(secret, ''), ' ') FROM publishing_channel")
        stored = cursor.fetchone()[0]

    assert "alamat" not in stored
    assert "whsec" not in stored
