"""Every worked vector of hashing, trees, tiles, canonical JSON and lists, and every one that must be refused."""

import hashlib

import pytest

from ledger.tlog import canon, tiles, tree
from ledger.tlog.scalars import TlogError, b64d, dec
from tests.ledger.vectors import VECTORS, b64s, hexes

EIGHT = VECTORS["tree8"]
LEAVES = hexes(EIGHT["leaf_hashes_hex"])
MANY = 70_000


@pytest.fixture(scope="module")
def many():
    """The tree over "0" … "69999"."""
    return tree.in_memory(tree.leaf_hash(str(number).encode()) for number in range(MANY))


def test_hashes_are_those_of_rfc_6962():
    found = VECTORS["hash"]
    utf8 = found["leaf_of_utf8_hex"]

    assert tree.EMPTY_ROOT.hex() == found["empty_root_hex"]
    assert tree.leaf_hash(b"").hex() == found["leaf_of_empty_entry_hex"]
    assert tree.leaf_hash(b"\0").hex() == found["leaf_of_00_hex"]
    assert tree.node_hash(tree.leaf_hash(b""), tree.leaf_hash(b"\0")).hex() == found["node_of_two_leaves_hex"]
    assert utf8["entry_text"].encode().hex() == utf8["entry_hex"]
    assert tree.leaf_hash(utf8["entry_text"].encode()).hex() == utf8["leaf_hex"]


def test_the_classic_tree_has_its_leaves_and_roots():
    assert [tree.leaf_hash(one) for one in hexes(EIGHT["entries_hex"])] == LEAVES
    assert [tree.root(size, tree.in_memory(LEAVES)).hex() for size in range(9)] == EIGHT["roots_hex"]


def test_every_inclusion_proof_is_made_and_accepted():
    roots = hexes(EIGHT["roots_hex"])
    for one in EIGHT["inclusion"]:
        path = tree.prove_inclusion(one["index"], one["size"], tree.in_memory(LEAVES))

        assert path == hexes(one["path_hex"])
        tree.verify_inclusion(LEAVES[one["index"]], one["index"], one["size"], path, roots[one["size"]])


def test_every_consistency_proof_is_made_and_accepted():
    roots = hexes(EIGHT["roots_hex"])
    for one in EIGHT["consistency"]:
        path = tree.prove_consistency(one["old"], one["new"], tree.in_memory(LEAVES))

        assert path == hexes(one["path_hex"])
        tree.verify_consistency(one["old"], one["new"], roots[one["old"]], roots[one["new"]], path)


@pytest.mark.parametrize("one", VECTORS["negative_proofs"], ids=lambda one: f"{one['kind']}: {one['why']}")
def test_a_wrong_proof_is_refused(one):
    path = hexes(one["path_hex"])
    with pytest.raises(TlogError):
        if one["kind"] == "inclusion":
            leaf, root = bytes.fromhex(one["leaf_hex"]), bytes.fromhex(one["root_hex"])
            tree.verify_inclusion(leaf, one["index"], one["size"], path, root)
        else:
            old_root, new_root = bytes.fromhex(one["old_root_hex"]), bytes.fromhex(one["new_root_hex"])
            tree.verify_consistency(one["old"], one["new"], old_root, new_root, path)


def test_a_root_does_not_commit_to_its_size():
    """Why size and root are always taken from one checkpoint."""
    one = VECTORS["accepted_although_size_is_wrong"]
    leaf, root = bytes.fromhex(one["leaf_hex"]), bytes.fromhex(one["root_hex"])

    for size in (one["true_size"], one["claimed_size"]):
        tree.verify_inclusion(leaf, one["index"], size, hexes(one["path_hex"]), root)


def test_tiles_have_their_addresses():
    for one in VECTORS["tile_paths"]:
        assert tiles.tile_path(one["level"], one["n"], one["width"]) == one["path"]


def test_growth_writes_the_new_tiles_and_no_other():
    for one in VECTORS["tiles_to_write"]:
        assert [list(tile) for tile in tiles.new_tiles(one["old"], one["new"])] == one["tiles"]


def test_the_right_edge_of_a_large_tree_is_as_wide_as_it_must_be():
    expected = VECTORS["tree_of_70000"]["expect"]

    assert [tiles.tile_width(0, n, MANY) for n in (272, 273, 274)] == [256, expected["partial_level0"], 0]
    assert [tiles.tile_width(1, n, MANY) for n in (0, 1)] == [256, expected["partial_level1"]]
    assert tiles.tile_width(2, 0, MANY) == expected["partial_level2"]
    written = [(level, width == 256) for level, _n, width in tiles.new_tiles(0, MANY)]
    assert written.count((0, True)) == expected["full_level0"]
    assert written.count((1, True)) == expected["full_level1"]


def test_a_tree_of_seventy_thousand_has_its_roots_and_proofs(many):
    found = VECTORS["decimal_tree"]

    assert {size: tree.root(int(size), many).hex() for size in found["roots_hex"]} == found["roots_hex"]
    for one in found["inclusion"]:
        assert tree.prove_inclusion(one["index"], one["size"], many) == b64s(one["path_b64"])
    for one in found["consistency"]:
        assert tree.prove_consistency(one["old"], one["new"], many) == b64s(one["path_b64"])


