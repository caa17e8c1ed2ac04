"""Compares database and published files: part of it before every signature, all of it every night."""

import hashlib
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from ledger import facts, files, log
from ledger.models import Checkpoint
from ledger.tlog import tiles, tree
from ledger.tlog.checkpoints import parse_checkpoint
from ledger.tlog.notes import parse_note, verify_note
from ledger.tlog.scalars import TlogError

# How many old entries are compared before each signature: all of them while the record is small.
LOOK_BACK = 65_536
AT_ONCE = 64 * tiles.WIDTH


class Differs(Exception):
    """An old entry, hash or file is not what was published."""


@dataclass(frozen=True)
class Bundle:
    """Up to 256 entries of the database in order, with the leaf hashes stored beside them."""

    n: int
    whole: bytes  # the entries as tile/entries/… holds them
    bodies: list[bytes]
    stored: bytes
    kinds: list[str]

    def hashed(self) -> list[bytes]:
        """The leaf of each entry, computed from its body."""
        sha256 = hashlib.sha256
        return [sha256(b"\0" + body).digest() for body in self.bodies]

    def unhashed(self, leaves: list[bytes]) -> Iterator[str]:
        """Entries whose stored leaf is not the hash of their body."""
        if b"".join(leaves) == self.stored:
            return
        for place, mine in enumerate(leaves):
            if mine != self.stored[32 * place : 32 * place + 32]:
                yield f"entry {self.n * tiles.WIDTH + place}: its leaf is not the hash of its body"

    def misprinted(self, leaves: list[bytes], count: int) -> Iterator[str]:
        """Whether the first `count` entries and their hashes are published as they are here."""
        if count:
            yield from compare("entries", self.n, count, self.content(count))
            yield from compare(0, self.n, count, b"".join(leaves[:count]))

    def content(self, count: int) -> bytes:
        """The first `count` entries as a file holds them."""
        return self.whole if count == len(self.bodies) else tiles.encode_bundle(self.bodies[:count])


# One row for each bundle: a row for each entry costs more to receive than to hash.
BUNDLES = """COPY (
    SELECT n / 256, string_agg(int8send(n), '' ORDER BY n), string_agg(kind, chr(10) ORDER BY n),
        max(octet_length(body)) <= 65535 AND bool_and(octet_length(leaf) = 32),
        string_agg(leaf, '' ORDER BY n),
        string_agg(substring(int4send(octet_length(body)) FROM 3) || body, '' ORDER BY n)
    FROM ledger_entry WHERE n >= %s AND n < %s GROUP BY 1 ORDER BY 1
) TO STDOUT (FORMAT BINARY)"""


def bundles(first: int, size: int) -> Iterator[Bundle]:
    """The entries first … size − 1 bundle by bundle; `first` begins one. Memory stays flat. Raises Differs.

    The database prepares the next ones meanwhile: until this is exhausted or closed its connection is busy.
    """
    for start in range(first, size, AT_ONCE):
        end = min(size, start + AT_ONCE)
        with connection.cursor() as cursor, cursor.copy(BUNDLES, [start, end]) as copy:
            copy.set_types(["int8", "bytea", "text", "bool", "bytea", "bytea"])
            for at in range(start, end, tiles.WIDTH):
                expected = range(at, min(end, at + tiles.WIDTH))
                n, numbers, kinds, is_sound, stored, whole = copy.read_row() or (None, b"", "", False, b"", b"")
                if numbers != struct.pack(f">{len(expected)}q", *expected):
                    raise Differs(f"entries are missing after {at}")
                found = Bundle(n, whole, tiles.parse_bundle(whole) if is_sound else [], stored, kinds.split("\n"))
                if not len(found.bodies) == len(found.kinds) == len(stored) // 32 == len(expected):
                    raise Differs(f"bundle {n}: an entry in it is longer than one may be, or its hash or kind is none")
                yield found
            copy.read_row()


