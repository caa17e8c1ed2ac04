"""Canonical JSON (RFC 8785) in a narrow profile, and salted commitments to it.

Integers only, so that every language reads the same number; text in NFC without invisible characters, so that
what looks equal is equal. Checked when written and when read.
"""

import hashlib
import json
import re
import unicodedata
from typing import Any

from ledger.tlog.scalars import TlogError
from ledger.tlog.tree import leaf_hash

LARGEST_INTEGER = 2**53 - 1
KEY = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
PLAIN = re.compile(r"[\x20-\x7e]*", re.ASCII)
# Control, format (bidi, zero width), unassigned, private, surrogate; line and paragraph separators.
INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
SPELLER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
COMMITMENT = b"csp-commit-v1\0"
LOT = b"csp-lot-v1\0"


def canon(value: Any) -> bytes:
    """The one spelling of `value` in UTF-8; TlogError for what has none here."""
    try:
        _check(value)
        return _spell(value)
    except RecursionError:
        raise TlogError("nested too deeply") from None


def load(text: bytes) -> Any:
    """The value that the canonical `text` spells; TlogError for any other spelling, twice the same key included."""
    try:
        value = json.loads(text.decode("utf-8"))
        _check(value)
        again = _spell(value)
    except RecursionError:
        raise TlogError("nested too deeply") from None
    except TlogError:
        raise
    except ValueError:
        raise TlogError("not JSON") from None
    if again != text:
        raise TlogError("not the canonical spelling")
    return value


def commit(salt: bytes, opening: Any) -> bytes:
    """Binds whoever publishes it to `opening`, and says nothing about it without the salt of 32 random bytes."""
    if len(salt) != 32:
        raise TlogError("a salt has 32 bytes")
    return hashlib.sha256(COMMITMENT + salt + canon(opening)).digest()


def lot(seed: bytes, p: str) -> str:
    """The lot of the row `p` under a public seed that nobody knew when the rows were recorded."""
    if len(seed) != 32:
        raise TlogError("a seed has 32 bytes")
    return hashlib.sha256(LOT + seed + p.encode("ascii")).hexdigest()


def row_leaves(rows: list[dict]) -> list[bytes]:
    """The leaf hashes of the rows of a list, which ascend by `p` without a twin."""
    if any(left["p"] >= right["p"] for left, right in zip(rows, rows[1:], strict=False)):
        raise TlogError("rows ascend by p")
    return [leaf_hash(canon(row)) for row in rows]


def _spell(value: Any) -> bytes:
    return SPELLER.encode(value).encode()


def _check(value: Any) -> None:
    kind = type(value)
    if kind is str:
        if not PLAIN.fullmatch(value):
            _check_text(value)
    elif kind is int:
        if not -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            raise TlogError("an integer beyond 2**53 − 1")
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str or not KEY.fullmatch(key):
                raise TlogError("a key is lower-case letters, digits and _")
            _check(item)
    elif kind is list:
        for item in value:
            _check(item)
    elif value is not None and kind is not bool:
        raise TlogError(f"{kind.__name__} has no canonical spelling")


def _check_text(text: str) -> None:
    if not unicodedata.is_normalized("NFC", text):
        raise TlogError("text that is not NFC")
    if any(unicodedata.category(character) in INVISIBLE and character != "\n" for character in text):
        raise TlogError("text with an invisible character")
