"""Strict readings: a number, base64 and canonical JSON have one spelling each; everything else is refused."""

import binascii
import json
import re
import unicodedata
from base64 import b64decode, b64encode
from functools import lru_cache

DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
KEY = re.compile(r"[a-z][a-z0-9_]*")
LARGEST = 2**63 - 1
LARGEST_IN_JSON = 2**53 - 1
# Controls other than a line feed, marks that turn the direction of writing, characters without width, private use
# and what can never be a character. Code points that this Python does not know yet pass: a table of an older
# version must not call an honest entry false.
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ue000-\uf8ff"
    "\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U0010ffff]"
)


class NotVerified(ValueError):
    """What was given does not prove what it should; the message says why, in a sentence."""


def decimal(text: str) -> int:
    """The number that `text` spells: ASCII digits, no sign, no leading zero, below 2**63. Raises NotVerified."""
    if not DECIMAL.fullmatch(text) or int(text) > LARGEST:
        raise NotVerified(f"{shown(text)} is no whole number as the record writes it")
    return int(text)


def base64(text: str, size: int | None = None) -> bytes:
    """The bytes that `text` spells in padded base64, `size` of them where given. Raises NotVerified."""
    try:
        found = b64decode(text, validate=True) if BASE64.fullmatch(text) else None
    except binascii.Error:
        found = None
    if found is None or b64encode(found).decode() != text:
        raise NotVerified(f"{shown(text)} is not base64 as the record writes it")
    if size is not None and len(found) != size:
        raise NotVerified(f"{shown(text)} holds {len(found)} bytes instead of {size}")
    return found


def text_of(raw: bytes) -> str:
    """`raw` read as UTF-8. Raises NotVerified."""
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise NotVerified(f"not UTF-8 at byte {error.start}") from None


def canonical(value: object) -> bytes:
    """`value` as canonical JSON (RFC 8785, within the profile that `json_of` reads)."""
    return ENCODER.encode(value).encode()


def json_of(raw: bytes) -> object:
    """The value that `raw` spells in canonical JSON, in the one spelling there is. Raises NotVerified.

    Keys are a-z, 0-9 and _; integers lie within 2**53 - 1; no floats; text is NFC without hidden characters.
    """
    text = text_of(raw)
    try:
        value = DECODER.decode(text)
        same = canonical(value) == raw
    except (ValueError, RecursionError) as error:  # surrogates, no JSON, nested beyond measure
        raise error if isinstance(error, NotVerified) else NotVerified(f"no canonical JSON: {error}") from None
    if not same:
        raise NotVerified("no canonical JSON: the same value is spelt otherwise")
    if not text.isascii() or "\\" in text or "\x7f" in text:
        _check_texts(value)
    return value


def loose_json(raw: bytes) -> object:
    """The value that `raw` spells in JSON of any spelling, without repeated keys and floats. Raises NotVerified."""
    try:
        return LOOSE_DECODER.decode(text_of(raw))
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, NotVerified) else NotVerified(f"no JSON: {error}") from None


def shown(text: object) -> str:
    """A short, harmless spelling of something that came from outside, for a message."""
    spelling = ascii(text)
    return spelling if len(spelling) <= 80 else f"{spelling[:60]}…{spelling[-10:]}"


def _no_float(text: str):
    raise NotVerified(f"{shown(text)}: numbers in the record are whole")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST_IN_JSON:
        raise NotVerified(f"{shown(text)}: beyond the whole numbers that JSON can carry")
    return int(text)


def _object(pairs: list[tuple[str, object]]) -> dict:
    for key, _value in pairs:
        if not _is_key(key):
            raise NotVerified(f"the key {shown(key)} is not written in a-z, 0-9 and _")
    return _once(pairs)


@lru_cache(maxsize=1024)
def _is_key(text: str) -> bool:
    return bool(KEY.fullmatch(text))


def _once(pairs: list[tuple[str, object]]) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotVerified("a key is written twice in one object")
    return found


def _check_texts(value: object) -> None:
    match value:
        case str():
            if FORBIDDEN.search(value):
                raise NotVerified(f"{shown(value)} holds a hidden or forbidden character")
            if not unicodedata.is_normalized("NFC", value):
                raise NotVerified(f"{shown(value)} is not in the normal form NFC")
        case list():
            for item in value:
                _check_texts(item)
        case dict():
            for item in value.values():
                _check_texts(item)


_NUMBERS = {"parse_float": _no_float, "parse_constant": _no_float, "parse_int": _integer}
DECODER = json.JSONDecoder(object_pairs_hook=_object, **_NUMBERS)
LOOSE_DECODER = json.JSONDecoder(object_pairs_hook=_once, **_NUMBERS)
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True)
