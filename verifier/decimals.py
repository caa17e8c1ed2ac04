"""Exact decimal numbers as whole thousandths: "70.727" is 70727.

Three decimals are the most any pack may use, so every value is a whole number of thousandths and no
binary float is needed. Only a weighted mark leaves that grid, and `rounded_quotient` brings it back
without ever cutting the exact quotient first.
"""

import re

UNIT = 1000
PLACES = 3

# ASCII only: str.isdigit and \d also accept full-width and Arabic digits.
IN_PACK = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,3})?", re.ASCII)
IN_SCORES = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,12}))?", re.ASCII)


def pack_number(value: object) -> int:
    """Thousandths of a number in a pack: an integer or a string of digits. ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"{value!r} is not an integer or a decimal written as a string")
    if not IN_PACK.fullmatch(str(value)):
        raise ValueError(f"{value!r} is not a number with at most 7 digits and 3 decimals")
    whole, _, fraction = str(value).partition(".")
    return int(whole) * UNIT + int(fraction.ljust(PLACES, "0"))


def score_number(text: str, decimals: int) -> int:
    """Thousandths of a number in a score file. Decimals beyond `decimals` must be zeros. ValueError otherwise."""
    match = IN_SCORES.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is not a number (digits 0-9 and a point)")
    whole, fraction = match[1], (match[2] or "").rstrip("0")
    if len(fraction) > decimals:
        raise ValueError(f"{text!r} has more than {decimals} decimals")
    return int(whole) * UNIT + int(fraction.ljust(PLACES, "0"))


def rounded_quotient(numerator: int, denominator: int, decimals: int) -> int:
    """numerator / denominator (in thousandths), rounded half up to `decimals`, in thousandths."""
    step = 10 ** (PLACES - decimals)
    return (2 * numerator + denominator * step) // (2 * denominator * step) * step


def written(thousandths: int, decimals: int) -> str:
    """The number with exactly `decimals` decimals. It must have no more than that."""
    whole, rest = divmod(thousandths, UNIT)
    return f"{whole}.{rest:03d}"[: -(PLACES - decimals) or None] if decimals else str(whole)
