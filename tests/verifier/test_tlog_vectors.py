"""Every vector of tests/data/tlog_vectors.json, with `cryptography` and without it."""

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from verifier import ed25519, mldsa, notes, policy, proofs, strict, tiles, tree
from verifier.strict import NotVerified

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "tlog_vectors.json").read_bytes())
TREE8 = VECTORS["tree8"]
KEYS = {one["use"]: one for one in VECTORS["keys"]}
SIZE_OF_DECIMAL_TREE = 70000


def unhex(items):
    return [bytes.fromhex(item) for item in items]


@pytest.fixture(params=[True, False], ids=["cryptography", "own code"])
def either_ed25519(request, monkeypatch):
    monkeypatch.setattr(ed25519.verify, "__kwdefaults__", {"fast": request.param})
    return request.param


@pytest.fixture(scope="module")
def decimal_leaves():
    return [tree.leaf_hash(str(number).encode()) for number in range(SIZE_OF_DECIMAL_TREE)]


def test_hashes_of_leaves_and_nodes():
    found = VECTORS["hash"]

    assert tree.EMPTY.hex() == found["empty_root_hex"] == tree.root([]).hex()
    leaves = [tree.leaf_hash(b""), tree.leaf_hash(b"\x00")]
    assert [leaf.hex() for leaf in leaves] == [found["leaf_of_empty_entry_hex"], found["leaf_of_00_hex"]]
    assert tree.node_hash(*leaves).hex() == found["node_of_two_leaves_hex"]
    word = found["leaf_of_utf8_hex"]
    assert word["entry_text"].encode().hex() == word["entry_hex"]
    assert tree.leaf_hash(word["entry_text"].encode()).hex() == word["leaf_hex"]


def test_roots_of_the_reference_tree_grown_in_both_ways():
    leaves = [tree.leaf_hash(entry) for entry in unhex(TREE8["entries_hex"])]
    growing = tree.Frontier()
    grown = [growing.root().hex()]
    for leaf in leaves:
        growing.push(leaf)
        grown.append(growing.root().hex())

    assert [leaf.hex() for leaf in leaves] == TREE8["leaf_hashes_hex"]
    assert [tree.root(leaves[:size]).hex() for size in range(9)] == TREE8["roots_hex"] == grown


@pytest.mark.parametrize("vector", TREE8["inclusion"], ids=lambda v: f"{v['index']} in {v['size']}")
def test_inclusion_in_the_reference_tree(vector):
    leaf, root = (
        bytes.fromhex(TREE8[name][place])
        for name, place in (("leaf_hashes_hex", vector["index"]), ("roots_hex", vector["size"]))
    )

    tree.verify_inclusion(leaf, vector["index"], vector["size"], unhex(vector["path_hex"]), root)

    with pytest.raises(NotVerified):
        tree.verify_inclusion(tree.leaf_hash(b"x"), vector["index"], vector["size"], unhex(vector["path_hex"]), root)


@pytest.mark.parametrize("vector", TREE8["consistency"], ids=lambda v: f"{v['old']} to {v['new']}")
def test_consistency_of_the_reference_tree(vector):
    roots = [bytes.fromhex(TREE8["roots_hex"][vector[name]]) for name in ("old", "new")]

    tree.verify_consistency(vector["old"], vector["new"], *roots, unhex(vector["path_hex"]))

    with pytest.raises(NotVerified):
        tree.verify_consistency(vector["old"], vector["new"], tree.EMPTY, roots[1], unhex(vector["path_hex"]))


@pytest.mark.parametrize("vector", VECTORS["negative_proofs"], ids=lambda v: f"{v['kind']}: {v['why']}")
def test_a_false_proof_is_refused(vector):
    path = unhex(vector["path_hex"])
    with pytest.raises(NotVerified):
        if vector["kind"] == "inclusion":
            leaf, root = bytes.fromhex(vector["leaf_hex"]), bytes.fromhex(vector["root_hex"])
            tree.verify_inclusion(leaf, vector["index"], vector["size"], path, root)
        else:
            roots = [bytes.fromhex(vector[name]) for name in ("old_root_hex", "new_root_hex")]
            tree.verify_consistency(vector["old"], vector["new"], *roots, path)


