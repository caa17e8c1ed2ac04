"""Canonical JSON (RFC 8785 for our subset): one spelling for one fact, so that hashes agree."""

import json
from typing import Any


class NotCanonical(ValueError):
    """The value holds something that has no canonical spelling here (a float, a non-string key …)."""


def canonical(value: Any) -> bytes:
    """`value` as canonical JSON in UTF-8: sorted keys, no spaces, integers only.

    Decimals travel as strings: a float has no single spelling and is refused.
    Raises NotCanonical for floats, non-string keys, integers beyond 2**53 and unknown types.
    """
    _check(value, "$")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _check(value: Any, where: str) -> None:
    match value:
        case None | bool() | str():
            return
        case int():
            if abs(value) >= 2**53:
                raise NotCanonical(f"{where}: integer beyond 2**53")
        case list() | tuple():
            for position, item in enumerate(value):
                _check(item, f"{where}[{position}]")
        case dict():
            for key, item in value.items():
                if not isinstance(key, str) or not key.isascii():
                    raise NotCanonical(f"{where}: keys are ASCII strings")
                _check(item, f"{where}.{key}")
        case _:
            raise NotCanonical(f"{where}: {type(value).__name__} has no canonical form")
