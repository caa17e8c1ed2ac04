"""A proof that an entry is in the record, to be kept and checked offline (tlog-proof)."""

import re
from dataclasses import dataclass

from ledger.tlog.checkpoints import Checkpoint
from ledger.tlog.policy import Policy
from ledger.tlog.scalars import TlogError, b64d, b64e, dec
from ledger.tlog.tree import leaf_hash, verify_inclusion

HEADING = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63
HEAD = re.compile(rb"\A(.*?\n)\n(.+)\Z", re.DOTALL)


@dataclass(frozen=True)
class Proof:
    """`extra` is whatever the giver attached; nothing authenticates it but what it opens."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def format_proof(proof: Proof) -> bytes:
    lines = [HEADING]
    if proof.extra is not None:
        lines.append(f"extra {b64e(proof.extra)}")
    lines += [f"index {proof.index}", *map(b64e, proof.path)]
    return "\n".join(lines).encode() + b"\n\n" + proof.checkpoint


def parse_proof(text: bytes) -> Proof:
    match = HEAD.fullmatch(text)
    try:
        lines = match[1].decode("ascii").split("\n")[:-1] if match else []
    except UnicodeDecodeError:
        raise TlogError("not a proof") from None
    if len(lines) < 2 or lines.pop(0) != HEADING:
        raise TlogError("not a proof")
    extra = b64d(lines.pop(0)[6:]) if lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index ") or len(lines) > LONGEST_PATH + 1:
        raise TlogError("not a proof")
    index = dec(lines.pop(0)[6:])
    return Proof(index, tuple(b64d(line, 32) for line in lines), match[2], extra)


def verify_proof(proof: Proof, entry: bytes, policy: Policy) -> Checkpoint:
    """The checkpoint in which `entry` stands; TlogError unless the policy accepts it and the path leads there."""
    checkpoint, _signers = policy.check(proof.checkpoint)
    verify_inclusion(leaf_hash(entry), proof.index, checkpoint.size, list(proof.path), checkpoint.root)
    return checkpoint
