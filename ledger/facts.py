"""What may be said in the public record: one allow-list of fields per kind of fact.

A field is named with the type it must have. Nothing else passes, so that no personal data can slip in with a
new key. What a person wrote stands there as a salted commitment only: an entry can never be taken back.
"""

import re
from typing import Any

from ledger import spelling
from ledger.tlog import canon
from ledger.tlog.notes import parse_vkey
from ledger.tlog.scalars import TlogError, b64d

DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}")
IDENTIFIER = re.compile(r"[0-9a-f]{32}")
TEXT_LIMIT = 500
VERSION = 1
LONGEST = 65_535

KINDS: dict[str, dict[str, str]] = {
    "log.genesis": {"origin": "code", "vkey": "vkey"},
    "log.key": {"vkey": "vkey"},
    "log.key.retired": {"vkey": "vkey", "reason": "words?"},
    "vacancy.published": {"recruitment": "code", "formations": "count", "quota": "count", "digest": "digest"},
    "vacancy.changed": {"recruitment": "code", "formation": "code?", "digest": "digest", "reason": "words?"},
    "schedule.changed": {
        "recruitment": "code", "stage": "code", "field": "code", "old": "instant?", "new": "instant?",
        "reason": "words",
    },
    "clarification.given": {"recruitment": "code", "number": "count", "supersedes": "count?", "digest": "digest"},
    "rulepack.bound": {"recruitment": "code", "rulepack": "code", "digest": "digest"},
    "registration.closed": {"recruitment": "code", "stage": "code", "applications": "count"},
    "participants.imported": {
        "recruitment": "code", "stage": "code", "rows": "count", "added": "count", "digest": "digest",
    },
    "applications.batch": {"count": "count", "root": "digest"},
    "scores.approved": {
        "recruitment": "code", "stage": "code", "batch": "count", "rows": "count", "digest": "digest",
        "reason": "words?",
    },
    "scores.shown": {
        "recruitment": "code", "stage": "code", "session": "code", "delivery": "count", "rows": "count", "root": "digest",
    },
    "announcement.frozen": {
        "recruitment": "code", "stage": "code", "number": "code", "version": "count", "digest": "digest",
        "rows": "count", "rows_digest": "digest", "rows_root": "digest?", "supersedes": "count?", "reason": "words?",
    },
    "announcement.attested": {
        "recruitment": "code", "stage": "code", "number": "code", "version": "count", "serial": "count",
        "digest": "digest", "size": "count", "supersedes": "count?", "reason": "words?",
    },
    "row.redacted": {
        "recruitment": "code", "stage": "code", "number": "code", "version": "count", "place": "count", "leaf": "digest",
        "redacted": "count", "digest": "digest", "rows_digest": "digest",
    },
    "delay.noticed": {"recruitment": "code", "stage": "code", "number": "code", "due": "instant", "issues": "count"},
    "objection.decided": {
        "recruitment": "code", "stage": "code", "number": "code", "result": "code", "digest": "digest",
    },
    "hold.placed": {"recruitment": "code", "stage": "code", "hold": "count"},
    "hold.confirmed": {"recruitment": "code", "stage": "code", "hold": "count"},
    "hold.lifted": {"recruitment": "code", "stage": "code", "hold": "count", "as": "code", "reason": "words"},
    "finding.confirmed": {"finding": "code", "evidence": "digest"},
    "finding.sent": {"finding": "code", "evidence": "digest"},
    "finding.answered": {"finding": "code", "digest": "digest"},
    "finding.returned": {"finding": "code", "digest": "digest"},
    "finding.rechecked": {"finding": "code", "recruitment": "code", "stage": "code", "files": "count"},
    "finding.reviewed": {"finding": "code", "recruitment": "code", "stage": "code", "applied": "count"},
    "finding.published": {"finding": "code", "digest": "digest"},
    "finding.assessed": {"finding": "code", "digest": "digest", "adequate": "count"},
    "finding.escalated": {"finding": "code", "body": "code", "digest": "digest"},
    "finding.escalation.answered": {"finding": "code", "body": "code", "outcome": "code", "digest": "digest"},
    "finding.overdue": {"finding": "code", "due": "instant"},
    "finding.clock.moved": {"finding": "code", "old": "instant", "new": "instant"},
    "finding.closed": {"finding": "code", "digest": "digest"},
    "panel.sealed": {"recruitment": "code", "members": "count", "inside": "count", "digest": "digest"},
    "sheet.locked": {
        "recruitment": "code", "stage": "code", "component": "code", "sheet": "count", "rows": "count", "digest": "digest",
    },
    "choice.made": {
        "recruitment": "code", "stage": "code", "number": "code", "version": "count", "formation": "code",
        "digest": "digest",
    },
    "training.published": {"training": "code", "seats": "count", "rule": "code", "digest": "digest"},
    "training.committed": {"training": "code", "party": "code", "digest": "digest"},
    "training.cancelled": {"training": "code", "reason": "words"},
    "training.certified": {"training": "code", "people": "count", "digest": "digest"},
    "training.closed": {"training": "code", "people": "count", "digest": "digest"},
    "training.revealed": {"training": "code", "party": "code", "round": "count", "value": "digest"},
    "training.withheld": {"training": "code", "party": "code", "round": "count"},
    "training.drawn": {
        "training": "code", "round": "count", "size": "count", "root": "digest", "seed": "digest", "people": "count",
        "seats": "count", "digest": "digest",
    },
    "exam.sealed": {
        "recruitment": "code", "stage": "code", "session": "code", "items": "count", "seats": "count", "extra": "count",
        "digest": "digest",
    },
    "exam.opened": {"recruitment": "code", "stage": "code", "session": "code"},
    "exam.closed": {
        "recruitment": "code", "stage": "code", "session": "code", "people": "count", "answers": "count",
        "digest": "digest",
    },
    "exam.corrected": {
        "recruitment": "code", "stage": "code", "session": "code", "people": "count", "changed": "count",
        "digest": "digest", "reason": "words",
    },
    "exam.resit": {
        "recruitment": "code", "stage": "code", "session": "code", "people": "count", "digest": "digest",
        "reason": "words",
    },
    "report.key": {"number": "count", "digest": "digest"},
    "audit.committed": {"recruitment": "code", "stage": "code", "party": "code", "digest": "digest"},
    "audit.revealed": {"recruitment": "code", "stage": "code", "party": "code", "round": "count", "value": "digest"},
    "audit.withheld": {"recruitment": "code", "stage": "code", "party": "code", "round": "count"},
    "audit.drawn": {
        "recruitment": "code", "stage": "code", "round": "count", "size": "count", "root": "digest", "seed": "digest",
        "beacon": "digest?", "population": "count", "sample": "count", "digest": "digest",
    },
    "report.published": {"number": "code", "about": "code", "digest": "digest"},
    "reports.tallied": {"until": "instant", "digest": "digest"},
}  # fmt: skip
# Whose word a fact is, where it is not the office's.
# The team's own acts. report.key is not among them: the first records state it as the office's word, and it stays so.
TEAM = {
    "hold.placed", "hold.confirmed", "finding.confirmed", "finding.sent", "finding.published", "finding.returned",
    "finding.assessed", "finding.escalated", "finding.escalation.answered", "finding.closed",
}  # fmt: skip


