"""The three lines that a record signs (tlog-checkpoint)."""

import re
from dataclasses import dataclass

from ledger.tlog.scalars import LARGEST, TlogError, b64d, b64e, dec


@dataclass(frozen=True)
class Checkpoint:
    """Size and root of one record at one moment. Take both from the same one: a root does not commit to its size."""

    origin: str
    size: int
    root: bytes


def check_origin(origin: str) -> str:
    """`origin`, an address without scheme; raises TlogError where it cannot stand in a checkpoint."""
    if not origin or re.search(r"[\s+\x00-\x1f]", origin):
        raise TlogError("an origin has no space and no plus sign")
    return origin


def format_checkpoint(checkpoint: Checkpoint) -> str:
    if len(checkpoint.root) != 32 or not 0 <= checkpoint.size <= LARGEST:
        raise TlogError("not a tree")
    return f"{check_origin(checkpoint.origin)}\n{checkpoint.size}\n{b64e(checkpoint.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The tree that `text` names. Extension lines are refused: not every cosigner covers them."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise TlogError("a checkpoint has three lines")
    return Checkpoint(check_origin(lines[0]), dec(lines[1]), b64d(lines[2], 32))
