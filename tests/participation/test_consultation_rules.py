"""The rules of voting and moderation: each holds, and with its protection taken away the same act goes through."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from participation.actions import consultations, contributions
from participation.models import Contribution, Hiding, Promise, Vote
from publishing.actions import subscribing
from publishing.models import Publication, Subscriber
from tests.participation.test_consultations import Cast
from tests.parts import DAY


@pytest.fixture
def cast(own_database):
    return Cast()


def run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def without_trigger(model, name: str) -> None:
    found = next(one.get_pgid(model) for one in model._meta.triggers if one.name == name)
    run(f"DROP TRIGGER {found} ON {model._meta.db_table}")


def without_constraint(model, name: str) -> None:
    run(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {name}")


def holds_until(act, take_away) -> None:
    """The database refuses `act`, and it is `take_away` that was in the way."""
    with pytest.raises(DatabaseError), transaction.atomic():
        act()
    take_away()
    with transaction.atomic():
        act()


def budi(cast) -> Subscriber:
    with transaction.atomic():
        return subscribing.take_in("budi@warga.example", at=cast.now)


def hidden(cast, *, appealed: bool = False) -> Hiding:
    made = cast.say(cast.open_one(), text="Kata kasar")
    hiding = contributions.hide(made, rule="insult", reason="Menghina petugas.", by=cast.rudi, at=cast.now)
    return contributions.appeal(hiding, text="Bukan", by=made.subscriber, at=cast.now) if appealed else hiding


# --- Voting --------------------------------------------------------------------------------------
def test_one_address_has_one_vote(cast):
    made, who = cast.say(cast.open_one()), budi(cast)
    Vote.objects.create(contribution=made, subscriber=who, mailbox="b" * 64, made_at=cast.now)

    holds_until(
        lambda: Vote.objects.create(contribution=made, subscriber=who, mailbox="b" * 64, made_at=cast.now),
        lambda: without_constraint(Vote, "one_support_per_address"),
    )


def test_nobody_votes_for_their_own_words(cast):
    made = cast.say(cast.open_one())

    holds_until(
        lambda: Vote.objects.create(contribution=made, subscriber=made.subscriber, mailbox="b" * 64, made_at=cast.now),
        lambda: without_trigger(Vote, "vote_in_time"),
    )


def supports(made, address: str) -> None:
    contributions.support(made, address=address, at=timezone.now())
    for vote in made.votes.filter(confirmed_at=None):
        contributions.confirm(vote, by=vote.subscriber, at=timezone.now())


def test_one_mailbox_has_one_voice_however_its_address_is_spelled(cast, monkeypatch):
    made = cast.say(cast.open_one(), address="alya@gmail.com")
    for address in ("a.lya@gmail.com", "alya+2@gmail.com", "budi@gmail.com", "b.udi@gmail.com", "budi+x@gmail.com"):
        supports(made, address)
    assert Contribution.objects.with_support().get().support == 1

    monkeypatch.setattr(contributions, "mailbox_index", lambda address: address.ljust(64))  # the twin: spelling counts
    supports(made, "b.u.di@gmail.com")
    assert Contribution.objects.with_support().get().support == 2


def test_two_spellings_that_wait_are_confirmed_once(cast):
    made = cast.say(cast.open_one())
    for address in ("budi@warga.example", "budi+2@warga.example"):
        contributions.support(made, address=address, at=timezone.now())
    first, second = made.votes.all()
    contributions.confirm(first, by=first.subscriber, at=timezone.now())

    with pytest.raises(contributions.NotPossible):
        contributions.confirm(second, by=second.subscriber, at=timezone.now())
    holds_until(
        lambda: Vote.objects.filter(pk=second.pk).update(confirmed_at=cast.now),
        lambda: run("DROP INDEX one_support_per_mailbox"),
    )


def test_a_moderator_s_own_words_are_known_under_another_spelling(cast):
    own = cast.say(cast.open_one(), address="rudi+lain@contoh.example")

    with pytest.raises(contributions.NotPossible):
        contributions.hide(own, rule="insult", reason="x", by=cast.rudi, at=cast.now)


def test_nobody_votes_for_words_that_nobody_stands_for_yet(cast):
    topic, who = cast.open_one(), budi(cast)
    waiting = contributions.contribute(
        topic, address="alya@warga.example", name="", text="x", parent=None, at=timezone.now()
    )

    holds_until(
        lambda: Vote.objects.create(contribution=waiting, subscriber=who, mailbox="b" * 64, made_at=cast.now),
        lambda: without_trigger(Vote, "vote_in_time"),
    )


def test_a_vote_for_hidden_words_is_dropped_without_a_word(cast, monkeypatch):
    made = hidden(cast).contribution

    contributions.support(made, address="budi@warga.example", at=timezone.now())
    assert not Vote.objects.exists()

    monkeypatch.setattr(contributions, "is_hidden", lambda contribution: False)  # the twin
    contributions.support(made, address="budi@warga.example", at=timezone.now())
    assert Vote.objects.exists()


def test_one_address_does_not_confirm_the_vote_of_another(cast):
    made, who = cast.say(cast.open_one()), budi(cast)
    contributions.support(made, address="citra@warga.example", at=timezone.now())
    vote = Vote.objects.get()

    with pytest.raises(contributions.NotPossible):
        contributions.confirm(vote, by=who, at=timezone.now())
    assert Vote.objects.get().confirmed_at is None
    contributions.confirm(vote, by=vote.subscriber, at=timezone.now())  # the twin: its owner
    assert Vote.objects.get().confirmed_at


# --- Moderation ----------------------------------------------------------------------------------
def test_nobody_moderates_their_own_words(cast, monkeypatch):
    own = cast.say(cast.open_one(), address="RUDI@contoh.example")

    with pytest.raises(contributions.NotPossible):
        contributions.hide(own, rule="insult", reason="x", by=cast.rudi, at=cast.now)

    monkeypatch.setattr(contributions, "address_index", lambda address: "")  # the twin: nobody is recognised
    monkeypatch.setattr(contributions, "mailbox_index", lambda address: "")
    assert contributions.hide(own, rule="insult", reason="x", by=cast.rudi, at=cast.now).pk


def test_the_database_knows_a_moderator_s_own_words_too(cast):
    own = cast.say(cast.open_one(), address="rudi@contoh.example")
    given = {"rule": "insult", "reason": "x", "by": cast.rudi, "at": cast.now}

    holds_until(
        lambda: Hiding.objects.create(contribution=own, by_index=own.subscriber.address_index, **given),
        lambda: without_trigger(Hiding, "hiding_not_of_ones_own"),
    )


def test_words_are_hidden_with_a_reason(cast):
    made = cast.say(cast.open_one())

    holds_until(
        lambda: Hiding.objects.create(contribution=made, rule="insult", reason="", by=cast.rudi, at=cast.now),
        lambda: without_constraint(Hiding, "hiding_has_a_reason"),
    )


def test_another_than_the_moderator_decides(cast):
    hiding = hidden(cast, appealed=True)
    found = Hiding.objects.filter(pk=hiding.pk)

    holds_until(
        lambda: found.update(decided_by=cast.rudi, decided_at=cast.now, answer="Tetap"),
        lambda: without_constraint(Hiding, "hiding_appeal_decided_by_another"),
    )


@pytest.mark.parametrize(
    "what", ["decided again", "other reason", "appealed again", "deleted", "appealed without words"]
)
def test_what_was_moderated_stays(cast, what):
    hiding = hidden(cast, appealed=what != "appealed without words")
    if what == "decided again":
        contributions.decide(hiding, restore=False, answer="Tetap.", by=cast.nadia, at=cast.now)
    found = Hiding.objects.filter(pk=hiding.pk)
    change = {
        "decided again": lambda: found.update(restored=True),
        "other reason": lambda: found.update(reason="Lain"),
        "appealed again": lambda: found.update(appeal="Lagi"),
        "deleted": lambda: found.delete(),
        "appealed without words": lambda: found.update(appealed_at=cast.now),
    }[what]

    holds_until(change, lambda: without_trigger(Hiding, "hiding_decided_once"))


def test_a_promise_is_for_a_group_of_its_own_consultation(cast):
    topic, other = cast.open_one(), cast.open_one("Lain")
    group = other.clusters.create(title="Jam", made_by=cast.rudi, made_at=cast.now)
    given = {"text": "x", "due_on": cast.now.date(), "made_by": cast.rudi, "made_at": cast.now}

    holds_until(
        lambda: Promise.objects.create(consultation=topic, cluster=group, **given),
        lambda: without_trigger(Promise, "promise_of_its_consultation"),
    )


# --- Forgetting ----------------------------------------------------------------------------------
def test_words_to_the_moderators_and_letters_go_with_the_address_and_nothing_else(cast):
    hiding = hidden(cast, appealed=True)
    author = hiding.contribution.subscriber
    contributions.decide(hiding, restore=False, answer="Kata itu menghina.", by=cast.nadia, at=cast.now)
    waiting = contributions.contribute(
        hiding.contribution.consultation, address="alya@warga.example", name="", text="Nanti", parent=None, at=cast.now
    )
    written = Publication.objects.filter(source__startswith=f"hiding:{hiding.pk}")
    assert "Kata itu menghina." in [one.body for one in written]

    subscribing.forget(author)

    hiding.refresh_from_db()
    assert (hiding.appeal, hiding.answer, hiding.reason) == ("", "Kata itu menghina.", "Menghina petugas.")
    assert hiding.appealed_at and hiding.contribution.text == "Kata kasar"
    assert [(one.body, one.url) for one in written.all()] == [("", ""), ("", "")]
    assert Publication.objects.filter(source__startswith="voice:").exclude(body="").count() == 0
    assert Publication.objects.get(source__startswith="consultation:").body
    assert not Contribution.objects.filter(pk=waiting.pk).exists()


def test_an_appeal_loses_its_words_with_the_address_alone(cast):
    hiding = hidden(cast, appealed=True)
    found = Hiding.objects.filter(pk=hiding.pk)

    def act():
        found.update(appeal="")

    with pytest.raises(DatabaseError), transaction.atomic():
        act()
    subscribing.forget(hiding.contribution.subscriber)
    for change in ({"appeal": "Lain"}, {"appeal": "", "reason": "Lain"}, {"appeal": "", "appealed_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            found.update(**change)
    assert contributions.decide(hiding, restore=True, answer="Baik.", by=cast.nadia, at=cast.now).restored


def test_without_the_trigger_the_words_to_the_moderators_would_stay(cast):
    """The twin."""
    hiding = hidden(cast, appealed=True)
    without_trigger(Contribution, "contribution_forgotten")

    subscribing.forget(hiding.contribution.subscriber)

    assert Hiding.objects.get().appeal == "Bukan"


def test_a_letter_that_others_got_too_keeps_its_words(cast):
    topic = cast.open_one()
    cast.say(topic)
    other = cast.say(topic, address="budi@warga.example")
    consultations.promise(
        topic, text="Buka sampai 20.00", due_on=(cast.now + DAY).date(), cluster=None, by=cast.rudi, at=cast.now
    )
    told = Publication.objects.get(source__startswith="promise:")

    subscribing.forget(other.subscriber)

    told.refresh_from_db()
    assert "janji baru" in told.body
