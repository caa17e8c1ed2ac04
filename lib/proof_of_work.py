"""Proof of work: a browser searches for a number, which costs it about a second and the server one hash to check.

The messages are those of ALTCHA, version 1 (altcha.org): a challenge is the SHA-256 of a salt and a secret number,
signed; who finds the number by counting sends it back with the salt. Nothing about the visitor is in it.
"""

import base64
import binascii
import hashlib
import json
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.crypto import constant_time_compare, salted_hmac

GOOD_FOR = 2 * 3600  # seconds: as long as somebody writes a long text on a phone
MOST_CHARS = 1000
# Ends in "&", so that digits of the number cannot be passed off as digits of the time.
SALT = re.compile(r"[0-9a-f]{24}\?expires=([0-9]{10})&for=([a-z-]{1,40})&", re.ASCII)


@dataclass(frozen=True)
class Solved:
    """A challenge that somebody worked for, and when it loses its worth."""

    challenge: str
    expires_at: datetime


def challenge(purpose: str, *, work: int, at: datetime) -> dict:
    """A task for a form of this purpose (letters and hyphens): at most `work` hashes, half of them on average."""
    salt = f"{secrets.token_hex(12)}?expires={int(at.timestamp()) + GOOD_FOR}&for={purpose}&"
    found = _hash(salt, secrets.randbelow(work + 1))
    return {
        "algorithm": "SHA-256",
        "challenge": found,
        "maxnumber": work,
        "salt": salt,
        "signature": _signature(found),
    }


def solved(payload: str, purpose: str, *, at: datetime) -> Solved | None:
    """What `payload` (JSON in base64) proves for this purpose at this time; None when it proves nothing.

    Whether it was used before is not known here.
    """
    given = _read(payload)
    if given is None:
        return None
    salt = SALT.fullmatch(given["salt"])
    if not salt or salt[2] != purpose or int(salt[1]) <= at.timestamp():
        return None
    if not constant_time_compare(_hash(given["salt"], given["number"]), given["challenge"]):
        return None
    if not constant_time_compare(_signature(given["challenge"]), given["signature"]):
        return None
    return Solved(given["challenge"], datetime.fromtimestamp(int(salt[1]), UTC))


def _read(payload: str) -> dict | None:
    if len(payload) > MOST_CHARS:
        return None
    try:
        given = json.loads(base64.b64decode(payload, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        return None
    if not isinstance(given, dict) or given.get("algorithm") != "SHA-256":
        return None
    number = given.get("number")
    if type(number) is not int or not 0 <= number < 10**9:
        return None
    if not all(isinstance(given.get(name), str) for name in ("salt", "challenge", "signature")):
        return None
    return given


def _hash(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signature(found: str) -> str:
    return salted_hmac("proof-of-work", found, algorithm="sha256").hexdigest()
