"""Every worked vector of keys, notes, cosignatures, policies, proofs and witnesses, and what must be refused."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from ledger.tlog import checkpoints, notes, policy, proofs, witness
from ledger.tlog.scalars import TlogError, b64e
from tests.ledger.vectors import VECTORS, b64s, key

FIVE, SEVEN = VECTORS["checkpoints"]
LOG = notes.parse_vkey(key("log")["vkey"])
POLICY = policy.parse_policy(VECTORS["policy_text"])
FORK = VECTORS["witness"]["fork_checkpoint_text"].encode()


def signer(use: str):
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key(use)["seed_hex"])).sign


@pytest.mark.parametrize("one", VECTORS["keys"], ids=lambda one: one["use"])
def test_a_key_has_its_id_and_its_spelling(one):
    found = notes.parse_vkey(one["vkey"])

    assert (found.name, found.alg, found.id.hex(), str(found)) == (
        one["name"],
        one["alg"],
        one["key_id_hex"],
        one["vkey"],
    )


def test_the_log_signs_exactly_the_checkpoint_text():
    tree = checkpoints.parse_checkpoint(FIVE["note_text"])

    assert checkpoints.format_checkpoint(tree) == FIVE["note_text"]
    assert tree.size == FIVE["size"]
    assert notes.signed_bytes(LOG, FIVE["note_text"]).hex() == FIVE["log_signed_bytes_hex"]
    assert notes.sign_line(LOG, FIVE["note_text"], signer("log")) == FIVE["log_sig_line_text"]


@pytest.mark.parametrize(("which", "use"), [(FIVE, "univ"), (FIVE, "ngo"), (SEVEN, "univ"), (SEVEN, "court")])
def test_a_cosigner_signs_text_and_time(which, use):
    cosigner = notes.parse_vkey(key(use)["vkey"])

    line = notes.sign_line(cosigner, which["note_text"], signer(use), which["time"])

    assert line in which["signed_text"]
    if which is FIVE:
        assert notes.signed_bytes(cosigner, which["note_text"], which["time"]).decode() == FIVE["cosig_signed_text"]


@pytest.mark.parametrize("which", [FIVE, SEVEN], ids=lambda one: str(one["size"]))
def test_a_signed_checkpoint_tells_its_signers_and_their_times(which):
    note = which["signed_text"].encode()

    text, signers = notes.verify_note(note, [notes.parse_vkey(one["vkey"]) for one in VECTORS["keys"]])

    assert text == which["note_text"]
    assert bytes(notes.parse_note(note)) == note
    assert len(signers) == 3
    assert {time for found, time in signers.items() if found != LOG} == {which["time"]}
    assert POLICY.check(note)[0].size == which["size"]


def test_a_post_quantum_cosignature_is_read_and_made():
    one = key("pq witness")
    cosigner = notes.parse_vkey(one["vkey"])
    given = FIVE["note_text"] + "\n" + VECTORS["mldsa"]["sig_line_text"]
    private = MLDSA44PrivateKey.from_seed_bytes(bytes.fromhex(one["seed_hex"]))
    made = notes.sign_line(cosigner, FIVE["note_text"], private.sign, FIVE["time"])

    assert notes.signed_bytes(cosigner, FIVE["note_text"], FIVE["time"]).hex() == VECTORS["mldsa"]["signed_message_hex"]
    for note in (given, FIVE["note_text"] + "\n" + made):
        assert notes.verify_note(note.encode(), [cosigner])[1] == {cosigner: FIVE["time"]}
    with pytest.raises(TlogError):
        notes.verify_note(given.replace("\n5\n", "\n6\n", 1).encode(), [cosigner])


def spoiled(text: str) -> dict[str, bytes]:
    line = FIVE["log_sig_line_text"]
    raw = bytearray(base64.b64decode(line.split(" ")[2]))
    raw[-1] ^= 1
    return {
        "another size": text.replace("\n5\n", "\n6\n").encode(),
        "another signature": text.replace(line, f"— {LOG.name} {b64e(bytes(raw))}\n").encode(),
        "no known signer": text.replace(LOG.name + " ", "log.other.example ").encode(),
        "no signature": FIVE["note_text"].encode() + b"\n",
        "no empty line": text.replace("\n\n", "\n").encode(),
        "no newline at the end": text[:-1].encode(),
        "a carriage return": text.replace("\n", "\r\n").encode(),
        "a tab": text.replace("— ", "—\t").encode(),
        "not UTF-8": text.encode() + b"\xff",
        "a hyphen for the dash": text.replace("— ", "- ").encode(),
        "loose base64": text.replace("=\n\n", "\n\n").encode(),
        "too many signatures": (text + FIVE["log_sig_line_text"] * 70).encode(),
        "too long": (text + FIVE["log_sig_line_text"] * 9000).encode(),
        "an empty signature line": text.encode() + b"\n",
        "a short signature": text.replace(line, f"— {LOG.name} {b64e(bytes(raw[:30]))}\n").encode(),
    }


@pytest.mark.parametrize("why", spoiled(FIVE["signed_text"]))
def test_a_spoiled_note_is_refused(why):
    with pytest.raises(TlogError):
        POLICY.check(spoiled(FIVE["signed_text"])[why])


def test_one_bad_signature_of_a_known_key_spoils_the_note_and_an_unknown_one_does_not():
    other = FIVE["signed_text"] + f"— stranger.example {b64e(b'1234' + bytes(64))}\n"
    bad = FIVE["signed_text"].replace("nIAuNAAAAABppV", "nIAuNAAAAABppW")

    assert POLICY.check(other.encode())[0].size == 5
    with pytest.raises(TlogError):
        POLICY.check(bad.encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "log.example\n5\n",
        "log.example\n5\nAAAA\n",
        f"log.example\n05\n{b64e(bytes(32))}\n",
        f"log.example\n5\n{b64e(bytes(32))}",
        f"log.example\n5\n{b64e(bytes(32))}\nextension\n",
        f"log+example\n5\n{b64e(bytes(32))}\n",
        f"log example\n5\n{b64e(bytes(32))}\n",
        f"\n5\n{b64e(bytes(32))}\n",
        f"log.example\n9223372036854775808\n{b64e(bytes(32))}\n",
    ],
)
def test_a_checkpoint_has_three_strict_lines(text):
    with pytest.raises(TlogError):
        checkpoints.parse_checkpoint(text)


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "log.example+9d98ceb7",
        key("log")["vkey"].replace("9d98ceb7", "9d98ceb8"),
        key("log")["vkey"].replace("9d98ceb7", "9D98CEB7"),
        key("log")["vkey"].replace("/2026+", "/2027+"),
        key("log")["vkey"] + "=",
        key("log")["vkey"][:-4],
        "a b+00000000+" + b64e(b"\x01" + bytes(32)),
        "a+00000000+" + b64e(b"\x09" + bytes(32)),
        "a+00000000+",
    ],
)
def test_a_vkey_that_does_not_fit_is_refused(vkey):
    with pytest.raises(TlogError):
        notes.parse_vkey(vkey)


def test_the_same_key_for_log_and_cosigner_has_two_ids():
    assert notes.Key(LOG.name, notes.LOG, LOG.public).id != notes.Key(LOG.name, notes.COSIGNER, LOG.public).id


def test_a_policy_needs_the_log_and_the_quorum():
    text, lines = FIVE["note_text"], FIVE["signed_text"].split("\n\n")[1].splitlines(keepends=True)

    def with_lines(*wanted):
        return (text + "\n" + "".join(lines[place] for place in wanted)).encode()

    assert len(POLICY.check(with_lines(0, 1, 2))[1]) == 3
    for wanted in [(0,), (0, 1), (1, 2)]:
        with pytest.raises(TlogError):
            POLICY.check(with_lines(*wanted))
    alone = policy.parse_policy(f"log {LOG}\nquorum none\n")
    assert alone.check(with_lines(0))[0].size == 5


UNIV, NGO = key("univ")["vkey"], key("ngo")["vkey"]


@pytest.mark.parametrize(
    "text",
    [
        "quorum none\n",
        f"log {LOG}\n",
        f"log {LOG}\nquorum none\nquorum none\n",
        f"log {LOG}\nquorum univ\n",
        f"log {LOG}\nwitness univ {UNIV}\nwitness univ {NGO}\nquorum univ\n",
        f"log {LOG}\nwitness univ {UNIV}\nwitness twin {UNIV}\nquorum univ\n",
        f"log {LOG}\nwitness none {UNIV}\nquorum none\n",
        f"log {LOG}\nwitness univ {LOG}\nquorum univ\n",
        f"log {UNIV}\nquorum none\n",
        f"log {LOG}\nwitness univ {UNIV}\ngroup g 2 univ\nquorum g\n",
        f"log {LOG}\nwitness univ {UNIV}\ngroup g 0 univ\nquorum g\n",
        f"log {LOG}\nwitness univ {UNIV}\ngroup g 1 univ univ\nquorum g\n",
        f"log {LOG}\ngroup g 1 univ\nwitness univ {UNIV}\nquorum g\n",
        f"log {LOG}\nwitness univ {UNIV}\ngroup g any univ\ngroup h any univ\nquorum g\n",
        f"log {LOG}\nwitness univ {UNIV}\ngroup g any\nquorum g\n",
        f"log {LOG}\nsomething else\nquorum none\n",
    ],
)
def test_a_policy_that_could_be_read_in_two_ways_is_refused(text):
    with pytest.raises(TlogError):
        policy.parse_policy(text)


def test_groups_of_groups_are_counted():
    court = key("court")["vkey"]
    text = f"log {LOG}\nwitness univ {UNIV}\nwitness ngo {NGO}\nwitness court {court}\n"
    text += "group one any univ ngo\ngroup both all one court\nquorum both\n"

    assert policy.parse_policy(text).check(SEVEN["signed_text"].encode())[0].size == 7
    with pytest.raises(TlogError):
        policy.parse_policy(text).check(FIVE["signed_text"].encode())


ENTRY = VECTORS["entries"]["jcs"][VECTORS["proofs"]["entry_index"]].encode()


@pytest.mark.parametrize("which", ["plain_text", "receipt_text"])
def test_a_proof_is_read_written_and_leads_to_its_checkpoint(which):
    text = VECTORS["proofs"][which].encode()

    found = proofs.parse_proof(text)

    assert proofs.format_proof(found) == text
    assert found.index == VECTORS["proofs"]["entry_index"]
    assert proofs.verify_proof(found, ENTRY, POLICY).size == 5
    assert (found.extra is None) == (which == "plain_text")


def test_a_proof_of_something_else_is_refused():
    text = VECTORS["proofs"]["plain_text"]
    wrong = [text.replace("index 4", "index 3"), text.replace("\n5\n", "\n6\n"), text.replace("P3M9", "P3M8")]

    for one in wrong:
        with pytest.raises(TlogError):
            proofs.verify_proof(proofs.parse_proof(one.encode()), ENTRY, POLICY)
    with pytest.raises(TlogError):
        proofs.verify_proof(proofs.parse_proof(text.encode()), ENTRY + b" ", POLICY)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"c2sp.org/tlog-proof@v1\nindex 4\n",
        b"c2sp.org/tlog-proof@v2\nindex 4\n\nx\n",
        b"c2sp.org/tlog-proof@v1\n\nx\n",
        b"c2sp.org/tlog-proof@v1\nindex 04\n\nx\n",
        b"c2sp.org/tlog-proof@v1\nindex 4\nAAAA\n\nx\n",
        b"c2sp.org/tlog-proof@v1\nextra !\nindex 4\n\nx\n",
        b"c2sp.org/tlog-proof@v1\nextra AAAA\n\nx\n",
        b"c2sp.org/tlog-proof@v1\nindex 4\n" + (b64e(bytes(32)).encode() + b"\n") * 64 + b"\nx\n",
        "c2sp.org/tlog-proof@v1\nindex ٤\n\nx\n".encode(),
    ],
)
def test_a_proof_out_of_shape_is_refused(text):
    with pytest.raises(TlogError):
        proofs.parse_proof(text)


def test_a_witness_answers_as_in_the_worked_exchanges():
    seen: dict = {}
    for one in VECTORS["witness"]["exchanges_in_order"]:
        answer = witness.witness_step(one["request_text"].encode(), {LOG.name: [LOG]}, seen.get)

        assert answer[:2] == (one["status"], one["content_type"]), one["why"]
        if one["body_text"] is not None:
            assert answer[2] == one["body_text"]
        assert (answer[3] is not None) == (one["status"] == 200)
        if answer[3]:
            seen[LOG.name] = answer[3]
    assert seen[LOG.name].size == 7


def test_a_witness_may_be_asked_for_the_same_tree_again():
    now = checkpoints.parse_checkpoint(SEVEN["note_text"])
    body = witness.format_add_checkpoint(7, [], SEVEN["signed_text"].encode())

    assert witness.witness_step(body, {LOG.name: [LOG]}, {LOG.name: now}.get)[0] == 200


def test_a_request_to_a_witness_is_written_as_in_the_worked_exchange():
    one = VECTORS["witness"]["exchanges_in_order"][1]
    lines = one["request_text"].split("\n\n")[0].split("\n")[1:]
    note = one["request_text"].partition("\n\n")[2].encode()

    assert witness.format_add_checkpoint(5, b64s(lines), note).decode() == one["request_text"]


@pytest.mark.parametrize(
    "body",
    [b"", b"old 5\n", b"old five\n\n" + FORK, b"new 0\n\n" + FORK, b"old 0\nAAAA\n\n" + FORK, b"\xff\n\n" + FORK]
    + [b"old 0\n" + (b64e(bytes(32)).encode() + b"\n") * 64 + b"\n" + FORK, b"old 0\n\nno note"],
)
def test_a_request_out_of_shape_is_answered_400(body):
    assert witness.witness_step(body, {LOG.name: [LOG]}, {}.get)[0] == 400


def test_a_signed_empty_tree_with_another_root_is_answered_422():
    text = f"{LOG.name}\n0\n{b64e(bytes(32))}\n"
    note = (text + "\n" + notes.sign_line(LOG, text, signer("log"))).encode()

    assert witness.witness_step(b"old 0\n\n" + note, {LOG.name: [LOG]}, {}.get)[0] == 422