def test_a_root_does_not_say_its_size():
    vector = VECTORS["accepted_although_size_is_wrong"]
    leaf, root = bytes.fromhex(vector["leaf_hex"]), bytes.fromhex(vector["root_hex"])

    for size in ("true_size", "claimed_size"):
        tree.verify_inclusion(leaf, vector["index"], vector[size], unhex(vector["path_hex"]), root)


def test_addresses_of_tiles():
    for vector in VECTORS["tile_paths"]:
        assert tiles.path(vector["level"], vector["n"], vector["width"]) == vector["path"]


def test_growing_adds_the_tiles_that_were_not_there():
    for vector in VECTORS["tiles_to_write"]:
        before = tiles.tiles(vector["old"])

        assert [list(one) for one in tiles.tiles(vector["new"]) if one not in before] == vector["tiles"]


def test_tiles_of_a_tree_of_70000():
    found = tiles.tiles(SIZE_OF_DECIMAL_TREE)
    full = {level: sum(one[0] == level and one[2] == 256 for one in found) for level in (0, 1)}
    partial = {level: width for level, _number, width in found if width < 256}

    assert VECTORS["tree_of_70000"]["expect"] == {
        "full_level0": full[0],
        "full_level1": full[1],
        **{f"partial_level{level}": width for level, width in partial.items()},
    }


def test_roots_of_the_decimal_tree(decimal_leaves):
    for size, root in VECTORS["decimal_tree"]["roots_hex"].items():
        assert tree.root(decimal_leaves[: int(size)]).hex() == root


