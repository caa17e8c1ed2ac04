"""What enters the record: the allow-list, the envelope, and sentences kept apart from it."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from ledger import facts
from ledger.actions import record
from ledger.models import Pending, Wording
from ledger.tlog import canon
from ledger.tlog.scalars import b64d
from ledger.tlog.tree import leaf_hash
from tests.parts import NOON

pytestmark = pytest.mark.django_db
HOLD = {"recruitment": "cpns-2026", "stage": "skd", "hold": 3}


def lifted(reason="Sudah dijelaskan.", at=NOON):
    return record.append("hold.lifted", at=at, **{"as": "team"}, reason=reason, **HOLD)


def test_a_fact_is_canonical_and_says_its_kind_instant_and_author():
    now = timezone.now()

    made = record.append("hold.placed", at=now, **HOLD)

    fact = canon.load(bytes(made.body))
    assert fact.keys() == {"v", "type", "id", "at", "by", "body"}
    assert (fact["v"], fact["type"], fact["by"], fact["body"]) == (1, "hold.placed", "team", HOLD)
    assert fact["at"] == record.instant(now)
    assert bytes(made.leaf) == leaf_hash(bytes(made.body))


def test_the_same_fact_twice_has_two_leaves():
    one, other = (record.append("hold.placed", at=NOON, **HOLD) for _ in range(2))

    assert bytes(one.leaf) != bytes(other.leaf)


def test_a_fact_written_down_long_after_its_instant_is_marked_late():
    now = timezone.now()
    soon = record.append("hold.placed", at=now - timedelta(minutes=9), **HOLD)
    late = record.append("hold.placed", at=now - timedelta(minutes=11), **HOLD)

    assert "late" not in json.loads(soon.body)
    assert json.loads(late.body)["late"] is True


def test_a_sentence_is_kept_apart_and_the_record_holds_a_commitment():
    made = lifted("Alya Canary sudah diperiksa.")

    fact, words = json.loads(made.body), Wording.objects.get()
    assert b"Canary" not in bytes(made.body)
    assert (words.fact, words.field, words.text) == (made, "reason", "Alya Canary sudah diperiksa.")
    opened = record.commitment(bytes(words.salt), fact["id"], "reason", words.text)
    assert b64d(fact["body"]["reason"]) == opened
    assert opened != record.commitment(bytes(words.salt), fact["id"], "reason", "Lain.")


def test_the_same_sentence_looks_different_each_time():
    """Otherwise a sentence could be guessed, or recognised in two entries."""
    one, other = (json.loads(lifted().body)["body"]["reason"] for _ in range(2))

    assert one != other


def test_erasing_a_sentence_leaves_the_fact_as_it_is():
    made = lifted()
    body = bytes(made.body)

    Wording.objects.all().delete()

    made.refresh_from_db()
    assert facts.check(bytes(made.body)) == json.loads(body)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Alya"},
        {"hold": "3"},
        {"hold": True},
        {"hold": -1},
        {"hold": None},
        {"recruitment": "Alya Putri"},
        {"recruitment": "x" * 121},
        {"stage": 1},
    ],
)
def test_what_the_allow_list_does_not_name_is_refused(change):
    with pytest.raises(facts.NotAFact):
        record.append("hold.placed", at=NOON, **(HOLD | change))

    assert not Pending.objects.exists()


@pytest.mark.parametrize("reason", ["", "x" * 501, 5])
def test_a_sentence_of_no_or_too_many_characters_is_refused(reason):
    with pytest.raises(facts.NotAFact):
        lifted(reason)


def test_an_unknown_kind_is_refused():
    with pytest.raises(facts.NotAFact):
        record.append("applicant.known", at=NOON, name="Alya")


def spelled(**change) -> bytes:
    fact = json.loads(record.append("hold.placed", at=NOON, **HOLD).body) | change
    return canon.canon({name: value for name, value in fact.items() if value is not None})


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"type": "hold.flew"},
        {"type": 5},
        {"id": "A" * 32},
        {"id": None},
        {"at": "2026-11-02"},
        {"at": "2026-11-02T05:00:00+07:00"},
        {"by": "office"},
        {"late": False},
        {"body": []},
        {"body": {**HOLD, "nik": "9901"}},
        {"extra": 1},
    ],
)
def test_an_entry_is_checked_when_it_is_read(change):
    assert facts.check(spelled())["type"] == "hold.placed"
    with pytest.raises(facts.NotAFact):
        facts.check(spelled(**change))


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"\xff", b"{} ", b'{"a":"' + b"x" * 65_536 + b'"}'])
def test_bytes_that_are_no_fact_are_refused(text):
    with pytest.raises(facts.NotAFact):
        facts.check(text)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_pending SET body = body || '\\x20'",
        "UPDATE ledger_pending SET kind = 'hold.confirmed'",
        "UPDATE ledger_pending SET n = 8",
        "UPDATE ledger_pending SET refused = 'x'",
        "DELETE FROM ledger_pending",
        "TRUNCATE ledger_pending CASCADE",
    ],
)
def test_a_recorded_fact_can_no_longer_be_changed(statement):
    record.append("hold.placed", at=NOON, **HOLD)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_pending SET n = 7")

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_leaf_of_another_body_is_refused():
    with pytest.raises(DatabaseError, match="pending_leaf_is_of_its_body"), transaction.atomic():
        Pending.objects.create(kind="x", body=b"{}", leaf=bytes(32), at=NOON)
