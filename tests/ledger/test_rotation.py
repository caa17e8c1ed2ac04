"""A new key follows the old one, in the sight of everybody."""

import pytest
from django.core.management import CommandError, call_command

from ledger import log
from ledger.actions import recording, rotation, signing
from ledger.models import Checkpoint, Entry
from ledger.tlog import notes
from tests.ledger.parts import grow, hold, path
from tests.parts import NOON

pytestmark = pytest.mark.usefixtures("own_database")


def signers(known) -> list:
    return list(notes.verify_note(path().read_bytes(), known)[1])


def test_both_keys_sign_while_the_new_one_follows_the_old_one(capsys):
    grow(2)
    (old,) = signing.keys_in_force()

    new = rotation.start(at=NOON)
    recording.record_waiting(NOON)

    assert signing.keys_in_force() == [old, new]
    assert signers([old]) == [old] and signers([new]) == [new]
    assert Entry.objects.get(kind="log.key").n == 3
    assert f"log {new}\n" in path("policy").read_text()
    assert rotation.finish(at=NOON) == old
    recording.record_waiting(NOON)
    assert signers([old, new]) == [new]
    assert log.known_keys() == [old, new]
    assert Entry.objects.get(kind="log.key.retired").n == 4
    call_command("verify_record", facts=True)


def test_old_checkpoints_stay_valid_after_the_rotation():
    grow(2)
    before = bytes(Checkpoint.objects.get().note)
    rotation.start(at=NOON)
    recording.record_waiting(NOON)
    rotation.finish(at=NOON)
    recording.record_waiting(NOON)

    assert notes.verify_note(before, log.known_keys())


def test_a_key_that_nobody_announced_is_announced_afterwards():
    grow(2)
    signing.ask("add-key")

    assert rotation.announce_missing(at=NOON) == 1
    assert rotation.announce_missing(at=NOON) == 0


def test_the_last_key_cannot_be_retired():
    hold()
    recording.record_waiting(NOON)

    with pytest.raises(CommandError, match="only one key"):
        call_command("log_key", "finish")
