"""The record in a second PostgreSQL cluster, as docs/runbooks/record.md describes it, between two real ones."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from ledger import log
from ledger.actions import publishing
from ledger.models import Checkpoint, Cosignature
from tests.ledger.clusters import TABLES, Cluster, commands, dump_of, until
from tests.ledger.parts import behind_the_triggers, grow
from tests.parts import NOON

SLOT = "SELECT 1 FROM pg_replication_slots WHERE slot_name = 'record' AND active"
ERRORS = "SELECT apply_error_count FROM pg_stat_subscription_stats WHERE apply_error_count > 0"
OTHER = "overlay(body PLACING 'cpnz'::bytea FROM position('cpns'::bytea IN body))"
CHANGE = (f"UPDATE ledger_entry SET body = {OTHER}, leaf = sha256('\\x00'::bytea || {OTHER}) WHERE n = 2",)
NO_CHECKPOINTS = (
    "ALTER TABLE ledger_cosignature DISABLE TRIGGER ALL",
    "DELETE FROM ledger_cosignature",
    "DELETE FROM ledger_checkpoint",
)


@pytest.fixture(scope="module")
def clusters(tmp_path_factory, migrated_template):
    """The portal's cluster and the second one, both migrated."""
    place = tmp_path_factory.mktemp("clusters")
    dump = dump_of(migrated_template, place)
    made = []
    try:
        made.append(Cluster.start(place / "1", wal_level="logical"))
        made.append(Cluster.start(place / "2", wal_retrieve_retry_interval="200ms", wal_receiver_status_interval="1s"))
        with ThreadPoolExecutor(2) as both:
            list(both.map(lambda one: one.prepare(dump), made))
        yield made
    finally:
        for one in made:
            one.servers.stop()


@dataclass
class Pair:
    first: Cluster
    second: Cluster
    place: Path  # VAR of the portal; the published files lie below

    def subscribe(self) -> None:
        """As the runbook says; returns when what was there is copied."""
        first = f"host={self.first.sockets} dbname={self.first.name}"
        self.second.run(*[one.format(first=first) for one in commands("the subscription")])
        self.catch_up()

    def catch_up(self) -> None:
        """Wait until the second has everything, as the runbook tells it."""
        until(lambda: not self.second.run(*commands("on the second: is everything copied")), self.told)
        query = commands("on the first: what is still on its way, in bytes")[0]
        until(lambda: self.first.run(SLOT) and self.first.run(query)[0][0] <= 0, self.told)

    def told(self) -> str:
        """The last words of both logs."""
        return "\n".join((one.servers.base / "postgres.log").read_text()[-2500:] for one in (self.first, self.second))

    def grow(self, count: int, first: int = 0) -> None:
        with self.first.current():
            grow(count, first)

    def vouch(self, name: str) -> None:
        """A witness signs the newest checkpoint: the last thing that is written, where the record itself stands."""
        with self.first.current():
            mark = Checkpoint.objects.latest("size")
            Cosignature.objects.create(checkpoint=mark, cosigner=name, line=f"— {name} AAAA\n", signed_at=NOON)

    def change(self, *statements: str) -> None:
        with self.first.current():
            behind_the_triggers(*statements)

    def mirror(self) -> Path:
        """A VAR for the second, with a copy of what is published now."""
        copy = self.place / "mirror"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.place / "public", copy / "public")
        return copy


@pytest.fixture
def pair(clusters, tmp_path, django_db_blocker):
    """Both clusters on fresh databases, five entries in the first, published."""
    name = f"record_{tmp_path.name[-20:]}".replace("-", "_").lower()
    for one in clusters:
        one.renew(name)
    made = Pair(*clusters, tmp_path)
    made.first.run(*commands("the publication"))
    with django_db_blocker.unblock():
        made.grow(4)
        made.vouch("early")
        yield made
    made.second.run("ALTER SUBSCRIPTION record DISABLE", "ALTER SUBSCRIPTION record SET (slot_name = NONE)")
    made.second.run("DROP SUBSCRIPTION record")
    until(lambda: not made.first.run(SLOT), made.told)
    made.first.run("SELECT pg_drop_replication_slot('record')", "DROP OWNED BY record_copy", "DROP ROLE record_copy")


