"""The verifier's tree against the recursion that RFC 6962 prints, on trees of every small size and random ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier import synthetic
from verifier import tree
from verifier.strict import NotVerified

LEAVES = [tree.leaf_hash(bytes([number])) for number in range(70)]


@pytest.mark.parametrize("size", range(1, 41))
def test_every_proof_of_a_tree_is_accepted(size):
    leaves = LEAVES[:size]
    root = synthetic.mth(leaves)

    assert tree.root(leaves) == root
    for index in range(size):
        tree.verify_inclusion(leaves[index], index, size, synthetic.path(index, leaves), root)
    for old in range(1, size + 1):
        tree.verify_consistency(old, size, synthetic.mth(leaves[:old]), root, synthetic.consistency(old, leaves))


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_proof_with_any_one_thing_changed_is_refused(data):
    size = data.draw(st.integers(2, 70))
    leaves, index = LEAVES[:size], data.draw(st.integers(0, size - 1))
    path, root = synthetic.path(index, leaves), synthetic.mth(leaves)
    change = data.draw(st.sampled_from(["leaf", "index", "step", "short", "long", "root", "order"]))
    leaf = LEAVES[(index + 1) % 70] if change == "leaf" else leaves[index]
    root = LEAVES[0] if change == "root" else root
    if change == "index":
        index = (index + 1) % size
    if change == "step":
        at = data.draw(st.integers(0, len(path) - 1))
        path[at] = tree.node_hash(path[at], path[at])
    if change == "order":
        path = [*path[::-1], tree.EMPTY] if path == path[::-1] else path[::-1]
    path = path[:-1] if change == "short" else [*path, tree.EMPTY] if change == "long" else path

    with pytest.raises(NotVerified):
        tree.verify_inclusion(leaf, index, size, path, root)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_proof_of_growth_from_another_past_is_refused(data):
    size = data.draw(st.integers(2, 70))
    old = data.draw(st.integers(1, size - 1))
    place = data.draw(st.integers(0, old - 1))
    other = [*LEAVES[:place], tree.EMPTY, *LEAVES[place + 1 : size]]
    root, path = synthetic.mth(LEAVES[:size]), synthetic.consistency(old, LEAVES[:size])

    for old_root, steps in (
        (synthetic.mth(other[:old]), path),
        (synthetic.mth(other[:old]), synthetic.consistency(old, other)),
        (synthetic.mth(LEAVES[:old]), [*path, tree.EMPTY]),
        (synthetic.mth(LEAVES[:old]), path[:-1]),
    ):
        with pytest.raises(NotVerified):
            tree.verify_consistency(old, size, old_root, root, steps)


@given(st.lists(st.binary(max_size=8), max_size=40), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_a_tree_grown_leaf_by_leaf_or_in_one_piece_is_the_same(entries, at):
    leaves = [tree.leaf_hash(entry) for entry in entries]
    at = min(at, len(leaves))
    growing = tree.Frontier()
    for leaf in leaves[:at]:
        growing.push(leaf)

    assert growing.root() == tree.root(leaves[:at])
    assert growing.root_with(leaves[at:]) == tree.root(leaves) == synthetic.mth(leaves)
    assert growing.size == at