class NotAFact(ValueError):
    """The body does not match the allow-list of its kind."""


def envelope(kind: str, body: dict[str, Any], *, identifier: str, at: str, late: bool = False) -> bytes:
    """The canonical bytes of a fact. Raises NotAFact unless they are what `check` accepts.

    `late` marks a fact that was written down long after its instant `at`.
    """
    fact = {"v": VERSION, "type": kind, "id": identifier, "at": at, "by": by(kind), "body": body}
    if late:
        fact["late"] = True
    try:
        text = canon.canon(fact)
    except TlogError as error:
        raise NotAFact(f"{kind}: {error}") from None
    check(text)
    return text


def by(kind: str) -> str:
    """Who states a fact of this kind: office, team or the log itself."""
    if kind in TEAM:
        return "team"
    return "log" if kind.startswith("log.") else "office"


def check(text: bytes) -> dict[str, Any]:
    """The fact that the bytes of an entry spell; NotAFact unless spelling, envelope and every field are allowed."""
    if len(text) > LONGEST:
        raise NotAFact("longer than an entry may be")
    try:
        fact = canon.load(text)
    except TlogError as error:
        raise NotAFact(str(error)) from None
    if not isinstance(fact, dict) or fact.keys() - {"late"} != {"v", "type", "id", "at", "by", "body"}:
        raise NotAFact("not the envelope of a fact")
    kind = fact["type"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise NotAFact(f"unknown kind of fact: {kind}")
    if (
        type(fact["v"]) is not int
        or fact["v"] != VERSION
        or fact.get("late", True) is not True
        or fact["by"] != by(kind)
    ):
        raise NotAFact(f"{kind}: not the envelope of a fact")
    if not _fits("instant", fact["at"]) or not isinstance(fact["id"], str) or not IDENTIFIER.fullmatch(fact["id"]):
        raise NotAFact(f"{kind}: not the envelope of a fact")
    if not isinstance(fact["body"], dict):
        raise NotAFact(f"{kind}: no body")
    _check_body(kind, fact["body"])
    return fact


def check_kind(text: bytes, kind: str) -> None:
    """Return when the bytes of an entry spell a fact of this kind; NotAFact otherwise. As strict as `check`."""
    if (usual := USUAL.get(kind)) and usual.fullmatch(text):
        return
    if (inside := check(text)["type"]) != kind:
        raise NotAFact(f"it is filed as {kind}, but is {inside}")


def words_of(kind: str) -> set[str]:
    """The fields of a kind that a person writes in words."""
    return {name for name, shape in KINDS.get(kind, {}).items() if shape.startswith("words")}


def _check_body(kind: str, body: dict[str, Any]) -> None:
    fields = KINDS[kind]
    required = {name for name, shape in fields.items() if not shape.endswith("?")}
    if missing := required - body.keys():
        raise NotAFact(f"{kind}: missing {sorted(missing)}")
    if extra := body.keys() - fields.keys():
        raise NotAFact(f"{kind}: not allowed {sorted(extra)}")
    for name, value in body.items():
        if not _fits(fields[name].rstrip("?"), value):
            raise NotAFact(f"{kind}.{name}: not a {fields[name].rstrip('?')}")


def _fits(shape: str, value: Any) -> bool:
    if shape == "count":
        return type(value) is int and value >= 0
    if not isinstance(value, str):
        return False
    match shape:
        case "digest":
            return bool(DIGEST.fullmatch(value))
        case "instant":
            return bool(INSTANT.fullmatch(value))
        case "code":
            return bool(CODE.fullmatch(value))
        case "words":
            return _is(b64d, value, 32)
        case "vkey":
            return _is(parse_vkey, value)
    return False


def _is(read, *given) -> bool:
    try:
        read(*given)
    except TlogError:
        return False
    return True


USUAL = {
    kind: spelling.usual(
        kind,
        by(kind),
        fields,
        version=VERSION,
        texts={"digest": DIGEST, "instant": INSTANT, "code": CODE, "id": IDENTIFIER},
    )
    for kind, fields in KINDS.items()
}
