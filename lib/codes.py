"""Random public identifiers that carry no meaning and survive being read aloud."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L


def random_code(length: int) -> str:
    """`length` characters drawn evenly from ALPHABET by the system's random source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
