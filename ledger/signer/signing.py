"""Signs a larger tree only when it begins with every tree that was signed before."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ledger import files
from ledger.signer import keys as key_file
from ledger.signer.keys import LogKey
from ledger.tlog import tiles, tree
from ledger.tlog.checkpoints import Checkpoint, format_checkpoint, parse_checkpoint
from ledger.tlog.notes import verify_note
from ledger.tlog.scalars import TlogError, b64d, b64e
from ledger.tlog.tree import Read

# How many entries from before are hashed again at each signature: all of them while the record is small.
LOOK_BACK = 65_536


class Refused(TlogError):
    """The tree is not what was signed before plus new entries; nothing was signed."""


@dataclass(frozen=True)
class Memory:
    """The last tree that was signed, and where the next look back begins."""

    size: int = 0
    root: bytes = tree.EMPTY_ROOT
    looked: int = 0


@dataclass(frozen=True)
class Signer:
    """`log` is the folder of published files; `heads` are copies of checkpoints that others saw."""

    origin: str
    key_file: Path
    memory_file: Path
    log: Path
    heads: tuple[Path, ...] = ()

    def keys_in_force(self) -> list[LogKey]:
        """The keys in force. Makes the first one, but never a second record: what was signed needs the old key."""
        try:
            return key_file.read(self.key_file, self.origin)
        except FileNotFoundError:
            if self.memory_file.exists() or (self.log / files.CHECKPOINT).exists():
                raise Refused("the key file is gone, but trees were signed: bring it back") from None
        with suppress(FileExistsError):  # another process made it
            key_file.create(self.key_file, [LogKey.make(self.origin)])
        return key_file.read(self.key_file, self.origin)

    def sign(self, size: int, root: bytes) -> bytes:
        """The signed checkpoint of the published tree (`size`, `root`). Raises Refused, or files.Changed.

        The memory is on the disk before the signature exists: what was given out is never forgotten.
        """
        with self._alone():
            mine, memory = self.keys_in_force(), self._remember()
            heads = list(self._heads(mine, memory))
            for name, head in heads:
                if size < head.size:
                    raise Refused(f"ROLLBACK: the database has {size} entries, {head.size} were signed ({name})")
            read, looked = self._read(memory, size)
            for name, head in heads:
                if tree.root(head.size, read) != head.root:
                    raise Refused(f"FORK: not an extension of the signed tree of {head.size} entries ({name})")
                path = tree.prove_consistency(head.size, size, read)
                tree.verify_consistency(head.size, size, head.root, root, path)
            if tree.root(size, read) != root:
                raise Refused(f"the published files of {size} entries have another root than the database")
            self._keep(Memory(size, root, looked))
            text = format_checkpoint(Checkpoint(self.origin, size, root))
            return (text + "\n" + "".join(key.sign(text) for key in mine)).encode()

    def add_key(self) -> LogKey:
        """A second key that signs beside the first from now on."""
        with self._alone():
            mine = self.keys_in_force()
            if len(mine) > 1:
                raise Refused("two keys are in force already: retire the old one first")
            made = LogKey.make(self.origin)
            key_file.rewrite(self.key_file, [*mine, made])
            return made

    def retire_key(self) -> LogKey:
        """The old key of two stops signing."""
        with self._alone():
            old, *rest = self.keys_in_force()
            if not rest:
                raise Refused("only one key is in force: add the new one first")
            key_file.rewrite(self.key_file, rest)
            return old

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.memory_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.memory_file.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _remember(self) -> Memory:
        try:
            found = json.loads(self.memory_file.read_bytes())
            if found["origin"] != self.origin:
                raise Refused("the memory is of another origin; an origin never changes")
            return Memory(found["size"], b64d(found["root"], 32), found["looked"])
        except FileNotFoundError:
            return Memory()
        except (ValueError, KeyError, TypeError) as error:
            raise error if isinstance(error, TlogError) else Refused("the memory cannot be read") from None

    def _keep(self, memory: Memory) -> None:
        content = {"origin": self.origin, "size": memory.size, "root": b64e(memory.root), "looked": memory.looked}
        files.replace(self.memory_file, json.dumps(content).encode(), mode=0o600)

    def _heads(self, mine: list[LogKey], memory: Memory) -> Iterator[tuple[str, Checkpoint]]:
        """Every tree that is known to have been signed: in the memory, in public, and as others saw it."""
        yield "memory", Checkpoint(self.origin, memory.size, memory.root)
        for path in (self.log / files.CHECKPOINT, *self.heads):
            try:
                note = path.read_bytes()
            except FileNotFoundError:
                if path in self.heads:
                    raise Refused(f"{path} is missing") from None
                continue  # not published yet: the first one, or a crash just after it was signed
            text, _signers = verify_note(note, [key.public for key in mine])
            head = parse_checkpoint(text)
            if head.origin != self.origin:
                raise Refused(f"{path.name} is of another origin")
            yield path.name, head

    def _read(self, memory: Memory, size: int) -> tuple[Read, int]:
        """Reads the tree of `size`: old hashes from the files, new ones from entries hashed just now."""
        old = tiles.tile_reader(memory.size, lambda *tile: files.hashes(self.log, *tile))
        fresh = self._hash(memory.size, size, old)

        def read(level: int, index: int) -> bytes:
            if (index + 1) << level <= memory.size:
                return old(level, index)
            if (found := fresh.get((level, index))) is None:
                raise TlogError("no such subtree in a tree of this size")
            return found

        self._compare(memory.size, size, read)
        return read, self._look_back(memory, old)

    def _hash(self, old: int, new: int, read: Read) -> dict[tuple[int, int], bytes]:
        nodes = tree.complete_nodes(old, self._leaves(old, new), read)
        return {(level, index): found for level, index, found in nodes}

    def _leaves(self, first: int, end: int) -> Iterator[bytes]:
        for n in range(first // tiles.WIDTH, (end + tiles.WIDTH - 1) // tiles.WIDTH):
            start = n * tiles.WIDTH
            found = files.entries(self.log, n, tiles.tile_width(0, n, end))
            yield from map(tree.leaf_hash, found[max(0, first - start) :])

    def _compare(self, old: int, new: int, read: Read) -> None:
        """Refuse new tiles that are not made of the entries: readers would follow them astray."""
        for level, n, width in tiles.new_tiles(old, new):
            first, height = n * tiles.WIDTH, tiles.HEIGHT * level
            if files.hashes(self.log, level, n, width) != b"".join(read(height, first + i) for i in range(width)):
                raise files.Changed(f"{tiles.tile_path(level, n, width)} does not belong to its entries")

    def _look_back(self, memory: Memory, read: Read) -> int:
        """Hash old entries again, LOOK_BACK at a time in turn; returns where the next turn begins."""
        if memory.size <= LOOK_BACK:
            first, end = 0, memory.size
        else:
            first = memory.looked if memory.looked < memory.size else 0
            end = min(memory.size, first + LOOK_BACK)
        for n in range(first // tiles.WIDTH, (end + tiles.WIDTH - 1) // tiles.WIDTH):
            start, width = n * tiles.WIDTH, tiles.tile_width(0, n, memory.size)
            leaves = list(self._leaves(start, start + width))
            if files.hashes(self.log, 0, n, width) != b"".join(leaves):
                raise files.Changed(f"{tiles.tile_path('entries', n, width)} or its tile was changed")
            if width == tiles.WIDTH and tree.fold(leaves) != read(tiles.HEIGHT, n):
                raise files.Changed(f"{tiles.tile_path(0, n)} does not belong to the tree above it")
        return end if end < memory.size else 0
