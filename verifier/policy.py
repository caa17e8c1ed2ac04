"""Whom to believe: the log's keys, the witnesses and how many of them (tlog-policy)."""

import re
from dataclasses import dataclass, field

from verifier import notes
from verifier.notes import Checkpoint, Key, Note
from verifier.strict import NotVerified, decimal, shown

LARGEST_POLICY = 256 * 1024
BLANKS = re.compile(r"[ \t]+")


@dataclass
class Policy:
    """Keys and the rule; `groups` maps a name to (how many, members), `quorum` is None where nobody need cosign."""

    logs: list[Key] = field(default_factory=list)
    witnesses: dict[str, Key] = field(default_factory=dict)
    groups: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    quorum: str | None = None

    def is_met(self, name: str | None, by: set[Key]) -> bool:
        """Whether the witness or group `name` vouches when the keys `by` do."""
        if name is None:
            return True
        if name in self.witnesses:
            return self.witnesses[name] in by
        needed, members = self.groups[name]
        return sum(self.is_met(member, by) for member in members) >= needed


@dataclass(frozen=True)
class Vouched:
    """A checkpoint that a log of the policy signed; `times` is when each witness cosigned, `quorum` whether enough did."""

    checkpoint: Checkpoint
    times: dict[str, int]
    quorum: bool


def read(raw: bytes) -> Policy:
    """The policy that `raw` spells. Raises NotVerified with the number of the line."""
    if len(raw) > LARGEST_POLICY:
        raise NotVerified("the policy is too long")
    found, quorums, members = Policy(), 0, set()
    for number, line in enumerate(raw.decode("utf-8", "surrogateescape").split("\n"), start=1):
        words = [word for word in BLANKS.split(line) if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            if any(character < " " and character != "\t" or character == "\x7f" for character in line):
                raise NotVerified("a control character")
            match words:
                case ["log", key, *url] if len(url) < 2:
                    _add_log(found, key)
                case ["witness", name, key, *url] if len(url) < 2:
                    _add_witness(found, name, key)
                case ["group", name, count, *names] if names:
                    _add_group(found, name, count, names, members)
                case ["quorum", name]:
                    quorums += 1
                    if name != "none" and name not in found.witnesses and name not in found.groups:
                        raise NotVerified(f"{shown(name)} is not defined above")
                    found.quorum = None if name == "none" else name
                case _:
                    raise NotVerified("not a line of a policy")
        except NotVerified as error:
            raise NotVerified(f"line {number} of the policy: {error}") from None
    if quorums != 1:
        raise NotVerified("a policy has exactly one line that begins with quorum")
    return found


def _add_log(found: Policy, text: str) -> None:
    key = notes.key(text)
    if key.kind == notes.COSIGNER:
        raise NotVerified("this is the key of a witness, not of a log")
    if any(key.public == other.public for other in found.logs):
        raise NotVerified("this key stands there twice")
    found.logs.append(key)


def _add_witness(found: Policy, name: str, text: str) -> None:
    key = notes.key(text)
    _check_new(found, name)
    if key.kind == notes.LOG:
        raise NotVerified("this is the key of a log, not of a witness")
    if any(key.public == other.public for other in found.witnesses.values()):
        raise NotVerified("this key stands there twice")
    found.witnesses[name] = key


def _add_group(found: Policy, name: str, count: str, names: list[str], members: set[str]) -> None:
    _check_new(found, name)
    for one in names:
        if one not in found.witnesses and one not in found.groups:
            raise NotVerified(f"{shown(one)} is not defined above")
        if one in members:
            raise NotVerified(f"{shown(one)} is a member twice")
        members.add(one)
    needed = {"any": 1, "all": len(names)}.get(count) or decimal(count)
    if not 1 <= needed <= len(names):
        raise NotVerified(f"{needed} of {len(names)} can never be counted")
    found.groups[name] = (needed, names)


def _check_new(found: Policy, name: str) -> None:
    if name == "none" or name in found.witnesses or name in found.groups:
        raise NotVerified(f"the name {shown(name)} is taken")


def vouched(policy: Policy, note: Note) -> Vouched:
    """The checkpoint in `note`, signed by a log of the policy, and who cosigned it. Raises NotVerified.

    A checkpoint below the quorum is returned with `quorum` false: the caller must not take it for effective.
    """
    found = notes.checkpoint(note.text)
    logs = [key for key in policy.logs if key.name == found.origin]
    if not logs:
        raise NotVerified(f"the policy knows no log of the name {shown(found.origin)}")
    if not notes.signers(note, logs):
        raise NotVerified("no log of the policy signed this checkpoint")
    times = notes.signers(note, list(policy.witnesses.values()))
    names = {name: times[key] for name, key in policy.witnesses.items() if key in times}
    return Vouched(found, names, policy.is_met(policy.quorum, set(times)))
