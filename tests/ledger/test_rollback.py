"""Whatever happens to database or files is noticed before the next signature and by the nightly audit."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ledger import audit, files, log, standing
from ledger.actions import publishing, recording, signing
from ledger.models import Checkpoint, Entry, Pending
from ledger.tlog.tree import leaf_hash
from tests.ledger.parts import behind_the_triggers, grow, hold, path
from tests.parts import NOON

pytestmark = pytest.mark.usefixtures("own_database")
STOPS = (standing.Broken, audit.Differs, files.Changed, signing.Refused)
GO_BACK = [
    "DELETE FROM ledger_checkpoint WHERE size > 281",
    "UPDATE ledger_pending SET n = NULL WHERE n >= 281",
    "DELETE FROM ledger_node WHERE \"index\" > 0",
    "DELETE FROM ledger_entry WHERE n >= 281",
]  # fmt: skip


@pytest.fixture
def record():
    """A record of 541 entries in two full bundles, signed at 281 and 541."""
    grow(280)
    grow(260)
    assert list(Checkpoint.objects.values_list("size", flat=True)) == [281, 541]


def restore_the_backup():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    behind_the_triggers("ALTER TABLE ledger_pending DISABLE TRIGGER ALL", *GO_BACK)


def problems() -> str:
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_record", stdout=said, stderr=said)
    return said.getvalue()


def stopped() -> str:
    """Why nothing more is signed."""
    hold()
    signed = path().read_bytes()
    with pytest.raises(STOPS) as stop:
        recording.record_waiting(NOON)
    assert path().read_bytes() == signed
    return str(stop.value)


def spoil(name: str):
    path(name).chmod(0o644)
    path(name).write_bytes(path(name).read_bytes()[:-1] + b"\xff")


def test_an_untouched_record_is_found_whole(record, capsys):
    call_command("verify_record", facts=True)

    assert "541 isi dan 2 titik periksa cocok" in capsys.readouterr().out


@pytest.mark.parametrize("sizes", [(256,), (512,), (100, 256, 512, 700)])
def test_a_checkpoint_that_ends_with_a_bundle_is_compared_too(sizes):
    done = 1  # the first entry names the record
    for size in sizes:
        grow(size - done, first=done)
        done = size

    assert list(Checkpoint.objects.values_list("size", flat=True)) == list(sizes)
    assert list(audit.Whole(facts=True).problems()) == []
    behind_the_triggers(f"UPDATE ledger_checkpoint SET root = sha256('x') WHERE size = {256 if 256 in sizes else 512}")
    assert "another root than its entries have" in problems()


def test_a_database_older_than_the_record_adds_nothing(record):
    restore_the_backup()

    assert "ROLLBACK: the database has 281 entries, 541 were published" in stopped()
    assert log.size() == 281
    assert "CHANGED" in problems() or "published with other bytes" in problems()


def test_an_older_database_is_brought_back_out_of_the_published_files(record, capsys):
    root = log.root(541)
    restore_the_backup()

    call_command("replay_record")

    assert "260 isi dikembalikan" in capsys.readouterr().out
    assert log.root(541) == root
    fact = hold()
    recording.record_waiting(NOON)
    fact.refresh_from_db()
    assert fact.n == 541
    assert not Pending.objects.filter(n=None).exists()
    call_command("verify_record")


def test_a_database_lost_altogether_is_brought_back_too(record):
    behind_the_triggers(
        "ALTER TABLE ledger_pending DISABLE TRIGGER ALL", "UPDATE ledger_pending SET n = NULL",
        "DELETE FROM ledger_checkpoint", "DELETE FROM ledger_node", "DELETE FROM ledger_entry",
    )  # fmt: skip

    call_command("replay_record")
    recording.record_waiting(NOON)

    assert (log.size(), log.signed_size()) == (541, 541)
    call_command("verify_record")


def test_a_database_that_went_another_way_is_not_replayed(record):
    restore_the_backup()
    body = b"{}"
    Entry.objects.create(n=281, prev_id=280, leaf=leaf_hash(body), body=body, kind="x")

    with pytest.raises(CommandError, match="FORK"):
        call_command("replay_record")
    assert log.size() == 282


def test_files_signed_by_somebody_else_are_not_replayed(record):
    restore_the_backup()
    stranger = "kota-contoh.example/log+b1a2c3d4+AStpLqOhlCVz5Sxd7VyU85jPH9IHk3uEqkBa+NKStu7f"
    right = stranger.replace("b1a2c3d4", _id(stranger))

    with pytest.raises(CommandError, match="no signed checkpoint"):
        call_command("replay_record", key=[right])
    assert log.size() == 281


def _id(vkey: str) -> str:
    from ledger.tlog.notes import LOG, Key
    from ledger.tlog.scalars import b64d

    return Key(vkey.split("+")[0], LOG, b64d(vkey.split("+", 2)[2])[1:]).id.hex()


def test_an_old_database_that_grew_differently_is_a_fork(record, monkeypatch):
    restore_the_backup()
    behind_the_triggers("DELETE FROM ledger_pending WHERE n IS NULL")
    monkeypatch.setattr(standing, "check", lambda size: None)
    monkeypatch.setattr(publishing, "publish", lambda at: None)
    grow(300)
    monkeypatch.undo()

    assert "FORK: the first 541 entries of the database are not those" in stopped()


def test_the_signer_alone_stops_an_older_database(record, monkeypatch):
    """The portal's own look taken away: the signer does not believe the database."""
    restore_the_backup()
    monkeypatch.setattr(standing, "check", lambda size: None)

    with pytest.raises(signing.Refused, match="ROLLBACK: the database has 281 entries, 541 were signed"):
        signing.sign(281, log.root(281))


