"""Facts get their place in the record without a gap, whoever runs and whatever is rolled back."""

import random
from threading import Barrier, Thread

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from ledger import log
from ledger.actions import sequencer
from ledger.models import Entry, Node, Pending
from ledger.tlog import tree
from ledger.tlog.tree import leaf_hash
from portal.grants import KEEPER, WEB, WORK
from tests.ledger.parts import administrator, hold
from tests.parts import NOON
from tests.roles import working_as

pytestmark = pytest.mark.usefixtures("own_database")


def recomputed() -> bytes:
    """The root over the bodies alone."""
    bodies = [bytes(body) for body in Entry.objects.order_by("n").values_list("body", flat=True)]
    return tree.root(len(bodies), tree.in_memory(map(leaf_hash, bodies)))


def test_the_first_entry_names_the_record_and_its_key():
    hold()

    sequencer.sequence(NOON)

    first, second = Entry.objects.order_by("n")
    assert (first.n, first.kind, second.n, second.kind) == (0, "log.genesis", 1, "hold.placed")
    assert b'"origin":"kota-contoh.example/log"' in bytes(first.body)
    assert [one.n for one in Pending.objects.order_by("pk")] == [1, 0]


def test_nothing_waiting_makes_no_entry():
    assert sequencer.sequence(NOON) == 0
    assert not Entry.objects.exists()


def test_batches_of_any_size_make_the_same_tree():
    for number in range(600):
        hold(number)

    waited = [sequencer.sequence(NOON, limit=limit) for limit in (1, 250, 7, 300, 100)]

    assert waited == [1, 250, 7, 300, 43]
    assert log.size() == 601
    assert log.root(601) == recomputed()
    assert list(Node.objects.values_list("level", "index")) == [(8, 0), (8, 1)]


def test_a_leaf_that_is_recorded_already_keeps_its_entry():
    """After a replay the facts that are entries again find them by their leaf."""
    fact = hold()
    sequencer.sequence(NOON)
    with administrator() as cursor:
        cursor.execute("ALTER TABLE ledger_pending DISABLE TRIGGER ALL")
        cursor.execute("UPDATE ledger_pending SET n = NULL")

    sequencer.sequence(NOON)

    fact.refresh_from_db()
    assert (fact.n, log.size()) == (1, 2)


@pytest.mark.parametrize("body", [b'{"nik":"9901"}', b"not json", b'{"type":"hold.placed"}'])
def test_a_row_that_is_no_fact_is_put_aside_and_the_line_goes_on(body):
    with working_as(WEB):  # which may write any bytes, if somebody else rules it
        Pending.objects.create(kind="hold.placed", body=body, leaf=leaf_hash(body), at=NOON)
    fact = hold()

    sequencer.sequence(NOON)

    fact.refresh_from_db()
    refused = Pending.objects.exclude(refused="").get()
    assert (fact.n, refused.n, bytes(refused.body)) == (1, None, body)
    assert sequencer.sequence(NOON) == 0


def test_a_fact_under_another_kind_is_put_aside():
    body = bytes(hold().body)
    Pending.objects.create(kind="finding.sent", body=body + b" ", leaf=leaf_hash(body + b" "), at=NOON)
    sequencer.sequence(NOON)

    assert Pending.objects.get(kind="finding.sent").refused


