"""Who must have signed before a checkpoint counts (tlog-policy)."""

from collections.abc import Collection
from dataclasses import dataclass, field

from ledger.tlog.checkpoints import Checkpoint, parse_checkpoint
from ledger.tlog.notes import COSIGNER, LOG, POST_QUANTUM, Key, parse_vkey, verify_note
from ledger.tlog.scalars import TlogError, dec


@dataclass(frozen=True)
class Policy:
    """The keys of the log, the witnesses and groups by name, and the name that must be met; None = no witness.

    `urls` is where a witness answers, for those whose line says so.
    """

    logs: tuple[Key, ...]
    witnesses: dict[str, Key]
    groups: dict[str, tuple[int, tuple[str, ...]]]
    quorum: str | None
    urls: dict[str, str] = field(default_factory=dict)

    def check(self, note: bytes) -> tuple[Checkpoint, dict[Key, int | None]]:
        """The tree of `note` and its signers; TlogError unless the log and the quorum signed it."""
        text, signers = verify_note(note, [*self.logs, *self.witnesses.values()])
        checkpoint = parse_checkpoint(text)
        if not any(key in signers and key.name == checkpoint.origin for key in self.logs):
            raise TlogError("the log did not sign the checkpoint")
        if not self.is_met(signers):
            raise TlogError("the quorum of witnesses is missing")
        return checkpoint, signers

    def is_met(self, signers: Collection[Key]) -> bool:
        """Whether these keys are enough."""
        return self.quorum is None or self._met(self.quorum, signers)

    def _met(self, name: str, signers: Collection[Key]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in signers
        needed, members = self.groups[name]
        return sum(self._met(member, signers) for member in members) >= needed

    def fewest(self) -> int:
        """How many witnesses have to sign at least."""
        return 0 if self.quorum is None else self._fewest(self.quorum)

    def _fewest(self, name: str) -> int:
        if name in self.witnesses:
            return 1
        needed, members = self.groups[name]
        return sum(sorted(map(self._fewest, members))[:needed])


def parse_policy(text: str) -> Policy:
    logs: list[Key] = []
    witnesses: dict[str, Key] = {}
    groups: dict[str, tuple[int, tuple[str, ...]]] = {}
    urls: dict[str, str] = {}
    quorums: list[str] = []
    placed: set[str] = set()
    for line in text.split("\n"):
        if not line.strip(" \t") or line.lstrip(" \t").startswith("#"):
            continue
        match line.split():
            case ["log", vkey] | ["log", vkey, _]:
                logs.append(_key(vkey, LOG))
            case ["witness", name, vkey, *url] if len(url) < 2:
                _new(name, witnesses, groups)
                witnesses[name] = _key(vkey, COSIGNER, POST_QUANTUM)
                if url:
                    urls[name] = url[0]
            case ["group", name, count, *members] if members:
                _new(name, witnesses, groups)
                if any(one not in witnesses and one not in groups for one in members):
                    raise TlogError("a group names what no earlier line has")
                if len(set(members)) != len(members) or not placed.isdisjoint(members):
                    raise TlogError("a name belongs to two groups")
                placed |= set(members)
                needed = {"any": 1, "all": len(members)}.get(count) or dec(count)
                if not 1 <= needed <= len(members):
                    raise TlogError("a group that nobody can meet, or everybody")
                groups[name] = needed, tuple(members)
            case ["quorum", name]:
                if name != "none" and name not in witnesses and name not in groups:
                    raise TlogError("a quorum that no earlier line has")
                quorums.append(name)
            case _:
                raise TlogError("an unknown line in a policy")
    keys = [key.public for key in [*logs, *witnesses.values()]]
    if len(set(keys)) != len(keys):
        raise TlogError("one key under two names")
    if not logs or len(quorums) != 1:
        raise TlogError("a policy has a log and one quorum")
    return Policy(tuple(logs), witnesses, groups, None if quorums[0] == "none" else quorums[0], urls)


def _key(vkey: str, *kinds: int) -> Key:
    key = parse_vkey(vkey)
    if key.alg not in kinds:
        raise TlogError("a key of the wrong kind for its line")
    return key


def _new(name: str, *taken: dict) -> None:
    if name == "none" or any(name in one for one in taken):
        raise TlogError("a name stands for two things")
