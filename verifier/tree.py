"""The tree of hashes of RFC 6962: leaves, nodes, roots, proofs. Pure functions over bytes."""

from hashlib import sha256

from verifier.strict import NotVerified

EMPTY = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry, over its exact bytes."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two children, of 32 bytes each."""
    return sha256(b"\x01" + left + right).digest()


def root(leaves: list[bytes]) -> bytes:
    """The root over a list of leaf hashes. A last one without a partner moves up unchanged."""
    row = leaves
    while len(row) > 1:
        pairs = [sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row) - 1, 2)]
        row = [*pairs, row[-1]] if len(row) % 2 else pairs
    return row[0] if row else EMPTY


class Frontier:
    """A tree that grows at its right edge: the complete subtrees it consists of, largest first."""

    def __init__(self):
        self.size = 0
        self.parts: list[tuple[int, bytes]] = []

    def push(self, found: bytes, width: int = 1) -> None:
        """Add a complete subtree over `width` leaves (a power of two that divides the size so far)."""
        self.size += width
        while self.parts and self.parts[-1][0] == width:
            found = node_hash(self.parts.pop()[1], found)
            width *= 2
        self.parts.append((width, found))

    def root(self) -> bytes:
        """The root over everything pushed so far."""
        found = None
        for _width, part in reversed(self.parts):
            found = part if found is None else node_hash(part, found)
        return EMPTY if found is None else found

    def root_with(self, leaves: list[bytes]) -> bytes:
        """The root if `leaves` came next; nothing is kept."""
        later = Frontier()
        later.size, later.parts = self.size, list(self.parts)
        for leaf in leaves:
            later.push(leaf)
        return later.root()


def verify_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], expected: bytes) -> None:
    """Raise NotVerified unless `path` leads from `leaf` at `index` to the root `expected` of `size` leaves.

    The root does not say its size: take both from the same verified checkpoint (or the same logged entry).
    """
    _check_hashes(leaf, expected, *path)
    if not 0 <= index < size:
        raise NotVerified(f"position {index} does not exist in a tree of {size}")
    node, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            raise NotVerified("the proof of inclusion is too long")
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise NotVerified("the proof of inclusion is too short")
    if found != expected:
        raise NotVerified("the proof of inclusion does not lead to the root")


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: list[bytes]) -> None:
    """Raise NotVerified unless `path` shows that the tree of `new` leaves begins with that of `old` leaves."""
    _check_hashes(old_root, new_root, *path)
    if not 0 <= old <= new:
        raise NotVerified(f"a tree of {old} cannot grow into one of {new}")
    if old in (0, new):
        if path:
            raise NotVerified("a proof between these sizes is empty")
        if (old_root if old else EMPTY) != (new_root if old else old_root):
            raise NotVerified("the two trees have the same size and different roots")
        return
    hashes = list(path)
    if old & (old - 1) == 0:
        hashes.insert(0, old_root)  # the old tree is one complete subtree: its root is not repeated
    if not hashes:
        raise NotVerified("the proof of consistency is empty")
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            raise NotVerified("the proof of consistency is too long")
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise NotVerified("the later tree does not extend the earlier one")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(found) != 32 for found in hashes):
        raise NotVerified("a hash has 32 bytes")
