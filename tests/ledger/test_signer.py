"""The signer has its own key and memory, and signs nothing that does not continue what it signed."""

import json
import subprocess
import sys

import pytest

from ledger import files
from ledger.signer import keys
from ledger.signer.signing import Memory, Refused, Signer
from ledger.tlog import notes, tiles, tree
from ledger.tlog.scalars import TlogError, b64e

ORIGIN = "log.contoh.example/catatan"


class World:
    """A signer and a folder of published files."""

    def __init__(self, place):
        self.place, self.log = place, place / "log"
        self.signer = Signer(ORIGIN, place / "own" / "key", place / "own" / "memory.json", self.log)
        self.size = 0

    def entries(self, count, salt=""):
        return [f"entry {number} {salt}".encode() for number in range(count)]

    def publish(self, entries, old=None):
        """Put the files of `entries` in place and return the root."""
        read, old = tree.in_memory(map(tree.leaf_hash, entries)), self.size if old is None else old
        for level, n, width in tiles.new_tiles(old, len(entries)):
            first = n * tiles.WIDTH
            hashes = b"".join(read(level * 8, first + place) for place in range(width))
            wanted = [(tiles.tile_path(level, n, width), hashes)]
            if level == 0:
                bundle = tiles.encode_bundle(entries[first : first + width])
                wanted.append((tiles.tile_path("entries", n, width), bundle))
            files.put(self.log, wanted)
        return tree.root(len(entries), read)

    def grow(self, count, salt=""):
        root = self.publish(self.entries(count, salt))
        note = self.signer.sign(count, root)
        files.replace(self.log / "checkpoint", note)
        self.size = count
        return note


@pytest.fixture
def world(tmp_path):
    return World(tmp_path)


def spoil(path, content=None):
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"\xff" if content is None else content)


def test_it_signs_growth_and_remembers(world):
    for count in (1, 5, 256, 257, 600):
        note = world.grow(count)

        text, signers = notes.verify_note(note, [key.public for key in world.signer.keys_in_force()])
        assert (text.split("\n")[:2], len(signers)) == ([ORIGIN, str(count)], 1)
    assert json.loads((world.place / "own" / "memory.json").read_bytes())["size"] == 600


def test_the_same_tree_again_gets_the_same_signature(world):
    assert world.grow(300) == world.signer.sign(
        300, tree.root(300, tree.in_memory(map(tree.leaf_hash, world.entries(300))))
    )


def test_the_key_is_made_once_and_closed_to_others(world):
    first = world.signer.keys_in_force()

    assert world.signer.keys_in_force() == first
    assert (world.place / "own" / "key").stat().st_mode & 0o777 == 0o600
    (world.place / "own" / "key").chmod(0o640)
    with pytest.raises(TlogError, match="chmod 600"):
        world.signer.keys_in_force()


def test_a_lost_key_is_not_replaced_by_itself(world):
    world.grow(3)
    (world.place / "own" / "key").unlink()

    with pytest.raises(Refused, match="key file is gone"):
        world.signer.keys_in_force()


def test_a_smaller_tree_is_refused(world):
    world.grow(420)
    root = tree.root(300, tree.in_memory(map(tree.leaf_hash, world.entries(300))))

    with pytest.raises(Refused, match="ROLLBACK: the database has 300 entries, 420 were signed"):
        world.signer.sign(300, root)


def forked(world, count=500):
    """Published files of another history that begins anew at entry 300."""
    entries = world.entries(300) + world.entries(count, "fork")[300:]
    for path in world.log.rglob("*"):
        if path.is_file() and path.name != "checkpoint":
            path.unlink()
    world.publish(entries[:420], old=0)
    return world.publish(entries, old=420)


def test_another_history_is_refused(world):
    world.grow(420)

    with pytest.raises(Refused, match="FORK"):
        world.signer.sign(500, forked(world))


def test_without_memory_the_published_checkpoint_still_stops_a_fork(world):
    world.grow(420)
    (world.place / "own" / "memory.json").unlink()

    with pytest.raises(Refused, match="FORK.*checkpoint"):
        world.signer.sign(500, forked(world))


def test_without_memory_and_checkpoint_what_others_saw_still_stops_a_fork(world):
    note = world.grow(420)
    (world.place / "own" / "memory.json").unlink()
    (world.log / "checkpoint").unlink()
    (world.place / "witness").write_bytes(note)
    heads = (world.place / "witness",)
    careful = Signer(ORIGIN, world.signer.key_file, world.signer.memory_file, world.log, heads)
    root = forked(world)

    with pytest.raises(Refused, match="FORK.*witness"):
        careful.sign(500, root)