def test_a_tree_of_seventy_thousand_has_its_tiles_and_bundles(many):
    found, made = VECTORS["decimal_tree"], {}
    for level, n, width in tiles.new_tiles(0, MANY):
        content = b"".join(many(8 * level, 256 * n + place) for place in range(width))
        made[tiles.tile_path(level, n, width)] = hashlib.sha256(content).hexdigest()
        if level == 0:
            entries = [str(256 * n + place).encode() for place in range(width)]
            bundle = tiles.encode_bundle(entries)
            made[tiles.tile_path("entries", n, width)] = hashlib.sha256(bundle).hexdigest()
            assert tiles.parse_bundle(bundle) == entries
    wanted = found["tile_sha256_hex"] | found["bundle_sha256_hex"]

    assert {path: made[path] for path in wanted} == wanted


def test_tiles_alone_give_every_hash_of_the_tree(many):
    stored = {
        tile: b"".join(many(8 * tile[0], 256 * tile[1] + place) for place in range(tile[2]))
        for tile in tiles.new_tiles(0, MANY)
    }
    read = tiles.tile_reader(MANY, lambda *tile: stored[tile])

    assert tree.root(MANY, read) == tree.root(MANY, many)
    assert all(read(level, 1) == many(level, 1) for level in range(16))


@pytest.mark.parametrize(
    ("level", "index"), [(0, MANY), (0, -1), (-1, 0), (17, 0), (8, 273)], ids=lambda value: str(value)
)
def test_a_subtree_that_is_not_there_is_refused(level, index):
    read = tiles.tile_reader(MANY, lambda level, n, width: bytes(32 * width))

    with pytest.raises(TlogError):
        read(level, index)


def test_a_tile_of_another_length_is_refused():
    with pytest.raises(TlogError):
        tiles.tile_reader(10, lambda level, n, width: bytes(32 * 9))(0, 0)


@pytest.mark.parametrize("bundle", [b"\x00", b"\x00\x01", b"\x00\x02a", b"\x00\x01ab", b"\xff\xff" + b"a" * 65_534])
def test_a_bundle_that_is_cut_is_refused(bundle):
    with pytest.raises(TlogError):
        tiles.parse_bundle(bundle)


def test_an_entry_too_long_for_a_bundle_is_refused():
    assert tiles.parse_bundle(tiles.encode_bundle([b"a" * 65_535, b""])) == [b"a" * 65_535, b""]
    with pytest.raises(TlogError):
        tiles.encode_bundle([b"a" * 65_536])


def test_numbers_have_one_spelling():
    assert [str(dec(text)) for text in VECTORS["strict_decimal"]["accept"]] == VECTORS["strict_decimal"]["accept"]
    for text in VECTORS["strict_decimal"]["reject"]:
        with pytest.raises(TlogError):
            dec(text)


def test_bytes_have_one_spelling():
    assert [b64d(text) for text in VECTORS["strict_base64"]["accept"]] == [b"", b"\0", b"\0\0", b"\0\0\0"]
    for text in VECTORS["strict_base64"]["reject"]:
        with pytest.raises(TlogError):
            b64d(text)


def test_json_has_one_spelling():
    for text in VECTORS["strict_json"]["accept"]:
        assert canon.canon(canon.load(text.encode())) == text.encode()
    for text in VECTORS["strict_json"]["reject"]:
        with pytest.raises(TlogError):
            canon.load(text.encode())


@pytest.mark.parametrize("text", [b"\xff", b'{"a":"\\ud800"}', b"[" * 100_000 + b"]" * 100_000, b'{"a":1}\n', b"1 "])
def test_bytes_that_are_no_canonical_json_are_refused(text):
    with pytest.raises(TlogError):
        canon.load(text)


def test_entries_have_their_leaves_roots_bundle_and_tile():
    found = VECTORS["entries"]
    bodies = [text.encode() for text in found["jcs"]]
    leaves = [tree.leaf_hash(body) for body in bodies]

    assert [canon.canon(canon.load(body)) for body in bodies] == bodies
    assert [leaf.hex() for leaf in leaves] == found["leaf_hex"]
    assert [tree.root(size, tree.in_memory(leaves)) for size in range(8)] == b64s(found["roots_b64"])
    assert (tiles.tile_path("entries", 0, 7), tiles.encode_bundle(bodies).hex()) == tuple(found["bundle"].values())
    assert (tiles.tile_path(0, 0, 7), b"".join(leaves).hex()) == tuple(found["tile"].values())


def test_a_list_has_its_commitments_leaves_root_proofs_and_lots():
    found = VECTORS["results"]
    rows = [canon.load(text.encode()) for text in found["rows_jcs"]]
    leaves = canon.row_leaves(rows)
    read, root = tree.in_memory(leaves), b64d(found["root_b64"], 32)

    for one in found["openings"]:
        opening = canon.load(one["opening_jcs"].encode())
        assert canon.commit(bytes.fromhex(one["salt_hex"]), opening) == b64d(one["commitment_b64"], 32)
    assert [leaf.hex() for leaf in leaves] == found["row_leaf_hex"]
    assert (len(rows), tree.root(len(rows), read)) == (found["count"], root)
    for index, path in enumerate(found["row_proofs_b64"]):
        assert tree.prove_inclusion(index, len(rows), read) == b64s(path)
        tree.verify_inclusion(leaves[index], index, len(rows), b64s(path), root)
    assert {p: canon.lot(bytes.fromhex(found["lot_seed_hex"]), p) for p in found["lots"]} == found["lots"]


def test_rows_that_do_not_ascend_are_refused():
    rows = [canon.load(text.encode()) for text in VECTORS["results"]["rows_jcs"]]

    for wrong in (rows[::-1], [rows[0], rows[0]]):
        with pytest.raises(TlogError):
            canon.row_leaves(wrong)
