"""What the entries of a record say together: facts, what they point to, and what cannot both be true."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from verifier.strict import NotVerified, base64, shown

ANNOUNCEMENT, BATCH, RULES = "announcement.frozen", "applications.batch", "rulepack.bound"
ATTESTED = "announcement.attested"
SHOWN = "scores.shown"
SCORES, CLOSED, REDACTED = "scores.approved", "registration.closed", "row.redacted"
KEPT = {ANNOUNCEMENT, ATTESTED, BATCH, RULES, SCORES, SHOWN, CLOSED, REDACTED}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)
DIGEST = re.compile(r"[0-9a-f]{64}")
ENVELOPE = {"v", "type", "id", "at", "by", "body"}
NOTHING: dict = {}
TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry: its place in the record, what kind of fact it is, when it was so, the fields it states.

    The fields are kept for the kinds that checks ask for, to spare memory. `late`: written down long after `at`.
    """

    index: int
    kind: str
    at: datetime
    fields: dict
    late: bool = False

    def text(self, name: str) -> str:
        """The field `name`, which must be text. Raises NotVerified."""
        found = self.fields.get(name)
        if not isinstance(found, str):
            raise NotVerified(f"entry {self.index} ({self.kind}) does not state {name}")
        return found

    def number(self, name: str) -> int:
        """The field `name`, which must be a whole number from 0. Raises NotVerified."""
        found = self.fields.get(name)
        if type(found) is not int or found < 0:
            raise NotVerified(f"entry {self.index} ({self.kind}) does not state {name}")
        return found

    def hash(self, name: str) -> bytes:
        """The field `name`, which must be a hash: 64 hex digits, or base64. Raises NotVerified."""
        return hash_of(self.text(name))


def fact(index: int, value: object) -> Fact:
    """The fact that an entry states: an envelope of v, type, id, at, by, body and, where true, late. Raises NotVerified."""
    if not isinstance(value, dict) or value.keys() - {"late"} != ENVELOPE:
        raise NotVerified("an entry is one object with v, type, id, at, by and body")
    kind, fields, late = value["type"], value["body"], value.get("late", False)
    if value["v"] != 1 or type(value["v"]) is not int:
        raise NotVerified("an entry of a version that this tool does not know")
    if not isinstance(kind, str) or not isinstance(fields, dict) or late not in (False, True):
        raise NotVerified("an entry names its type and its body")
    return Fact(index, kind, instant(value["at"]), fields if kind in KEPT else NOTHING, bool(late))


def instant(text: object) -> datetime:
    """The time that `text` spells: 2026-11-17T09:00:00Z. Raises NotVerified."""
    if not isinstance(text, str) or not INSTANT.fullmatch(text):
        raise NotVerified(f"{shown(text)} is no time as the record writes it")
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        raise NotVerified(f"{shown(text)} is no time") from None


def hash_of(text: str) -> bytes:
    """The hash that `text` spells: 64 hex digits, or base64. Raises NotVerified."""
    return bytes.fromhex(text) if DIGEST.fullmatch(text) else base64(text, 32)


def references(value: object) -> list[tuple[int, str]]:
    """Every pointer to an earlier entry inside `value`: objects of exactly `n` and `leaf`."""
    if isinstance(value, dict):
        if value.keys() == {"n", "leaf"}:
            return [(value["n"], value["leaf"])]
        return [one for item in value.values() for one in references(item)]
    return [one for item in value for one in references(item)] if isinstance(value, list) else []


def contradictions(facts: list[Fact]) -> list[str]:
    """What the facts of a record say against each other, in the order of the record."""
    return [
        *second_lists(facts),
        *broken_successions(facts),
        *signed_for_nothing(facts),
        *changed_rules(facts),
        *backdated(facts),
        *stray_redactions(facts),
    ]


def announcements(facts: list[Fact]) -> list[Fact]:
    return [one for one in facts if one.kind == ANNOUNCEMENT]


def redactions(facts: list[Fact], announced: Fact) -> list[Fact]:
    """The rows of an announced list that were redacted since, in the order of the record."""
    wanted = (announced.text("number"), announced.number("version"))
    return [one for one in facts if one.kind == REDACTED and (one.text("number"), one.number("version")) == wanted]