def test_without_any_of_them_a_fork_would_be_signed(world):
    """The twin: which is why the memory is the signer's own, and why witnesses exist."""
    world.grow(420)
    (world.place / "own" / "memory.json").unlink()
    (world.log / "checkpoint").unlink()

    assert world.signer.sign(500, forked(world)).startswith(ORIGIN.encode())


def test_a_root_that_the_published_entries_do_not_have_is_refused(world):
    world.grow(10)
    world.publish(world.entries(20))

    with pytest.raises(TlogError):
        world.signer.sign(20, bytes(32))


@pytest.mark.parametrize(
    "name", ["tile/entries/001.p/244", "tile/0/001.p/244", "tile/1/000.p/1", "tile/entries/000", "tile/0/000"]
)
@pytest.mark.parametrize("how", ["changed", "missing", "cut"])
def test_a_new_or_old_file_that_is_spoiled_stops_the_signature(world, name, how):
    world.grow(300)
    root = world.publish(world.entries(500))
    path = world.log / name
    if how == "missing":
        path.unlink()
    else:
        spoil(path, path.read_bytes()[:-3] if how == "cut" else None)

    with pytest.raises(TlogError):
        world.signer.sign(500, root)

    assert world.signer._remember().size == 300


def test_old_entries_are_looked_at_again_in_turn(world, monkeypatch):
    monkeypatch.setattr("ledger.signer.signing.LOOK_BACK", 256)
    world.grow(1000)
    spoil(world.log / "tile/entries/002")

    world.grow(1001)
    world.grow(1002)
    with pytest.raises(TlogError, match="002"):
        world.grow(1003)


def test_it_remembers_before_it_signs(world, monkeypatch):
    root = world.publish(world.entries(9))
    monkeypatch.setattr(keys.LogKey, "sign", lambda *_: (_ for _ in ()).throw(RuntimeError("power cut")))

    with pytest.raises(RuntimeError):
        world.signer.sign(9, root)

    assert world.signer._remember() == Memory(9, root, 0)


def test_an_origin_never_changes(world):
    world.grow(3)
    moved = Signer("other.example/log", world.signer.key_file, world.signer.memory_file, world.log)

    with pytest.raises(TlogError, match="origin never changes"):
        moved.sign(3, bytes(32))


def test_a_memory_that_cannot_be_read_is_not_taken_for_none(world):
    world.grow(3)
    (world.place / "own" / "memory.json").write_text("{}")

    with pytest.raises(Refused, match="memory cannot be read"):
        world.grow(4)


def test_two_keys_sign_while_one_follows_the_other(world):
    world.grow(3)
    first = world.signer.keys_in_force()[0]
    second = world.signer.add_key()
    with pytest.raises(Refused):
        world.signer.add_key()

    note = world.grow(4)

    for known in ([first.public], [second.public]):
        assert list(notes.verify_note(note, known)[1]) == known
    assert world.signer.retire_key() == first
    with pytest.raises(Refused):
        world.signer.retire_key()
    files.replace(world.log / "checkpoint", note)
    assert list(notes.verify_note(world.grow(5), [first.public, second.public])[1]) == [second.public]
    assert (world.place / "own" / "key").stat().st_mode & 0o777 == 0o600


def test_the_command_signs_and_refuses_with_an_exit_code(world):
    root = world.publish(world.entries(5))
    command = [sys.executable, "-m", "ledger.signer", "--origin", ORIGIN, "--key", str(world.place / "own" / "key")]
    command += ["--memory", str(world.place / "own" / "memory.json"), "--log", str(world.log)]

    def ask(name, line=""):
        return subprocess.run([*command, name], input=line.encode(), capture_output=True)

    vkey = ask("keys").stdout.decode().strip()
    signed = ask("sign", f"5 {b64e(root)}\n")
    refused = ask("sign", f"4 {b64e(root)}\n")

    assert list(notes.verify_note(signed.stdout, [notes.parse_vkey(vkey)])[1])
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert b"ROLLBACK" in refused.stderr


def test_the_signer_needs_nothing_of_the_portal():
    code = "import sys, ledger.signer.__main__\n"
    code += "print([name for name in sys.modules if name.split('.')[0] in ('django', 'psycopg')])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