def test_the_second_has_what_there_was_and_what_comes(pair):
    pair.subscribe()
    pair.grow(600, first=4)
    pair.vouch("late")
    pair.catch_up()

    copied = {table: pair.second.rows(table) for table in TABLES}
    assert copied == {table: pair.first.rows(table) for table in TABLES}
    assert [len(copied[table]) for table in TABLES] == [605, 2, 2, 2]
    assert pair.second.verify(pair.mirror(), role="portal_work") == (
        0,
        "Catatan publik: 605 isi dan 2 titik periksa cocok.\n",
    )


@pytest.mark.parametrize("table", ["ledger_pending", "ledger_wording", "accounts_person"])
def test_who_copies_the_record_reads_nothing_else(pair, table):
    pair.subscribe()

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        pair.first.run(f"SELECT FROM {table}", user="record_copy")  # noqa: S608 - the tables of this test
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        pair.first.run("INSERT INTO ledger_node VALUES (8, 9, sha256('x'))", user="record_copy")


def test_a_change_on_the_first_stays_there_and_is_found(pair):
    pair.subscribe()
    whole = {table: pair.second.rows(table) for table in TABLES}

    pair.change(*CHANGE, "DELETE FROM ledger_entry WHERE n = 4")
    pair.vouch("afterwards")
    pair.catch_up()

    assert [row[1] for row in pair.second.rows("ledger_cosignature")] == ["early", "afterwards"]
    assert {table: pair.second.rows(table) for table in TABLES[:3]} == {table: whole[table] for table in TABLES[:3]}
    code, said = pair.first.verify(pair.place)
    assert (code, "differ" in said or "missing" in said or "other bytes" in said) == (1, True), said
    assert pair.second.verify(pair.mirror())[0] == 0


def test_a_past_written_anew_with_key_and_files_is_found_by_the_second_alone(pair):
    """Database, files, signer's key and its memory in one hand: on the first everything fits again."""
    pair.subscribe()
    fact = CHANGE[0].replace("ledger_entry", "ledger_pending")
    pair.change("ALTER TABLE ledger_pending DISABLE TRIGGER ALL", *CHANGE, fact, *NO_CHECKPOINTS)
    shutil.rmtree(pair.place / "public" / "log")
    next((pair.place / "signer").glob("memory*.json")).unlink()
    key = (pair.place / "signer" / "key").read_bytes()
    (pair.place / "public" / "log").mkdir()
    with pair.first.current():
        again(key, pair.place)

    assert pair.first.verify(pair.place) == (0, "Catatan publik: 5 isi dan 1 titik periksa cocok.\n")
    code, said = pair.second.verify(pair.mirror())
    assert code == 1
    assert "published with other bytes than the database holds" in said
    assert pair.second.rows("ledger_checkpoint") != pair.first.rows("ledger_checkpoint")


def again(key: bytes, place: Path) -> None:
    """Publish and sign everything as if it were the first time."""
    (place / "signer" / "key").write_bytes(key)
    assert publishing.publish(NOON).size == log.size()


FLOWS = ("ALTER PUBLICATION record SET (publish = 'insert, update, delete, truncate')",)
MEDDLING = {
    "changed": CHANGE,
    "deleted": ("DELETE FROM ledger_entry WHERE n = 4",),
    "emptied": ("TRUNCATE ledger_node",),
}