def stray_redactions(facts: list[Fact]) -> list[str]:
    """A row is redacted once, after its list was announced, and each redaction counts one more than the one before."""
    rows, seen, found = {}, {}, []
    for one in facts:
        if one.kind == ANNOUNCEMENT:
            rows[one.text("number"), one.number("version")] = one.number("rows")
        if one.kind != REDACTED:
            continue
        key = (one.text("number"), one.number("version"))
        leaves = seen.setdefault(key, set())
        if one.number("place") >= rows.get(key, 0):
            found.append(f"Entry {one.index}: redacts a row of a list that is not in the record before it.")
        if one.hash("leaf") in leaves or one.number("redacted") != len(leaves) + 1:
            found.append(f"Entry {one.index}: redacts a row twice, or counts the redacted rows of its list wrongly.")
        leaves.add(one.hash("leaf"))
    return found


def second_lists(facts: list[Fact]) -> list[str]:
    """A stage has one list under one number; another would give a person two results."""
    first, found = {}, []
    for one in announcements(facts):
        stage = (one.text("recruitment"), one.text("stage"))
        number = first.setdefault(stage, one.text("number"))
        if number != one.text("number"):
            found.append(
                f"Entry {one.index}: a second list for the stage {stage[1]} of {stage[0]}, beside the number {number}."
            )
    return found


def broken_successions(facts: list[Fact]) -> list[str]:
    """A correction is the next version of its number and points to the one it supersedes."""
    last, found = {}, []
    for one in announcements(facts):
        before = last.get(one.text("number"))
        expected = before.number("version") + 1 if before else 1
        if one.number("version") != expected:
            found.append(f"Entry {one.index}: version {one.number('version')} where version {expected} was due.")
        if before and not _supersedes(one, before):
            found.append(f"Entry {one.index}: a correction that does not point to what it supersedes.")
        if not before and one.fields.get("supersedes") is not None:
            found.append(f"Entry {one.index}: supersedes a list that is not in the record.")
        last[one.text("number")] = one
    return found


def attested(facts: list[Fact]) -> list[Fact]:
    """The documents that somebody signed outside, in the order of the record."""
    return [one for one in facts if one.kind == ATTESTED]


def signed_for_nothing(facts: list[Fact]) -> list[str]:
    """A signed document belongs to a list before it, and follows the one before it of the same number."""
    known, last, found = set(), {}, []
    for one in facts:
        if one.kind == ANNOUNCEMENT:
            known.add((one.text("number"), one.number("version")))
        if one.kind != ATTESTED:
            continue
        number, version, serial = one.text("number"), one.number("version"), one.number("serial")
        if (number, version) not in known:
            found.append(f"Entry {one.index}: a signed document for a list that is not in the record before it.")
        due = max((other for named, other in last if named == number), default=0) + 1
        if serial != due:
            found.append(f"Entry {one.index}: signed document {serial} where document {due} was due.")
        before = max((other for (named, other), of in last.items() if (named, of) == (number, version)), default=None)
        if one.fields.get("supersedes") != before:
            found.append(f"Entry {one.index}: a signed document that does not point to the one it supersedes.")
        last[number, serial] = version
    return found


def _supersedes(later: Fact, before: Fact) -> bool:
    """By the version, or by the place in the record (whose leaf is compared with all other pointers)."""
    pointer = later.fields.get("supersedes")
    if isinstance(pointer, dict):
        return pointer.get("n") == before.index
    return type(pointer) is int and pointer == before.number("version")


def changed_rules(facts: list[Fact]) -> list[str]:
    """The rules of a recruitment stand before its first score and do not change after it."""
    bound, scored, found = {}, set(), []
    for one in facts:
        if one.kind not in (RULES, SCORES):
            continue
        recruitment = one.text("recruitment")
        if one.kind == SCORES:
            scored.add(recruitment)
        elif bound.get(recruitment) not in (None, one.text("digest")) and recruitment in scored:
            found.append(f"Entry {one.index}: other rules for {recruitment} after its first scores.")
        if one.kind == RULES:
            bound[recruitment] = one.text("digest")
    return found


def backdated(facts: list[Fact]) -> list[str]:
    """Batches of applications follow each other in time."""
    found, last = [], None
    for one in facts:
        if one.kind == BATCH:
            if last and one.at <= last.at:
                found.append(
                    f"Entry {one.index}: a batch dated {one.at:%Y-%m-%d %H:%M:%S} UTC, before the one it follows."
                )
            last = one
    return found


def older_than_seen(facts: list[Fact], size: int, seen: datetime) -> list[str]:
    """Facts that entered after a checkpoint of `size` was `seen`, but claim an earlier time and are not marked late."""
    return [
        f"Entry {one.index}: dated {one.at:%Y-%m-%d %H:%M:%S} UTC, but it entered after {seen:%Y-%m-%d %H:%M:%S} UTC."
        for one in facts
        if one.index >= size and one.at < seen - TOLERANCE and not one.late
    ]
