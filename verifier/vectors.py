"""Runs the test vectors of a pack (RULES.md section 11)."""

from collections import Counter
from typing import Any

from .decimals import pack_number
from .pack import Pack, stage_of
from .ranking import results
from .refusals import Refused
from .scores import expanded, read_objects
from .skb_weights import EXTRA, MAIN, weight_faults


def failures(pack: Pack) -> list[str]:
    """One sentence per vector that does not come out; empty when all do."""
    found = []
    for vector in pack["vectors"]:
        try:
            wrong = _wrong(pack, vector)
        except Refused as refused:
            wrong = f"refused: {refused}"
        if wrong:
            found.append(f"{vector['name']}: {wrong}")
    return found


def _wrong(pack: Pack, vector: dict[str, Any]) -> str:
    if "skb_weights" in vector:
        return _wrong_weights(pack, vector)
    stage = stage_of(pack, vector["stage"])
    if "refused" in vector:
        try:
            read_objects(vector["rows"], stage)
        except Refused as refused:
            return "" if vector["refused"] in str(refused) else f"refused for another reason: {refused}"
        return "was not refused"
    came = {row.row_id: row for row in results(stage, read_objects(vector["rows"], stage))}
    for wanted in expanded(vector["expect"]):
        row = came.get(wanted["row_id"])
        if row is None:
            return f"{wanted['row_id']} is not in the result"
        for column, value in wanted.items():
            if getattr(row, column) != value:
                return f"{wanted['row_id']}: {column} is {getattr(row, column)!r}, not {value!r}"
    counts = Counter(row.code for row in came.values())
    if "counts" in vector and counts != Counter(vector["counts"]):
        return f"counts are {dict(counts)}, not {vector['counts']}"
    return ""


def _wrong_weights(pack: Pack, vector: dict[str, Any]) -> str:
    tests = [
        (MAIN if test["method"] == "cat" else EXTRA, test["method"], pack_number(test["weight"]))
        for test in vector["skb_weights"]
    ]
    found = weight_faults(tests, pack["scope"])
    if vector["accepted"]:
        return "; ".join(found)
    return "" if found else "the weights were accepted"
