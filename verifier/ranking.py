"""From scores to results, as RULES.md section 4 says it. Written for reading, one formation at a time."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from verifier.pack import STATUSES

# ASCII only and spelt out: int(), Decimal() and \d also take full-width digits, underscores, signs and exponents.
NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
WHOLE = re.compile(r"[0-9]{1,9}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
IDENTITY = re.compile(r"[^\x00-\x1f\x7f]{1,64}")


class BadRow(ValueError):
    """A row cannot be used; the message names row and field."""


@dataclass(slots=True)
class Row:
    """One person: input columns, and the result once ranked."""

    row_id: str
    formasi_id: str
    need: str
    quota: int
    scores: dict[str, Decimal | None]
    status: str = ""
    ipk: Decimal | None = None
    birth_date: date | None = None
    total: Decimal | None = None
    final: Decimal | None = None
    rank: int | None = None
    closed_order: int | None = None
    code: str = ""
    decided_by: str = ""
    tier: int = 0
    keys: dict = field(default_factory=dict)


def parse(record: dict, rule: dict, line: int) -> Row:
    """A row of the input file as a Row; spaces around a value do not count. Raises BadRow."""

    def text(name: str) -> str:
        return (record.get(name) or "").strip(" ")

    def fail(name: str, why: str):
        raise BadRow(f"row {line} ({text('row_id') or '?'}), {name}: {why}")

    for name in ("row_id", "formasi_id"):
        if not IDENTITY.fullmatch(text(name)):
            fail(name, "1 to 64 characters, no control characters")
    if not WHOLE.fullmatch(text("kuota")):
        fail("kuota", "not a whole number")
    quota = int(text("kuota"))
    if quota < 1:
        fail("kuota", "at least 1")
    scores = {}
    for component in rule["components"]:
        given = text(component["key"])
        scores[component["key"]] = _score(given, component, fail) if given else None
    status = text("status")
    # Only these three: the other keys of `codes` are results, and a row may not name its own result.
    if status and status not in STATUSES:
        fail("status", f"unknown: {status}")
    return Row(
        text("row_id"),
        text("formasi_id"),
        text("kebutuhan"),
        quota,
        scores,
        status,
        _ipk(text("ipk"), fail),
        _day(text("birth_date"), fail),
    )


def _score(text: str, component: dict, fail) -> Decimal:
    value, maximum, decimals = _number(text, component["key"], fail), Decimal(component["max"]), component["decimals"]
    if value > maximum:
        fail(component["key"], f"not between 0 and {maximum}: {text}")
    if value != round(value, decimals):
        fail(component["key"], f"more than {decimals} decimals: {text}")
    return value


def _number(text: str, name: str, fail) -> Decimal:
    if not text.isascii():
        fail(name, "only the digits 0 to 9")
    if not NUMBER.fullmatch(text):
        fail(name, f"not a number: {text}")
    return _exact(text)


@lru_cache(maxsize=65536)
def _exact(text: str) -> Decimal:
    """One object per spelling: a million rows hold a few hundred different marks."""
    return Decimal(text)


def _ipk(text: str, fail) -> Decimal | None:
    """A grade point average, or the average mark of a school certificate (out of 100)."""
    if not text:
        return None
    value = _number(text, "ipk", fail)
    if value > 100:
        fail("ipk", f"not between 0 and 100: {text}")
    return value


def _day(text: str, fail) -> date | None:
    if not text:
        return None
    try:
        if DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    fail("birth_date", f"not a date like 1999-12-31: {text}")


def plain(value) -> str:
    """A number without an exponent and without useless zeros; empty for nothing."""
    if value is None:
        return ""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rank(rows: list[Row], rule: dict) -> list[Row]:
    """Give every row its result, and return the rows in output order. Raises BadRow.

    Ids sort by code point, as the database's collation "C" does.
    """
    formations: dict[str, list[Row]] = {}
    seen = set()
    for row in rows:
        if row.row_id in seen:
            raise BadRow(f"row {row.row_id}, row_id: twice in the file")
        seen.add(row.row_id)
        formations.setdefault(row.formasi_id, []).append(row)
    for members in formations.values():
        if len({row.quota for row in members}) > 1:
            raise BadRow(f"formation {members[0].formasi_id}: kuota differs between rows")
        _rank_formation([row for row in members if _stands(row, rule)], rule)
        for row in members:
            row.keys = {}  # a million rows are in memory; what only the comparison needed is not kept
    return sorted(rows, key=lambda row: (row.formasi_id, row.rank is None, row.rank or 0, row.row_id))


def _stands(row: Row, rule: dict) -> bool:
    """Steps 1 to 4 for one row: whether it takes part in the ranking."""
    if row.status:
        row.code, row.decided_by = rule["codes"][row.status], f"status:{row.status}"
        return False
    counted = [part["component"] for part in rule["parts"]] if rule.get("parts") else list(row.scores)
    empty = any(row.scores[key] is None for key in counted)
    if empty or (rule.get("zero_total_is_absent") and sum(row.scores[key] for key in counted) == 0):
        row.code, row.decided_by = rule["codes"]["absent"], "absent"
        return False
    row.total = sum((row.scores[key] for key in counted), Decimal(0))
    row.final = _final(row, rule)
    sums = {
        name: sum((row.scores[key] or Decimal(0) for key in keys), Decimal(0))
        for name, keys in rule.get("sums", {}).items()
    }
    row.keys = {**row.scores, **sums, "final": row.final}
    tiers = _tiers(row, rule)
    for position, threshold in enumerate(tiers, start=1):
        missed = _missed(row, rule, threshold)
        if missed is None:
            row.tier = position
            return True
    row.code, row.decided_by = rule["codes"]["below"], f"threshold:{missed}"
    return False


def _final(row: Row, rule: dict) -> Decimal:
    if not rule.get("parts"):
        return row.total
    step = Decimal(1).scaleb(-rule["decimals"])
    maxima = {component["key"]: Decimal(component["max"]) for component in rule["components"]}
    final = Decimal(0)
    for part in rule["parts"]:
        scaled = (row.scores[part["component"]] * 100 / maxima[part["component"]]).quantize(step, ROUND_HALF_UP)
        final += (scaled * Decimal(part["weight"]) / 100).quantize(step, ROUND_HALF_UP)
    return final


def _tiers(row: Row, rule: dict) -> list[dict]:
    table = rule.get("thresholds")
    if not table:
        return [{}]
    found = table.get(row.need, table.get("*"))
    if found is None:
        raise BadRow(f"row {row.row_id}, kebutuhan: no threshold for {row.need}")
    return found if isinstance(found, list) else [found]


def _missed(row: Row, rule: dict, threshold: dict) -> str | None:
    """The first minimum that the row does not reach, or None."""
    for name in [*row.scores, *rule.get("sums", {}), "total"]:
        minimum = threshold.get(name)
        value = row.total if name == "total" else row.keys[name]
        if minimum is not None and (value is None or value < Decimal(minimum)):
            return name
    return None


def _high(value) -> tuple:
    """Sort key: higher first, empty last."""
    return (1, 0) if value is None else (0, -value)


def _rank_formation(rows: list[Row], rule: dict) -> None:
    """Steps 5 to 7 for the rows of one formation that take part."""
    if not rows:
        return
    closes = rule["equal_on_limit"] == "closed"
    closed = rule.get("closed_order", []) if closes else []

    def criteria(row: Row) -> list[tuple[str, object]]:
        found = [("tier", row.tier)]
        found += [(name, _high(row.keys[name])) for name in rule["order"]]
        for name in closed:
            if name == "ipk":
                found.append(("closed:ipk", _high(row.ipk)))
            else:
                found.append(("closed:birth_date", (row.birth_date is None, row.birth_date or date.max)))
        return found

    full = {row.row_id: criteria(row) for row in rows}

    def key(row: Row) -> tuple:
        return tuple(value for _, value in full[row.row_id])

    def public(row: Row) -> tuple:
        return tuple(value for name, value in full[row.row_id] if not name.startswith("closed:"))

    ordered = sorted(rows, key=lambda row: (key(row), row.row_id))
    for position, row in enumerate(ordered, start=1):
        previous = ordered[position - 2] if position > 1 else None
        row.rank = previous.rank if previous and key(previous) == key(row) else position
    _number_ties(ordered, public)
    multiplier = rule.get("multiplier")
    places = None if multiplier is None else multiplier * rows[0].quota
    inside = [row for row in ordered if places is None or row.rank <= places]
    outside = ordered[len(inside) :]
    for row in ordered:
        is_inside = row.rank <= inside[-1].rank
        row.code = rule["codes"]["inside" if is_inside else "outside"]
        if places is None:
            row.decided_by = "no_limit"
        elif not outside and len(ordered) <= places:
            row.decided_by = "all_fit"
        elif is_inside and len(inside) > places and row.rank == inside[-1].rank:
            row.decided_by = "equal_on_limit"
        elif is_inside and not outside:
            row.decided_by = "all_fit"
        else:
            other = outside[0] if is_inside else inside[-1]
            row.decided_by = next(
                name
                for (name, mine), (_, theirs) in zip(full[row.row_id], full[other.row_id], strict=True)
                if mine != theirs
            )


def _number_ties(ordered: list[Row], public) -> None:
    """Set closed_order where only closed criteria separate people with equal public keys."""
    start = 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and public(ordered[end]) == public(ordered[start]):
            end += 1
        if ordered[start].rank != ordered[end - 1].rank:
            for row in ordered[start:end]:
                row.closed_order = row.rank - ordered[start].rank + 1
        start = end
