"""The Merkle tree of RFC 6962: hashes, roots, and proofs both ways."""

import hashlib
from collections.abc import Callable, Iterable, Iterator

from ledger.tlog.scalars import TlogError

EMPTY_ROOT = hashlib.sha256(b"").digest()

# The hash of the complete subtree over the entries index·2**level … (index + 1)·2**level − 1.
Read = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def in_memory(leaves: Iterable[bytes]) -> Read:
    """Reads hashes of the tree over `leaves`, all of them kept."""

    def none(level: int, index: int) -> bytes:
        raise TlogError("no such subtree in a tree of this size")

    kept = {(level, index): found for level, index, found in complete_nodes(0, leaves, none)}
    return lambda level, index: kept[level, index] if (level, index) in kept else none(level, index)


def root(size: int, read: Read) -> bytes:
    """The root of the first `size` entries."""
    return _over(0, size, read) if size else EMPTY_ROOT


def fold(hashes: list[bytes]) -> bytes:
    """The root over `hashes`, as many as a power of two."""
    sha256 = hashlib.sha256  # node_hash spelled out: this is where an audit spends its time
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def _over(low: int, high: int, read: Read) -> bytes:
    """The hash over the entries low … high − 1, where `low` begins a subtree that holds them all."""
    peaks = []
    while low < high:
        level = (high - low).bit_length() - 1
        peaks.append(read(level, low >> level))
        low += 1 << level
    found = peaks.pop()
    while peaks:
        found = node_hash(peaks.pop(), found)
    return found


def complete_nodes(old: int, leaves: Iterable[bytes], read: Read) -> Iterator[tuple[int, int, bytes]]:
    """Every complete subtree that appending `leaves` to `old` entries makes, as (level, index, hash)."""
    waiting: dict[int, bytes] = {}  # level → a left sibling whose right one is not there yet
    for index, found in enumerate(leaves, start=old):
        level = 0
        yield level, index, found
        while index & 1:
            left = waiting.pop(level, None)
            found = node_hash(read(level, index - 1) if left is None else left, found)
            level, index = level + 1, index >> 1
            yield level, index, found
        waiting[level] = found


def prove_inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The path from entry `index` to the root of `size` entries, the leaf's sibling first."""
    if not 0 <= index < size:
        raise TlogError("no such entry in a tree of this size")
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_over(middle, high, read))
            high = middle
        else:
            path.append(_over(low, middle, read))
            low = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    """Return when `leaf` is entry `index` of the tree with `size` and `root`; size and root of one checkpoint."""
    _hashes(leaf, root, *path)
    if not 0 <= index < size:
        raise TlogError("no such entry in a tree of this size")
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise TlogError("path too long")
        if place & 1 or place == last:
            found = node_hash(step, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    if last or found != root:
        raise TlogError("the path does not lead to the root")


def prove_consistency(old: int, new: int, read: Read) -> list[bytes]:
    """The hashes that lead from the tree of `old` entries to the one of `new`; none where one is empty or both equal."""
    if not 0 <= old <= new:
        raise TlogError("the old tree is larger than the new one")
    if old in (0, new):
        return []
    low, high, path = 0, new, []
    while high != old:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_over(middle, high, read))
            high = middle
        else:
            path.append(_over(low, middle, read))
            low = middle
    if low:
        path.append(_over(low, high, read))
    return path[::-1]


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> None:
    """Return when the tree (`new`, `new_root`) begins with the tree (`old`, `old_root`)."""
    _hashes(old_root, new_root, *path)
    if not 0 <= old <= new:
        raise TlogError("the old tree is larger than the new one")
    if old in (0, new):
        if path:
            raise TlogError("path too long")
        if old_root != (new_root if old else EMPTY_ROOT) or (not new and new_root != EMPTY_ROOT):
            raise TlogError("same size, other root")
        return
    if not path:
        raise TlogError("path too short")
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    steps = list(path) if place else [old_root, *path]
    first = second = steps.pop(0)
    for step in steps:
        if last == 0:
            raise TlogError("path too long")
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise TlogError("the new tree does not begin with the old one")


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << ((count - 1).bit_length() - 1)


def _hashes(*found: bytes) -> None:
    if any(len(one) != 32 for one in found):
        raise TlogError("a hash has 32 bytes")
