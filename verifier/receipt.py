"""Checks what an applicant holds in hand: a receipt of an application, a shown score or a result (RECORD.md 4 and 5)."""

import hashlib
from datetime import UTC, datetime

from verifier import chronicle, notes, policy, proofs
from verifier.chronicle import DIGEST, Fact, instant
from verifier.policy import Policy
from verifier.record import say_witnesses
from verifier.report import PROMISED, Report
from verifier.strict import NotVerified, base64, canonical, decimal, json_of, loose_json, shown
from verifier.tree import leaf_hash, verify_inclusion

FORMAT = "jabatan-terbuka-receipt-v1"
TAG = b"csp-commit-v1\x00"
LARGEST_RECEIPT = 1 << 20
IDENTITY = {"nid", "name"}
LONGEST_PATH = 63


def check(raw: bytes, believed: Policy, report: Report, *, me: dict[str, str], now: datetime) -> int:
    """Say what the receipt proves; the exit code. Raises NotVerified where it proves nothing."""
    receipt = loose_json(raw)
    if not isinstance(receipt, dict) or receipt.get("format") != FORMAT:
        raise NotVerified(f"this is no receipt of the format {FORMAT}")
    kind, opening = receipt.get("kind"), receipt.get("opening")
    if kind not in ("submission", "score", "result") or not isinstance(opening, dict) or opening.get("kind") != kind:
        raise NotVerified("a receipt and its opening say whether they are of a submission, a score or a result")
    commitment = commitment_of(receipt, opening)
    compare_identity(opening, me, report)
    if kind == "submission" and "entry" not in receipt:
        return promised(receipt, commitment, believed, report, now)
    entry = logged(receipt, believed, report)
    if kind == "submission":
        compare_submission(receipt, opening, commitment, entry, report)
    elif kind == "score":
        compare_score(receipt, opening, commitment, entry, report)
    else:
        compare_result(receipt, opening, commitment, entry, report)
    return report.verdict()


def commitment_of(receipt: dict, opening: dict) -> bytes:
    """The commitment, recomputed from salt and opening; the receipt must state the same. Raises NotVerified."""
    salt, stated = receipt.get("salt"), receipt.get("commitment")
    if not isinstance(salt, str) or not DIGEST.fullmatch(salt):
        raise NotVerified("the salt is 64 hex digits")
    bytes_of_opening = canonical(opening)
    json_of(bytes_of_opening)
    found = hashlib.sha256(TAG + bytes.fromhex(salt) + bytes_of_opening).digest()
    if not isinstance(stated, str) or base64(stated, 32) != found:
        raise NotVerified("the opening and the salt do not give the commitment: the receipt was changed")
    return found


def compare_identity(opening: dict, me: dict[str, str], report: Report) -> None:
    """The opening names the person, and no other than `me` says."""
    if not all(isinstance(opening.get(key), str) and opening[key] for key in IDENTITY):
        raise NotVerified("the opening does not name the person: it could be shown to several")
    report.say(f"The receipt is about {opening['name']}, {opening['nid']}.")
    for key, value in me.items():
        if opening.get(key) != value:
            report.doubt(f"The receipt is about someone else: {key} is {shown(opening.get(key))}.")


def logged(receipt: dict, believed: Policy, report: Report) -> Fact:
    """The entry that the receipt carries, in a checkpoint that log and witnesses signed. Raises NotVerified."""
    entry, proof = _text(receipt, "entry").encode(), proofs.read(_text(receipt, "proof").encode())
    vouched = proofs.verify(proof, entry, believed)
    report.say(f"Entry {proof.index} of {vouched.checkpoint.size} in {vouched.checkpoint.origin}, signed by the log.")
    say_witnesses(believed, vouched, report)
    return chronicle.fact(proof.index, json_of(entry))


def compare_submission(receipt: dict, opening: dict, commitment: bytes, entry: Fact, report: Report) -> None:
    """The commitment is in the batch that the entry records. Raises NotVerified."""
    if entry.kind != chronicle.BATCH:
        raise NotVerified(f"the entry is no batch of applications but {shown(entry.kind)}")
    _included(receipt, commitment, entry.number("count"), entry.hash("root"))
    _same(opening, entry, ("recruitment",), report)
    report.say(f"The application is one of {entry.number('count')} in the batch of {entry.at:%Y-%m-%d %H:%M:%S} UTC.")


def compare_score(receipt: dict, opening: dict, commitment: bytes, entry: Fact, report: Report) -> None:
    """The commitment is in the delivery of scores that the entry records. Raises NotVerified."""
    if entry.kind != chronicle.SHOWN:
        raise NotVerified(f"the entry is no delivery of scores but {shown(entry.kind)}")
    scores = opening.get("scores")
    if not isinstance(scores, dict) or not all(value is None or isinstance(value, str) for value in scores.values()):
        raise NotVerified("the opening does not say which scores were shown")
    _included(receipt, commitment, entry.number("rows"), entry.hash("root"))
    for name in ("recruitment", "stage", "session"):
        if opening.get(name) != entry.text(name):
            report.doubt(f"The opening says {name} {shown(opening.get(name))}, the record {shown(entry.text(name))}.")
    told = ", ".join(f"{key} {'absent' if value is None else value}" for key, value in sorted(scores.items()))
    report.say(
        f"Delivery {entry.number('delivery')} of session {entry.text('session')}, {entry.number('rows')} scores."
    )
    report.say(f"Participant {shown(opening.get('p'))}, shown at {shown(opening.get('at'))}: {told}.")


