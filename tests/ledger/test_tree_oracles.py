"""Independent implementations agree on random trees and random JSON; spoiled proofs are refused."""

import hashlib
import random
import subprocess
import sys
import unicodedata

import pymerkle
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.tlog import canon, tree
from ledger.tlog.scalars import TlogError


def naive(entries: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not entries:
        return tree.EMPTY_ROOT
    if len(entries) == 1:
        return tree.leaf_hash(entries[0])
    split = 1
    while split * 2 < len(entries):
        split *= 2
    return tree.node_hash(naive(entries[:split]), naive(entries[split:]))


@given(st.lists(st.binary(max_size=40), max_size=70), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_roots_and_inclusion_paths_are_those_of_another_implementation(entries, rng):
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries:
        other.append_entry(entry)
    read = tree.in_memory(map(tree.leaf_hash, entries))

    for size in {len(entries), rng.randint(0, len(entries))}:
        assert tree.root(size, read) == naive(entries[:size])
        if size:
            assert tree.root(size, read) == other.get_root(size)
            index = rng.randrange(size)
            path = tree.prove_inclusion(index, size, read)
            assert path == other.prove_inclusion(index + 1, size).path[1:]
            tree.verify_inclusion(tree.leaf_hash(entries[index]), index, size, path, naive(entries[:size]))


@given(st.integers(1, 90), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_growth_is_proved_and_a_spoiled_proof_is_refused(size, rng):
    entries = [rng.randbytes(rng.randrange(30)) for _ in range(size)]
    old = rng.randint(1, size)
    read = tree.in_memory(map(tree.leaf_hash, entries))
    roots = naive(entries[:old]), naive(entries)
    path = tree.prove_consistency(old, size, read)

    tree.verify_consistency(old, size, *roots, path)

    for wrong in spoiled(path, rng):
        with pytest.raises(TlogError):
            tree.verify_consistency(old, size, *roots, wrong)
    index = rng.randrange(size)
    path = tree.prove_inclusion(index, size, read)
    for wrong in spoiled(path, rng):
        with pytest.raises(TlogError):
            tree.verify_inclusion(tree.leaf_hash(entries[index]), index, size, wrong, roots[1])


def spoiled(path: list[bytes], rng: random.Random) -> list[list[bytes]]:
    found = [[*path, bytes(32)]]
    if path:
        place = rng.randrange(len(path))
        flipped = bytearray(path[place])
        flipped[rng.randrange(32)] ^= 1 << rng.randrange(8)
        found += [path[:-1], path[1:], [*path[:place], bytes(flipped), *path[place + 1 :]]]
    if len(path) > 1 and path != path[::-1]:
        found.append(path[::-1])
    return found


@given(st.integers(0, 600), st.integers(0, 600))
@settings(max_examples=60, deadline=None)
def test_appending_in_parts_makes_the_same_nodes_as_at_once(first, second):
    leaves = [tree.leaf_hash(str(number).encode()) for number in range(first + second)]
    kept = {}
    for old, part in ((0, leaves[:first]), (first, leaves[first:])):
        for level, index, found in tree.complete_nodes(old, part, lambda level, index: kept[level, index]):
            kept[level, index] = found

    whole = tree.in_memory(leaves)
    assert all(whole(*place) == found for place, found in kept.items())
    assert tree.root(len(leaves), lambda level, index: kept[level, index]) == tree.root(len(leaves), whole)


words = st.text(
    st.characters(exclude_categories=["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"]) | st.just("\n"), max_size=12
).map(lambda text: unicodedata.normalize("NFC", text))
keys = st.from_regex(r"\A[a-z][a-z0-9_]{0,8}\Z")
plain = st.none() | st.booleans() | st.integers(-canon.LARGEST_INTEGER, canon.LARGEST_INTEGER) | words
values = st.recursive(plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5))


@given(values)
@settings(max_examples=400, deadline=None)
def test_canonical_json_is_that_of_another_implementation(value):
    spelled = canon.canon(value)

    assert spelled == rfc8785.dumps(value)
    assert canon.load(spelled) == value


@pytest.mark.parametrize("value", [1.0, {"A": 1}, {1: 1}, 2**53, b"x", {"a": "a\u0301"}, "\u200b", "\ue000", (1, 2)])
def test_what_has_no_canonical_spelling_is_refused(value):
    with pytest.raises(TlogError):
        canon.canon(value)


def test_a_tree_that_repeats_its_last_leaf_would_take_two_lists_for_one():
    """The twin: why the tree is not filled up with copies."""

    def filled(leaves):
        while len(leaves) > 1:
            leaves = leaves + leaves[-1:] if len(leaves) % 2 else leaves
            leaves = [tree.node_hash(*leaves[place : place + 2]) for place in range(0, len(leaves), 2)]
        return leaves[0]

    three, four = ([tree.leaf_hash(one) for one in name] for name in ([b"a", b"b", b"c"], [b"a", b"b", b"c", b"c"]))

    assert filled(three) == filled(four)
    assert tree.root(3, tree.in_memory(three)) != tree.root(4, tree.in_memory(four))


def test_without_the_prefix_a_node_would_pass_for_an_entry(monkeypatch):
    """The twin: with one kind of hash, two inner nodes read as an entry of a smaller tree."""
    entries = [b"a", b"b", b"c", b"d"]
    assert smaller_tree(entries) != naive(entries)
    monkeypatch.setattr(tree, "leaf_hash", lambda entry: bare(entry))
    monkeypatch.setattr(tree, "node_hash", lambda left, right: bare(left + right))

    assert smaller_tree(entries) == naive(entries)


def bare(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def smaller_tree(entries: list[bytes]) -> bytes:
    """The root of two entries that are made of the four leaves of a larger tree."""
    leaves = [tree.leaf_hash(entry) for entry in entries]
    return naive([leaves[0] + leaves[1], leaves[2] + leaves[3]])


def test_the_formats_need_nothing_of_the_portal():
    code = "import sys, ledger.tlog.witness, ledger.tlog.proofs, ledger.tlog.canon\n"
    code += "print([name for name in sys.modules if name.split('.')[0] in ('django', 'psycopg')])"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"
