"""The tree over the rows of a list, kept beside them: a path for one row is read without hashing the others."""

from collections.abc import Iterable
from pathlib import Path

from ledger.tlog import tiles, tree

NAME = "rows.tree"


def write(folder: Path, leaves: Iterable[bytes]) -> bytes:
    """Write the hashes that stand at the head of a tile, level by level, and return the root."""
    leaves = list(leaves)
    kept: dict[int, list[bytes]] = {}
    for level, _index, found in tree.complete_nodes(0, leaves, _nothing):
        if level % tiles.HEIGHT == 0:
            kept.setdefault(level // tiles.HEIGHT, []).append(found)
    (folder / NAME).write_bytes(b"".join(b"".join(kept[level]) for level in sorted(kept)))
    return tree.root(len(leaves), reader(folder, len(leaves)))


def _nothing(level: int, index: int) -> bytes:
    raise AssertionError("a tree that begins empty reads no earlier hash")


def reader(folder: Path, size: int) -> tree.Read:
    """Reads hashes of the tree of `size` rows out of the file of `folder`."""

    def fetch(level: int, n: int, width: int) -> bytes:
        first = sum(size >> tiles.HEIGHT * below for below in range(level)) + n * tiles.WIDTH
        with open(folder / NAME, "rb") as file:
            file.seek(32 * first)
            return file.read(32 * width)

    return tiles.tile_reader(size, fetch)
