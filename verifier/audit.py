"""A sampled audit: rows that a public number chose, and the application that stands behind each.

A row that belongs to nobody is missed by nobody. So an outside body draws rows by a number that did not exist when
the list was recorded, asks to see the person, and publishes for each row the commitment made when that person
applied. Format: RECORD.md, section 6.
"""

import hashlib

from verifier import chronicle
from verifier.chronicle import DIGEST, Fact
from verifier.report import Report
from verifier.rows import Rows
from verifier.strict import NotVerified, base64, loose_json, shown
from verifier.tree import leaf_hash, verify_inclusion

FORMAT = "jabatan-terbuka-audit-v1"
TAG = b"csp-audit-v1\x00"
LARGEST_AUDIT = 16 << 20


def drawn(seed: bytes, count: int, sample: int) -> list[int]:
    """The places of `sample` different rows of `count`, as the number `seed` draws them."""
    found: dict[int, None] = {}
    turn = 0
    while len(found) < min(sample, count):
        digest = hashlib.sha256(TAG + seed + turn.to_bytes(4, "big")).digest()
        found[int.from_bytes(digest, "big") % count] = None
        turn += 1
    return list(found)


def check(raw: bytes, rows: Rows, entry: Fact, record, report: Report) -> None:
    """Hold an audit against the list and the record: nothing else was drawn, and an application stands behind each."""
    about = loose_json(raw)
    if not isinstance(about, dict) or about.get("format") != FORMAT or not isinstance(about.get("opened"), list):
        raise NotVerified("the audit is not in the format this tool knows")
    if (about.get("number"), about.get("version")) != (entry.text("number"), entry.number("version")):
        raise NotVerified("the audit is about another announcement")
    seed, sample = about.get("seed"), about.get("sample")
    if not isinstance(seed, str) or not DIGEST.fullmatch(seed) or type(sample) is not int or sample < 1:
        raise NotVerified("the audit does not say which number drew how many rows")
    opened = {one.get("p"): one for one in about["opened"] if isinstance(one, dict) and isinstance(one.get("p"), str)}
    seen = iter(rows.read())
    people = [None if place in rows.hidden else next(seen)["p"] for place in range(rows.count)]
    chosen = [people[place] for place in drawn(bytes.fromhex(seed), rows.count, sample)]
    if hidden := chosen.count(None):
        report.say(f"{hidden} of the drawn rows are redacted: nobody can look at them any more.")
        chosen = [p for p in chosen if p is not None]
    used: set[bytes] = set()
    for p in chosen:
        if problem := ghost(opened.get(p), record, used):
            report.doubt(f"Audit, row of {shown(p)}: {problem}. The row may be a ghost.")
    report.say(f"{len(chosen)} rows were drawn by the audit's number and looked at.")


def ghost(one: dict | None, record, used: set[bytes]) -> str | None:
    """Why nobody stands behind a drawn row, or None when an application does."""
    if one is None:
        return "drawn, but not opened"
    if one.get("registered") is not True:
        return "the audit body found no such person"
    try:
        commitment = _commitment(one, record)
    except NotVerified as error:
        return f"no application in the record stands behind it: {error}"
    if commitment in used:
        return "its application stands behind another row already"
    used.add(commitment)
    return None


def _commitment(one: dict, record) -> bytes:
    texts = [one.get("commitment"), *(one["path"] if isinstance(one.get("path"), list) else [None])]
    if not all(isinstance(text, str) for text in texts) or not all(type(one.get(k)) is int for k in ("batch", "index")):
        raise NotVerified("no proof was given")
    batch = next((f for f in record.facts if f.index == one["batch"] and f.kind == chronicle.BATCH), None)
    if batch is None:
        raise NotVerified(f"entry {one['batch']} is no batch of applications")
    commitment, *path = [base64(text, 32) for text in texts]
    verify_inclusion(leaf_hash(commitment), one["index"], batch.number("count"), path, batch.hash("root"))
    return commitment
