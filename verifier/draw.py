"""A draw that nobody could choose: make a secret, and compute a sample or an order again from what was shown.

A secret is 32 random bytes. Its digest, the SHA-256 of the SHA-256, is given out before registration closes. In the
first round the inner hash is shown, in a second round the secret itself. All values are 64 hex digits.
"""

import hashlib
import re
import secrets

from verifier.strict import NotVerified

VALUE = re.compile(r"[0-9a-f]{64}", re.ASCII)
NUMBER = re.compile(r"[0-9A-Z]{1,40}", re.ASCII)
NOTHING = "-"
TRAINING = "pelatihan"  # stands in a seed where an audit names its recruitment; the stage is the training


def sha256(value: str) -> str:
    """SHA-256 of the bytes that `value` spells in hex."""
    return hashlib.sha256(bytes.fromhex(value)).hexdigest()


def new_secret() -> tuple[str, str, str]:
    """(what is given out now, what is shown in round 1, what is shown in round 2 and is the secret)."""
    last = secrets.token_hex(32)
    first = sha256(last)
    return sha256(first), first, last


def fits(digest: str, number: int, value: str) -> bool:
    """Whether `value` is what the giver of `digest` had to show in round `number` (1 or 2)."""
    for _ in range(number):
        value = sha256(value)
    return value == digest


def seed(recruitment: str, stage: str, number: int, team: str, office: str, size: int, root: str, beacon: str) -> str:
    """SHA-256 over the nine lines of a draw; NOTHING stands for a value that takes no part."""
    for value in (team, office, root, beacon):
        if value != NOTHING and not VALUE.fullmatch(value):
            raise NotVerified("a value is 64 hex digits, or - where there is none")
    text = "\n".join(
        ("jabatan-terbuka.audit.v1", recruitment, stage, str(number), team, office, str(size), root, beacon, "")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def sample(found: str, people: set[str]) -> list[str]:
    """Who is drawn: one in twenty, ten at least, fifty at most; those whose hash with the seed is lowest."""
    count = min(len(people), 50, max(10, -(-len(people) // 20)))
    return order(found, people)[:count]


def order(found: str, people: set[str]) -> list[str]:
    """Everybody, those first whose hash with the seed is lowest: nobody's place depends on who else takes part."""
    return sorted(people, key=lambda one: hashlib.sha256(f"{found}\n{one}\n".encode()).digest())


def listed(raw: bytes) -> list[str]:
    """The numbers of a closed list, one per line, each once. Raises NotVerified."""
    try:
        people = raw.decode("ascii").split()
    except UnicodeDecodeError:
        raise NotVerified("the list holds numbers of capital letters and digits, one per line") from None
    if not all(NUMBER.fullmatch(one) for one in people) or len(set(people)) < len(people):
        raise NotVerified("the list holds numbers of capital letters and digits, each once")
    return people


def digest_of(people: list[str]) -> str:
    """What the record holds of a sample: SHA-256 over its numbers, one per line."""
    return hashlib.sha256("".join(f"{one}\n" for one in people).encode()).hexdigest()