def race(sequencers: int, writers: int, facts: int) -> list:
    """Writers that commit late or roll back a fifth, against sequencers; returns the errors."""
    start, errors, writing = Barrier(sequencers + writers), [], list(range(writers))

    def write(writer):
        rng = random.Random(writer)
        for number in range(facts):
            try:
                with transaction.atomic():
                    hold(number)
                    if rng.random() < 0.3:
                        connection.cursor().execute("SELECT pg_sleep(0.002)")
                    if rng.random() < 0.2:
                        raise ZeroDivisionError
            except ZeroDivisionError:
                pass
        writing.remove(writer)

    def follow(_):
        while writing or Pending.objects.filter(n=None).exists():
            sequencer.sequence(NOON, limit=37)

    def run(work, number):
        try:
            start.wait()
            work(number)
        except Exception as error:
            errors.append(error)
            writing.clear()
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(write, number)) for number in range(writers)]
    threads += [Thread(target=run, args=(follow, number)) for number in range(sequencers)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    return errors


def test_three_sequencers_and_four_writers_with_rollbacks_leave_no_gap():
    errors = race(sequencers=3, writers=4, facts=150)

    assert errors == []
    facts = Pending.objects.count()
    assert 300 < facts < 601
    assert list(Entry.objects.values_list("n", flat=True)) == list(range(facts))
    assert sorted(Pending.objects.values_list("n", flat=True)) == list(range(facts))
    assert log.root(facts) == recomputed()


def test_without_the_turns_sequencers_get_in_each_others_way(monkeypatch):
    """The twin: without the lock two append at one place and the constraint stops them."""
    monkeypatch.setattr(sequencer, "take_turn", lambda: None)

    errors = race(sequencers=3, writers=4, facts=150)

    assert any(isinstance(error, IntegrityError | psycopg.errors.UniqueViolation) for error in errors)


@pytest.mark.parametrize("role", [KEEPER, WORK])
def test_keeper_and_worker_may_record(role):
    with working_as(role):
        hold()
        assert sequencer.sequence(NOON) == 2  # the genesis and the fact


def test_the_web_role_may_not():
    hold()
    with working_as(WEB), pytest.raises(psycopg.Error, match="permission denied"):
        sequencer.sequence(NOON)


APPEND = "INSERT INTO ledger_entry (n, prev_id, leaf, body, kind) VALUES ({n}, {prev}, {leaf}, {body}, 'x')"
BODY = r"'\x7b7d'::bytea"
LEAF = rf"sha256('\x00'::bytea || {BODY})"


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (APPEND.format(n=3, prev=2, leaf=LEAF, body=BODY), "foreign key"),
        (APPEND.format(n=3, prev=1, leaf=LEAF, body=BODY), "entry_has_no_gap"),
        (APPEND.format(n=3, prev="NULL", leaf=LEAF, body=BODY), "entry_has_no_gap"),
        (APPEND.format(n=-1, prev="NULL", leaf=LEAF, body=BODY), "entry_has_no_gap"),
        (APPEND.format(n=1, prev=0, leaf=LEAF, body=BODY), "ledger_entry_pkey"),
        (APPEND.format(n=2, prev=1, leaf="sha256('a')", body=BODY), "entry_leaf_is_of_its_body"),
        (APPEND.format(n=2, prev=1, leaf=r"sha256('\x00'::bytea || '\x7b')", body=r"'\x7b'"), "entry_fits_a_bundle"),
        (APPEND.format(n=2, prev=1, leaf="(SELECT leaf FROM ledger_entry WHERE n = 1)",
                       body="(SELECT body FROM ledger_entry WHERE n = 1)"), "leaf"),
        ("UPDATE ledger_entry SET kind = 'y'", "append-only"),
        ("DELETE FROM ledger_entry", "append-only"),
        ("TRUNCATE ledger_entry CASCADE", "append-only"),
        ("UPDATE ledger_node SET hash = hash", "append-only"),
        ("DELETE FROM ledger_checkpoint", "append-only"),
        ("INSERT INTO ledger_node (level, \"index\", hash) VALUES (4, 0, sha256('a'))", "node_stands"),
        ("INSERT INTO ledger_node (level, \"index\", hash) VALUES (8, 0, '\\x00')", "node_stands"),
    ],
)  # fmt: skip
def test_the_database_refuses_what_must_not_be(statement, why):
    hold()
    sequencer.sequence(NOON)

    with pytest.raises(DatabaseError, match=why), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("verb", ["UPDATE ledger_entry SET kind = 'y'", "DELETE FROM ledger_entry WHERE n = 1"])
@pytest.mark.parametrize("mode", ["origin", "replica"])
def test_not_even_the_superuser_changes_an_entry_by_the_way(verb, mode):
    hold()
    sequencer.sequence(NOON)

    with administrator() as cursor, pytest.raises(psycopg.Error, match="append-only"):
        cursor.execute(f"SET session_replication_role = {mode}")
        cursor.execute(verb)