@pytest.mark.parametrize("how", MEDDLING)
def test_a_first_that_sends_its_changes_too_is_refused(pair, how):
    pair.grow(300, first=4)
    pair.subscribe()
    whole = {table: pair.second.rows(table) for table in TABLES}

    pair.first.run(*FLOWS)
    pair.change(*MEDDLING[how])

    until(lambda: pair.second.run(ERRORS), pair.told)
    assert {table: pair.second.rows(table) for table in TABLES} == whole


def test_without_the_refusal_row_by_row_such_a_change_arrives(pair):
    """The twin: statement triggers do not fire for what is replicated, however ALWAYS they are on."""
    pair.subscribe()
    for one in pair.second.run("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_ledger_entry_row%'"):
        pair.second.run(f"ALTER TABLE ledger_entry DISABLE TRIGGER {one[0]}")

    pair.first.run(*FLOWS)
    pair.change(*MEDDLING["changed"])

    until(lambda: b"cpnz" in pair.second.rows("ledger_entry")[2][2], pair.told)


def test_other_entries_of_the_same_number_stop_the_copy(pair):
    pair.subscribe()
    whole = pair.second.rows("ledger_entry")

    pair.change(
        "ALTER TABLE ledger_pending DISABLE TRIGGER ALL",
        *NO_CHECKPOINTS,
        "UPDATE ledger_pending SET n = NULL WHERE n = 4",
        "DELETE FROM ledger_entry WHERE n = 4",
        "INSERT INTO ledger_entry (n, prev_id, leaf, body, kind, added_at)"
        " SELECT 4, 3, sha256('\\x00'::bytea || '{}'), '{}', 'hold.placed', now()",
    )

    until(lambda: pair.second.run(ERRORS), pair.told)
    assert pair.second.rows("ledger_entry") == whole


def test_a_first_that_was_migrated_alone_waits_for_the_second(pair):
    pair.subscribe()
    more = "ALTER TABLE ledger_cosignature ADD COLUMN noted text NOT NULL DEFAULT 'x'"

    pair.first.run(more)
    pair.vouch("waits")
    until(lambda: pair.second.run(ERRORS), pair.told)
    pair.second.run(more)
    pair.catch_up()

    assert pair.second.rows("ledger_cosignature") == pair.first.rows("ledger_cosignature")


def test_a_second_that_was_migrated_first_goes_on(pair):
    pair.subscribe()

    pair.second.run("ALTER TABLE ledger_cosignature ADD COLUMN noted text NOT NULL DEFAULT 'x'")
    pair.vouch("goes on")
    pair.catch_up()

    assert [(row[1], row[-1]) for row in pair.second.rows("ledger_cosignature")] == [("early", "x"), ("goes on", "x")]


def test_both_are_migrated_while_nothing_is_on_its_way(pair):
    """A column without a default comes, goes again, and a table is added: nothing is copied anew."""
    pair.subscribe()
    node = "INSERT INTO ledger_node VALUES (8, {}, sha256('x'){})"

    for both in (pair.first, pair.second):
        both.run("ALTER TABLE ledger_node ADD COLUMN noted text NOT NULL")
    pair.first.run(node.format(0, ", 'x'"))
    pair.catch_up()
    for both in (pair.first, pair.second):
        both.run("ALTER TABLE ledger_node DROP COLUMN noted")
    pair.first.run(node.format(1, ""))
    for both in (pair.first, pair.second):
        both.run("CREATE TABLE ledger_more (n int PRIMARY KEY)", "ALTER TABLE ledger_more OWNER TO portal_owner")
    pair.first.run("INSERT INTO ledger_more VALUES (7)", "GRANT SELECT ON ledger_more TO record_copy")
    pair.first.run("ALTER PUBLICATION record ADD TABLE ledger_more")
    pair.second.run("ALTER SUBSCRIPTION record REFRESH PUBLICATION")
    pair.catch_up()

    assert pair.second.run("SELECT n FROM ledger_more") == [(7,)]
    assert len(pair.second.rows("ledger_node")) == 2
    assert pair.second.rows("ledger_node") == pair.first.rows("ledger_node")
