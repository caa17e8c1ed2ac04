"""Numbers and bytes as text, with exactly one spelling each."""

import base64
import binascii
import re

DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
LARGEST = 2**63 - 1


class TlogError(ValueError):
    """The text, proof or signature is not what it must be. The only failure these modules signal."""


def dec(text: str) -> int:
    """The number that `text` spells: ASCII digits, no sign, no leading zero, at most 2**63 − 1."""
    if not DECIMAL.fullmatch(text) or (value := int(text)) > LARGEST:
        raise TlogError("not a decimal number")
    return value


def b64d(text: str, size: int | None = None) -> bytes:
    """The bytes that `text` spells in padded RFC 4648 base64; exactly `size` of them where given."""
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise TlogError("not base64") from None
    if b64e(value) != text:  # bits that no byte holds have to be zero
        raise TlogError("not canonical base64")
    if size is not None and len(value) != size:
        raise TlogError(f"not {size} bytes")
    return value


def b64e(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")