def test_tiles_and_bundles_of_the_decimal_tree(decimal_leaves):
    rows = {0: decimal_leaves}
    for level in (1, 2):
        below = rows[level - 1]
        rows[level] = [tree.root(below[start : start + 256]) for start in range(0, len(below) // 256 * 256, 256)]
    content, bundles = {}, {}
    for level, number, width in tiles.tiles(SIZE_OF_DECIMAL_TREE):
        content[tiles.path(level, number, width)] = b"".join(rows[level][number * 256 : number * 256 + width])
        if level == 0:
            texts = [str(entry).encode() for entry in range(number * 256, number * 256 + width)]
            raw = b"".join(len(text).to_bytes(2, "big") + text for text in texts)
            assert tiles.entries(raw, width) == texts
            bundles[tiles.path(tiles.ENTRIES, number, width)] = raw

    for expected, found in (("tile_sha256_hex", content), ("bundle_sha256_hex", bundles)):
        for path, digest in VECTORS["decimal_tree"][expected].items():
            assert sha256(found[path]).hexdigest() == digest


def test_proofs_in_the_decimal_tree(decimal_leaves):
    roots = {int(size): bytes.fromhex(root) for size, root in VECTORS["decimal_tree"]["roots_hex"].items()}
    for vector in VECTORS["decimal_tree"]["inclusion"]:
        path = [b64decode(item) for item in vector["path_b64"]]
        tree.verify_inclusion(
            decimal_leaves[vector["index"]], vector["index"], vector["size"], path, roots[vector["size"]]
        )
    for vector in VECTORS["decimal_tree"]["consistency"]:
        path = [b64decode(item) for item in vector["path_b64"]]
        old = roots.get(vector["old"]) or tree.root(decimal_leaves[: vector["old"]])
        tree.verify_consistency(vector["old"], vector["new"], old, roots[vector["new"]], path)


@pytest.mark.parametrize("vector", VECTORS["keys"], ids=lambda v: v["use"])
def test_keys(vector):
    found = notes.key(vector["vkey"])

    assert (found.name, found.kind, found.number.hex()) == (vector["name"], vector["alg"], vector["key_id_hex"])
    if "public_hex" in vector:
        assert found.public.hex() == vector["public_hex"]
    if vector["alg"] != notes.COSIGNER_MLDSA:
        assert ed25519.public_of(bytes.fromhex(vector["seed_hex"])) == found.public
    with pytest.raises(NotVerified):
        notes.key(vector["vkey"].replace(vector["key_id_hex"], "00000000"))


@pytest.mark.parametrize("vector", VECTORS["checkpoints"], ids=lambda v: str(v["size"]))
def test_checkpoints_and_their_signatures(vector, either_ed25519):
    note = notes.note(vector["signed_text"].encode())
    log, *witnesses = [notes.key(KEYS[name]["vkey"]) for name in ("log", "univ", "ngo", "court")]

    assert note.text == vector["note_text"]
    assert notes.checkpoint(note.text).size == vector["size"]
    assert notes.signers(note, [log]) == {log: 0}
    assert set(notes.signers(note, witnesses).values()) == {vector["time"]}
    assert len(notes.signers(note, witnesses)) == 2


def test_the_signed_bytes_and_signing_itself(either_ed25519):
    vector = VECTORS["checkpoints"][0]
    log, witness = notes.key(KEYS["log"]["vkey"]), notes.key(KEYS["univ"]["vkey"])

    assert notes.signed_bytes(log, vector["note_text"], 0).hex() == vector["log_signed_bytes_hex"]
    assert notes.signed_bytes(witness, vector["note_text"], vector["time"]) == vector["cosig_signed_text"].encode()
    seed = bytes.fromhex(KEYS["log"]["seed_hex"])
    signature = ed25519.sign(seed, vector["note_text"].encode(), fast=either_ed25519)
    line = f"\u2014 {log.name} {b64encode(log.number + signature).decode()}\n"
    assert line == vector["log_sig_line_text"]


def test_a_cosignature_of_the_later_kind():
    vector, note = VECTORS["mldsa"], notes.note(VECTORS["checkpoints"][0]["signed_text"].encode())
    witness = notes.key(KEYS["pq witness"]["vkey"])
    signed = notes.note((note.text + "\n" + vector["sig_line_text"]).encode())
    time = VECTORS["checkpoints"][0]["time"]

    assert mldsa.KNOWN
    assert notes.signed_bytes(witness, note.text, time).hex() == vector["signed_message_hex"]
    assert notes.signers(signed, [witness]) == {witness: time}
    with pytest.raises(NotVerified, match="does not belong"):
        notes.signers(notes.Note(note.text.replace("\n5\n", "\n6\n"), signed.lines), [witness])


def test_what_cannot_be_checked_here_does_not_count(monkeypatch):
    monkeypatch.setattr(mldsa, "KNOWN", False)
    text = VECTORS["checkpoints"][0]["note_text"]
    signed = notes.note((text + "\n" + VECTORS["mldsa"]["sig_line_text"]).encode())

    assert notes.signers(signed, [notes.key(KEYS["pq witness"]["vkey"])]) == {}


def test_the_policy_and_its_quorum(either_ed25519):
    believed = policy.read(VECTORS["policy_text"].encode())
    note = notes.note(VECTORS["checkpoints"][0]["signed_text"].encode())

    found = policy.vouched(believed, note)
    alone = policy.vouched(believed, notes.Note(note.text, note.lines[:2]))

    assert (found.quorum, sorted(found.times)) == (True, ["ngo", "univ"])
    assert (alone.quorum, sorted(alone.times)) == (False, ["univ"])


def test_a_proof_of_an_entry(either_ed25519):
    believed = policy.read(VECTORS["policy_text"].encode())
    index = VECTORS["proofs"]["entry_index"]
    entry = VECTORS["entries"]["jcs"][index].encode()
    found = proofs.read(VECTORS["proofs"]["plain_text"].encode())

    assert (found.index, found.extra) == (index, None)
    assert proofs.verify(found, entry, believed).checkpoint.size == 5
    with pytest.raises(NotVerified, match="does not lead"):
        proofs.verify(found, entry.replace(b"written", b"spoken_"), believed)


def test_a_receipt_of_the_vectors(either_ed25519):
    found = proofs.read(VECTORS["proofs"]["receipt_text"].encode())
    inside = json.loads(found.extra)
    entry = strict.json_of(inside["entry"].encode())
    row = strict.json_of(inside["row"].encode())

    proofs.verify(found, inside["entry"].encode(), policy.read(VECTORS["policy_text"].encode()))
    tree.verify_inclusion(
        tree.leaf_hash(inside["row"].encode()),
        inside["row_index"],
        entry["body"]["count"],
        [strict.base64(item, 32) for item in inside["row_path"]],
        strict.base64(entry["body"]["root"], 32),
    )
    opening = b"csp-commit-v1\x00" + bytes.fromhex(inside["salt"]) + strict.canonical(inside["opening"])
    assert b64encode(sha256(opening).digest()).decode() == row["c"]


def test_rows_commitments_and_lots():
    found = VECTORS["results"]
    leaves = [tree.leaf_hash(row.encode()) for row in found["rows_jcs"]]

    for one, row in zip(found["openings"], found["rows_jcs"], strict=True):
        strict.json_of(one["opening_jcs"].encode())
        opening = b"csp-commit-v1\x00" + bytes.fromhex(one["salt_hex"]) + one["opening_jcs"].encode()
        assert b64encode(sha256(opening).digest()).decode() == one["commitment_b64"] == json.loads(row)["c"]
    assert [leaf.hex() for leaf in leaves] == found["row_leaf_hex"]
    root = tree.root(leaves)
    assert b64encode(root).decode() == found["root_b64"]
    for index, path in enumerate(found["row_proofs_b64"]):
        tree.verify_inclusion(leaves[index], index, found["count"], [b64decode(item) for item in path], root)
    scores = {row["p"]: (-row["score_milli"], -row["oral_milli"]) for row in map(json.loads, found["rows_jcs"])}
    for p, lot in found["lots"].items():
        assert sha256(b"csp-lot-v1\x00" + bytes.fromhex(found["lot_seed_hex"]) + p.encode()).hexdigest() == lot
    assert [p for _place, p in found["ranking"]] == sorted(scores, key=lambda p: (scores[p], found["lots"][p]))


def test_entries_their_bundle_and_their_tile():
    found = VECTORS["entries"]
    entries = [text.encode() for text in found["jcs"]]
    leaves = [tree.leaf_hash(entry) for entry in entries]

    assert [leaf.hex() for leaf in leaves] == found["leaf_hex"]
    assert [b64encode(tree.root(leaves[:size])).decode() for size in range(8)] == found["roots_b64"]
    assert tiles.entries(bytes.fromhex(found["bundle"]["hex"]), 7) == entries
    assert tiles.hashes(bytes.fromhex(found["tile"]["hex"]), 7) == leaves
    assert found["bundle"]["path"] == tiles.path(tiles.ENTRIES, 0, 7)
    assert found["tile"]["path"] == tiles.path(0, 0, 7)
    for entry in entries:
        assert strict.canonical(strict.json_of(entry)) == entry


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (strict.decimal, "strict_decimal"),
        (strict.base64, "strict_base64"),
        (lambda text: strict.json_of(text.encode()), "strict_json"),
    ],
)
def test_strict_readings(read, name):
    for text in VECTORS[name]["accept"]:
        read(text)
    for text in VECTORS[name]["reject"]:
        with pytest.raises(NotVerified):
            read(text)


def test_no_vector_was_forgotten():
    assert set(VECTORS) == {
        *("meta", "hash", "tree8", "negative_proofs", "accepted_although_size_is_wrong", "tile_paths"),
        *("tiles_to_write", "tree_of_70000", "decimal_tree", "keys", "results", "entries", "checkpoints", "mldsa"),
        *("policy_text", "proofs", "witness", "strict_decimal", "strict_base64", "strict_json"),
    }
