"""The code by which a reporter comes back: shown once, kept nowhere.

From the code come, slowly, the place where the report is found and the key that opens what the team answers. The
database holds the place and the public half; neither leads back to the code.
"""

import re
import secrets
from dataclasses import dataclass

from lib import sealing

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"  # RFC 4648: there is no 0, 1 or 8
LENGTH = 26  # 130 bits
MISREAD = str.maketrans("018", "OIB")
# The salt is the same for all: the code alone must lead to its report. 130 random bits need no salt; the slow hash
# is for a code of which somebody saw a part. Cost of a sign-in, so that asking is no weapon on two cores.
SALT = b"laporan warga v1"
MEGABYTES, ROUNDS = 19, 2


@dataclass(frozen=True)
class ReporterKeys:
    """What follows from a code: where the report lies, and the key pair of whoever holds the code."""

    lookup: bytes
    private: bytes

    @property
    def public(self) -> bytes:
        return sealing.public_of(self.private)


def new_code() -> str:
    """26 characters from the system's random source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normal(typed: str) -> str | None:
    """The code as it was given out, from what a person typed; None where it cannot be one."""
    code = re.sub(r"[\s\-.]", "", typed).upper().translate(MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def in_groups(code: str) -> str:
    """K7M4-92QX-…: easier to copy by hand."""
    return "-".join(code[place : place + 4] for place in range(0, LENGTH, 4))


def keys_of(code: str) -> ReporterKeys:
    """The place and the key pair of a normal code; takes as long as checking a password."""
    root = sealing.slow(code, SALT, megabytes=MEGABYTES, rounds=ROUNDS)
    return ReporterKeys(sealing.derived(root, "report lookup"), sealing.derived(root, "reporter key"))
