"""The tree and its entries as files that never change (tlog-tiles)."""

from collections.abc import Callable, Iterator

from ledger.tlog.scalars import TlogError
from ledger.tlog.tree import Read, fold

WIDTH, HEIGHT = 256, 8
LONGEST_ENTRY = 65_535

# The first `width` hashes of tile `n` at tile level `level`, one after the other.
Fetch = Callable[[int, int, int], bytes]


def tile_path(level: int | str, n: int, width: int = WIDTH) -> str:
    """Where the tile lies below the record's address; `level` is a number or "entries"."""
    name = f"{n % 1000:03d}"
    while n := n // 1000:
        name = f"x{n % 1000:03d}/{name}"
    return f"tile/{level}/{name}" if width == WIDTH else f"tile/{level}/{name}.p/{width}"


def tile_width(level: int, n: int, size: int) -> int:
    """How many hashes tile `n` of `level` holds in a tree of `size` entries; 0 where it does not exist."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - n * WIDTH))


def new_tiles(old: int, new: int) -> Iterator[tuple[int, int, int]]:
    """The tiles (level, n, width) that the growth from `old` to `new` entries makes, level by level."""
    level = 0
    while end := new >> HEIGHT * level:
        start = old >> HEIGHT * level
        if start == end:
            return
        for n in range(start // WIDTH, (end + WIDTH - 1) // WIDTH):
            yield level, n, tile_width(level, n, new)
        level += 1


def tile_reader(size: int, fetch: Fetch) -> Read:
    """Reads hashes of a tree of `size` entries out of its tiles, wherever `fetch` takes them from."""
    kept: dict[tuple[int, int], bytes] = {}

    def read(level: int, index: int) -> bytes:
        if level < 0 or index < 0 or (index + 1) << level > size:
            raise TlogError("no such subtree in a tree of this size")
        tile_level, rest = divmod(level, HEIGHT)
        n, first = divmod(index << rest, WIDTH)
        if (tile_level, n) not in kept:
            width = tile_width(tile_level, n, size)
            found = fetch(tile_level, n, width)
            if len(found) != 32 * width:
                raise TlogError(f"{tile_path(tile_level, n, width)} has another length")
            if len(kept) > 256:
                kept.clear()
            kept[tile_level, n] = found
        tile = kept[tile_level, n]
        return fold([tile[at : at + 32] for at in range(32 * first, 32 * (first + (1 << rest)), 32)])

    return read


def encode_bundle(entries: list[bytes]) -> bytes:
    """Entries as tile/entries/… holds them: each after its length in two bytes."""
    if max(map(len, entries), default=0) > LONGEST_ENTRY:
        raise TlogError("an entry has at most 65,535 bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def parse_bundle(bundle: bytes) -> list[bytes]:
    entries, at, end = [], 0, len(bundle)
    while at < end:
        start = at + 2
        at = start + int.from_bytes(bundle[at:start], "big")
        if start > end or at > end:
            raise TlogError("a bundle ends in the middle of an entry")
        entries.append(bundle[start:at])
    return entries
