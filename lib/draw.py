"""A sample that nobody can choose: the arithmetic, for whoever has the numbers. `verifier/draw.py` does the same.

Each party keeps a secret of 32 bytes and gives out its digest before registration closes: the SHA-256 of the
SHA-256 of the secret. In the first round it shows the inner hash, in a second round the secret itself, so that one
digest serves both and the second value is unknown until it is shown. Values are written in lower-case hex.
"""

import hashlib
import math
from collections.abc import Iterable

LEAST, MOST, SHARE = 10, 50, 20  # one file in twenty, ten at least, fifty at most


def link(value: str) -> str:
    """The hash that must have been known before `value` was: SHA-256 of its bytes."""
    return hashlib.sha256(bytes.fromhex(value)).hexdigest()


def size(population: int) -> int:
    """How many of `population` files are drawn."""
    return min(population, MOST, max(LEAST, math.ceil(population / SHARE)))


def seed(
    recruitment: str,
    stage: str,
    number: int,
    *,
    team: str | None,
    office: str | None,
    checkpoint: int,
    root: str,
    beacon: str = "",
) -> str:
    """The seed of round `number`: SHA-256 over nine lines, with a dash for a value that is not part of it."""
    lines = ["jabatan-terbuka.audit.v1", recruitment, stage, str(number), team or "-", office or "-", str(checkpoint),
             root, beacon or "-"]  # fmt: skip
    return hashlib.sha256("".join(f"{one}\n" for one in lines).encode()).hexdigest()


def place(seed: str, participant: str) -> str:
    """Where a participant stands: the lowest are drawn. Depends on nobody else."""
    return hashlib.sha256(f"{seed}\n{participant}\n".encode()).hexdigest()


def drawn(seed: str, participants: Iterable[str], count: int) -> list[str]:
    """The `count` participants that come first, in their order."""
    return sorted(participants, key=lambda one: place(seed, one))[:count]


def digest(participants: Iterable[str]) -> str:
    """SHA-256 over a list of participant numbers, one per line."""
    return hashlib.sha256("".join(f"{one}\n" for one in participants).encode()).hexdigest()
