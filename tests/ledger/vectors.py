"""The worked vectors of the formats, and ways to spoil them."""

import base64
import json
from pathlib import Path

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "tlog_vectors.json").read_text(encoding="utf-8"))


def hexes(found: list[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in found]


def b64s(found: list[str]) -> list[bytes]:
    return [base64.b64decode(one) for one in found]


def key(use: str) -> dict:
    return next(one for one in VECTORS["keys"] if one["use"] == use)