def compare(level: int | str, n: int, width: int, content: bytes) -> Iterator[str]:
    """What is wrong with the published file of this tile."""
    name = tiles.tile_path(level, n, width)
    try:
        if (log.folder() / name).read_bytes() != content:
            yield f"{name}: published with other bytes than the database holds"
    except FileNotFoundError:
        yield f"{name}: missing"


def look_back(size: int) -> None:
    """Compare old entries with what was published, LOOK_BACK at a time in turn. Raises Differs.

    The stored hashes above them hide a changed entry, so that the root alone would not tell.
    """
    first = 0
    if size > LOOK_BACK:
        first = Checkpoint.objects.count() % (size // LOOK_BACK + 1) * LOOK_BACK
        size = min(size, first + LOOK_BACK)
    heads = []
    with closing(bundles(first, size)) as found:
        for bundle in found:
            leaves = bundle.hashed()
            for problem in (*bundle.unhashed(leaves), *bundle.misprinted(leaves, len(leaves))):
                raise Differs(problem)
            if len(leaves) == tiles.WIDTH:
                heads.append(tree.fold(leaves))
    start = first // tiles.WIDTH
    if log.nodes(start, start + len(heads)) != heads:
        raise Differs("a stored hash does not belong to the entries below it")


class Whole:
    """The audit of everything: bodies, leaves, nodes, roots, files and checkpoints. `problems()` tells what differs."""

    def __init__(self, *, facts: bool = False):
        self.check_facts = facts
        self.size = log.size()
        self.public = log.signed_size()  # what lies beyond may be on its way
        self.upper: dict[tuple[int, int], bytes] = {}  # hashes over full bundles; level 0 is over 256 entries
        self.seen: set[str] = set()
        self.marks = {one.size: one for one in Checkpoint.objects.order_by("size")}

    def problems(self) -> Iterator[str]:
        with closing(bundles(0, self.size)) as found:
            for bundle in found:
                yield from self._bundle(bundle)
        yield from self._upper_tiles()
        yield from self._stored_nodes()
        yield from self._pending()
        yield from self._checkpoints()
        yield from self._strangers()

    def _bundle(self, bundle: Bundle) -> Iterator[str]:
        leaves = bundle.hashed()
        yield from bundle.unhashed(leaves)
        yield from self._kinds(bundle)
        yield from bundle.misprinted(leaves, tiles.tile_width(0, bundle.n, self.public))
        yield from self._files("entries", bundle.n, bundle.bodies)
        yield from self._files(0, bundle.n, leaves)
        if len(leaves) == tiles.WIDTH:
            done = tree.complete_nodes(bundle.n, [tree.fold(leaves)], lambda level, index: self.upper[level, index])
            self.upper |= {(level, index): found for level, index, found in list(done)}
        yield from self._roots(bundle.n, leaves)  # after: a checkpoint may end with this bundle

    def _kinds(self, bundle: Bundle) -> Iterator[str]:
        written = {kind: f'"type":"{kind}"'.encode() for kind in set(bundle.kinds)}
        for place, (kind, body) in enumerate(zip(bundle.kinds, bundle.bodies, strict=True)):
            if self.check_facts:
                try:
                    facts.check_kind(body, kind)
                except facts.NotAFact as error:
                    yield f"entry {bundle.n * tiles.WIDTH + place}: {error}"
            elif written[kind] not in body:
                yield f"entry {bundle.n * tiles.WIDTH + place}: it is filed as {kind}, which it is not"

    def _files(self, level: int | str, n: int, parts: list[bytes]) -> Iterator[str]:
        """Other copies of a tile, published while it grew: each is the beginning of what it became."""
        full = log.folder() / tiles.tile_path(level, n)
        narrow = full.with_suffix(".p")
        found = [int(path.name) for path in narrow.iterdir() if _is_width(path.name)] if narrow.is_dir() else []
        if full.exists():
            found.append(tiles.WIDTH)
        shown = tiles.tile_width(0 if level == "entries" else level, n, self.public)
        for width in found:
            if width <= len(parts):
                self.seen.add(tiles.tile_path(level, n, width))
                if width != shown:
                    yield from compare(level, n, width, _content(level, parts[:width]))

    def _roots(self, n: int, leaves: list[bytes]) -> Iterator[str]:
        first = n * tiles.WIDTH

        def read(level: int, index: int) -> bytes:
            if level >= tiles.HEIGHT:
                return self.upper[level - tiles.HEIGHT, index]
            start = (index << level) - first
            return tree.fold(leaves[start : start + (1 << level)])

        for size in self.marks.keys() & set(range(first + 1, first + len(leaves) + 1)):
            if tree.root(size, read) != bytes(self.marks[size].root):
                yield f"checkpoint {size}: another root than its entries have"

    def _upper_tiles(self) -> Iterator[str]:
        level = 1
        while count := self.size >> tiles.HEIGHT * level:
            height = tiles.HEIGHT * (level - 1)
            for n in range((count + tiles.WIDTH - 1) // tiles.WIDTH):
                first = n * tiles.WIDTH
                parts = [self.upper[height, first + place] for place in range(tiles.tile_width(level, n, self.size))]
                if shown := tiles.tile_width(level, n, self.public):
                    yield from compare(level, n, shown, b"".join(parts[:shown]))
                yield from self._files(level, n, parts)
            level += 1

    def _stored_nodes(self) -> Iterator[str]:
        wanted = {
            (level + tiles.HEIGHT, index): found
            for (level, index), found in self.upper.items()
            if level % tiles.HEIGHT == 0
        }
        with connection.cursor() as cursor:
            cursor.execute('SELECT level, "index", hash FROM ledger_node')
            stored = {(level, index): bytes(found) for level, index, found in cursor.fetchall()}
        if stored != wanted:
            wrong = sorted(place for place in stored.keys() | wanted.keys() if stored.get(place) != wanted.get(place))
            yield f"{len(wrong)} stored hashes do not belong to the entries, the first is {wrong[0]}"

    def _pending(self) -> Iterator[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT p.id FROM ledger_pending p LEFT JOIN ledger_entry e ON e.n = p.n AND e.leaf = p.leaf"
                " WHERE p.n IS NOT NULL AND e.n IS NULL ORDER BY p.id LIMIT 10"
            )
            for (pk,) in cursor.fetchall():
                yield f"fact {pk}: the entry it names is another one or is missing"

    def _checkpoints(self) -> Iterator[str]:
        try:
            keys = log.known_keys() if self.size else []
        except TlogError as error:
            yield f"the keys that the record announced cannot be read: {error}"
            return
        for size, mark in self.marks.items():
            if size > self.size:
                yield f"checkpoint {size}: the database has {self.size} entries only"
            try:
                text, _signers = verify_note(bytes(mark.note), keys)
                tree_of = parse_checkpoint(text)
            except TlogError as error:
                yield f"checkpoint {size}: {error}"
                continue
            if (tree_of.origin, tree_of.size, tree_of.root) != (settings.LOG_ORIGIN, size, bytes(mark.root)):
                yield f"checkpoint {size}: its note names another tree"
        if self.marks:
            last = self.marks[max(self.marks)]
            try:
                shown = parse_note((log.folder() / files.CHECKPOINT).read_bytes())
                if bytes(shown)[: len(last.note)] != bytes(last.note):
                    yield "checkpoint: published with other bytes than the database holds"
            except (FileNotFoundError, TlogError) as error:
                yield f"checkpoint: {error if isinstance(error, TlogError) else 'missing'}"

    def _strangers(self) -> Iterator[str]:
        """Files that no tree of ours has. What is being written begins with a dot and is handed out to nobody."""
        place = log.folder() / "tile"
        for path in place.rglob("*") if place.is_dir() else ():
            name = str(path.relative_to(log.folder()))
            if path.is_file() and not path.name.startswith(".") and name not in self.seen:
                yield f"{name}: does not belong here"


def _content(level: int | str, parts: list[bytes]) -> bytes:
    return tiles.encode_bundle(parts) if level == "entries" else b"".join(parts)


def _is_width(name: str) -> bool:
    return name.isascii() and name.isdigit() and name == str(int(name)) and 0 < int(name) < tiles.WIDTH