def compare_result(receipt: dict, opening: dict, commitment: bytes, entry: Fact, report: Report) -> None:
    """The row is in the announced list and can only be this person's. Raises NotVerified."""
    if entry.kind != chronicle.ANNOUNCEMENT:
        raise NotVerified(f"the entry is no announcement but {shown(entry.kind)}")
    text = _text(receipt, "row").encode()
    row = json_of(text)
    if not isinstance(row, dict) or not isinstance(row.get("c"), str) or base64(row["c"], 32) != commitment:
        raise NotVerified("the row bears another commitment: it is not the row of this person")
    if not isinstance(row.get("p"), str) or opening.get("p") != row["p"]:
        raise NotVerified("the row and the opening name different participant numbers")
    _included(receipt, text, entry.number("rows"), entry.hash("rows_root"))
    _same(opening, entry, ("number", "stage", "recruitment"), report)
    if opening.get("number") != entry.text("number"):
        report.doubt("The opening does not say to which announcement it belongs.")
    version = entry.number("version")
    report.say(f"Announcement {entry.text('number')}, version {version}, list of {entry.number('rows')}.")
    report.say(f"Participant {row['p']}: {_row_in_words(row)}")


def _row_in_words(row: dict) -> str:
    names = {"code": "result", "rank": "rank", "final": "final value", "total": "total"}
    return ", ".join(f"{name} {row[key]}" for key, name in names.items() if key in row) or "no result"


def _included(receipt: dict, leaf: bytes, size: int, root: bytes) -> None:
    index, path = receipt.get("index"), receipt.get("path")
    if type(index) is not int or not isinstance(path, list) or len(path) > LONGEST_PATH:
        raise NotVerified("the receipt does not say where the leaf stands")
    if not all(isinstance(item, str) for item in path):
        raise NotVerified("the path is a list of hashes")
    verify_inclusion(leaf_hash(leaf), index, size, [base64(item, 32) for item in path], root)


def _same(opening: dict, entry: Fact, names: tuple, report: Report) -> None:
    for name in names:
        if name in opening and name in entry.fields and opening[name] != entry.fields[name]:
            report.doubt(f"The opening says {name} {shown(opening[name])}, the record {shown(entry.fields[name])}.")


def promised(receipt: dict, commitment: bytes, believed: Policy, report: Report, now: datetime) -> int:
    """A signed promise: what was sent will be in a batch until a stated time. Past that time it is evidence."""
    note = notes.note(_text(receipt, "promise").encode())
    lines = note.text.split("\n")
    keys = [key for key in believed.logs if key.name == lines[0] and lines[0].endswith("/promise")]
    if not keys:
        raise NotVerified(f"the policy knows no key for promises of the name {shown(lines[0])}")
    if not notes.signers(note, keys):
        raise NotVerified("the promise is not signed by the portal")
    if len(lines) != 6 or lines[5]:
        raise NotVerified("a promise has five lines: name, commitment, size of the record, time, until when")
    if base64(lines[1], 32) != commitment:
        raise NotVerified("the promise is about another application")
    size, at, due = decimal(lines[2]), instant(lines[3]), instant(lines[4])
    say_checkpoint(receipt, lines[0].removesuffix("/promise"), size, believed, report)
    report.say(f"Received at {at:%Y-%m-%d %H:%M:%S} UTC. The portal signed that it will be recorded until then:")
    report.say(f"{due:%Y-%m-%d %H:%M:%S} UTC. This is a promise, not yet a proof that it is in the record.")
    if now.astimezone(UTC) > due:
        report.doubt(
            "That time has passed. Ask for the complete receipt; without it, this file proves a broken promise."
        )
    if report.problems:
        return report.verdict()
    print("Baru janji: tanda terima ini sah, tetapi belum tercatat. Unduh lagi setelah waktu di atas.")
    return PROMISED


def say_checkpoint(receipt: dict, origin: str, size: int, believed: Policy, report: Report) -> None:
    """The newest checkpoint at the time of the promise, which goes with it. Raises NotVerified."""
    vouched = policy.vouched(believed, notes.note(_text(receipt, "checkpoint").encode()))
    if (vouched.checkpoint.origin, vouched.checkpoint.size) != (origin, size):
        raise NotVerified("the checkpoint that goes with the promise is another one")
    report.say(f"The record had {size} entries at that time.")


def _text(receipt: dict, name: str) -> str:
    found = receipt.get(name)
    if not isinstance(found, str):
        raise NotVerified(f"the receipt has no {name}")
    return found