CHANGE = (
    "ALTER TABLE ledger_entry DROP CONSTRAINT entry_leaf_is_of_its_body",
    "UPDATE ledger_entry SET body = convert_to(replace(convert_from(body, 'UTF8'), '\"hold\":5', '\"hold\":6'), 'UTF8')"
    " WHERE n = (SELECT n FROM ledger_entry WHERE convert_from(body, 'UTF8') LIKE '%\"hold\":5,%' ORDER BY n LIMIT 1)",
)
LEAF = "UPDATE ledger_entry SET leaf = sha256('\\x00'::bytea || body)"


@pytest.mark.parametrize("with_leaf", [True, False])
def test_an_old_entry_changed_with_triggers_off_is_noticed(record, with_leaf):
    behind_the_triggers(*CHANGE, *([LEAF] if with_leaf else []))

    assert "published with other bytes" in stopped() or "leaf is not the hash" in stopped()
    assert "tile/entries/000: published with other bytes" in problems()


def test_the_stored_hashes_alone_would_hide_the_change(record):
    """The twin: why old entries are hashed again."""
    root = log.root(541)
    behind_the_triggers(*CHANGE, LEAF)

    assert log.root(541) == root
    standing.check(541)


UNBOUND = "ALTER TABLE ledger_entry DROP CONSTRAINT "
BROKEN_ROWS = {
    "entries are missing after 256": [
        "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_pkey CASCADE",
        UNBOUND + "entry_has_no_gap",
        "UPDATE ledger_entry SET n = 299 WHERE n = 300",
    ],
    "bundle 1: an entry in it is longer": [
        UNBOUND + "entry_leaf_is_of_its_body",
        UNBOUND + "entry_fits_a_bundle",
        "UPDATE ledger_entry SET body = repeat('x', 65536)::bytea WHERE n = 300",
    ],
    "its hash or kind is none": [
        UNBOUND + "entry_leaf_is_of_its_body",
        "UPDATE ledger_entry SET leaf = leaf || '\\x00' WHERE n = 300",
        "UPDATE ledger_entry SET leaf = substring(leaf FROM 2) WHERE n = 301",
    ],
    "entry 300: it is filed as log.key, which it is not": ["UPDATE ledger_entry SET kind = 'log.key' WHERE n = 300"],
    "the keys that the record announced cannot be read": [
        UNBOUND + "entry_leaf_is_of_its_body",
        "UPDATE ledger_entry SET body = 'xx' WHERE n = 0",
    ],
    "or its hash or kind": ["UPDATE ledger_entry SET kind = kind || chr(10) || kind WHERE n = 300"],
}


