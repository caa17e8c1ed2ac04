"""A proof that an entry is in the record: tlog-proof, version 1."""

from dataclasses import dataclass

from verifier import notes, policy
from verifier.notes import Note
from verifier.policy import Policy, Vouched
from verifier.strict import NotVerified, base64, decimal, text_of
from verifier.tree import leaf_hash, verify_inclusion

HEADING = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63
LARGEST_PROOF = 1024 * 1024


@dataclass(frozen=True)
class Proof:
    """Where an entry stands, the path to the root, and the checkpoint. `extra` is not authenticated by the proof."""

    index: int
    path: list[bytes]
    note: Note
    extra: bytes | None


def read(raw: bytes) -> Proof:
    """The proof that `raw` spells. Raises NotVerified."""
    if len(raw) > LARGEST_PROOF:
        raise NotVerified("the proof is too long")
    head, gap, note = text_of(raw).partition("\n\n")
    heading, *lines = head.split("\n")
    if heading != HEADING or not gap:
        raise NotVerified(f"a proof begins with {HEADING} and holds a checkpoint after an empty line")
    extra = base64(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index "):
        raise NotVerified("the line with the index is missing")
    index = decimal(lines[0].removeprefix("index "))
    if len(lines) - 1 > LONGEST_PATH:
        raise NotVerified("the path is too long")
    return Proof(index, [base64(line, 32) for line in lines[1:]], notes.note(note.encode()), extra)


def verify(proof: Proof, entry: bytes, believed: Policy) -> Vouched:
    """The checkpoint that holds `entry`, as the policy vouches for it. Raises NotVerified, also below the quorum."""
    found = policy.vouched(believed, proof.note)
    verify_inclusion(leaf_hash(entry), proof.index, found.checkpoint.size, proof.path, found.checkpoint.root)
    if not found.quorum:
        raise NotVerified("not enough witnesses cosigned this checkpoint")
    return found