@pytest.mark.parametrize("found", BROKEN_ROWS)
def test_rows_that_no_insert_could_have_made_are_noticed(record, found):
    behind_the_triggers(*BROKEN_ROWS[found])

    assert found in problems()


def test_after_a_difference_was_found_the_database_still_answers(record):
    """The entries are read while they are compared: who stops in the middle leaves nothing half read."""
    spoil("tile/entries/000")

    with pytest.raises(audit.Differs) as stop:
        audit.look_back(541)

    assert log.size() == 541, stop


def test_a_changed_hash_in_the_database_is_noticed(record):
    behind_the_triggers("UPDATE ledger_node SET hash = sha256('x') WHERE \"index\" = 0")

    assert "FORK" in stopped()
    assert "1 stored hashes do not belong" in problems()


def test_a_forged_checkpoint_row_is_noticed(record):
    behind_the_triggers("UPDATE ledger_checkpoint SET root = sha256('x') WHERE size = 281")

    assert "checkpoint 281: another root" in problems()


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/000", "tile/1/000.p/2", "tile/entries/002.p/29"])
def test_a_missing_file_is_noticed_and_can_be_written_again(record, name):
    content = path(name).read_bytes()
    path(name).unlink()

    assert stopped()
    assert f"{name}: missing" in problems()
    call_command("verify_record", repair=True)
    assert path(name).read_bytes() == content
    recording.record_waiting(NOON)
    assert log.signed_size() == 542


@pytest.mark.parametrize("name", ["tile/0/000", "tile/entries/000", "tile/1/000.p/2", "tile/entries/002.p/29"])
def test_a_changed_file_is_noticed_and_not_written_over(record, name):
    spoil(name)
    changed = path(name).read_bytes()

    assert stopped()
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("verify_record", repair=True, stdout=said, stderr=said)
    assert f"{name}: published with other bytes" in said.getvalue()
    assert path(name).read_bytes() == changed


def test_a_changed_narrow_tile_is_noticed(record):
    spoil("tile/entries/001.p/25")

    assert "tile/entries/001.p/25: published with other bytes" in problems()


def test_a_file_that_belongs_to_no_tree_is_noticed(record):
    path("tile/0/009").write_bytes(bytes(8192))

    assert "tile/0/009: does not belong here" in problems()


@pytest.mark.parametrize("content", [b"", b"garbage", None])
def test_a_changed_or_missing_checkpoint_is_noticed(record, content):
    if content is None:
        path().unlink()
    else:
        path().write_bytes(content)
    hold()

    with pytest.raises(standing.Broken):
        recording.record_waiting(NOON)
    assert "checkpoint: " in problems()


def test_a_lost_checkpoint_is_shown_again_by_repair(record):
    note = path().read_bytes()
    path().unlink()

    call_command("verify_record", repair=True)

    assert path().read_bytes() == note


def test_a_fact_that_names_another_entry_is_noticed(record):
    behind_the_triggers(
        "ALTER TABLE ledger_pending DISABLE TRIGGER ALL",
        "UPDATE ledger_pending SET n = 100000 WHERE id = (SELECT max(id) FROM ledger_pending)",
    )

    assert "the entry it names" in problems()


def test_an_entry_outside_the_allow_list_is_noticed(record):
    body = b'{"nik":"9901","type":"x"}'
    Entry.objects.create(n=541, prev_id=540, leaf=leaf_hash(body), body=body, kind="x")
    said = io.StringIO()

    with pytest.raises(CommandError):
        call_command("verify_record", facts=True, stdout=said, stderr=said)

    assert "entry 541: not the envelope of a fact" in said.getvalue()
