"""From scores to results, as RULES.md section 4 says it. Written for reading, one formation at a time."""

from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation


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
    """A row of the input file as a Row. Raises BadRow."""

    def fail(name: str, why: str):
        raise BadRow(f"row {line} ({record.get('row_id') or '?'}), {name}: {why}")

    if not record.get("row_id"):
        fail("row_id", "empty")
    try:
        quota = int(record["kuota"])
    except (KeyError, TypeError, ValueError):
        fail("kuota", "not a whole number")
    if quota < 1:
        fail("kuota", "at least 1")
    scores = {}
    for component in rule["components"]:
        text = (record.get(component["key"]) or "").strip()
        scores[component["key"]] = _score(text, component, fail) if text else None
    status = (record.get("status") or "").strip()
    if status and status not in rule["codes"]:
        fail("status", f"unknown: {status}")
    ipk = (record.get("ipk") or "").strip()
    born = (record.get("birth_date") or "").strip()
    try:
        ipk_value = Decimal(ipk) if ipk else None
        birth_date = date.fromisoformat(born) if born else None
    except (InvalidOperation, ValueError):
        fail("ipk or birth_date", "cannot be read")
    return Row(
        record["row_id"], record["formasi_id"], record["kebutuhan"], quota, scores, status, ipk_value, birth_date
    )


def _score(text: str, component: dict, fail) -> Decimal:
    if not text.isascii():
        fail(component["key"], "only the digits 0 to 9")
    try:
        value = Decimal(text)
    except InvalidOperation:
        fail(component["key"], f"not a number: {text}")
    if not value.is_finite() or not 0 <= value <= Decimal(component["max"]):
        fail(component["key"], f"not between 0 and {component['max']}: {text}")
    if -value.as_tuple().exponent > component.get("decimals", 0):
        fail(component["key"], f"more than {component.get('decimals', 0)} decimals: {text}")
    return value


def rank(rows: list[Row], rule: dict) -> list[Row]:
    """Give every row its result, and return the rows in output order. Raises BadRow."""
    formations: dict[str, list[Row]] = {}
    seen = set()
    for row in rows:
        if row.row_id in seen:
            raise BadRow(f"row {row.row_id}: twice in the file")
        seen.add(row.row_id)
        formations.setdefault(row.formasi_id, []).append(row)
    for members in formations.values():
        if len({row.quota for row in members}) > 1:
            raise BadRow(f"formation {members[0].formasi_id}: kuota differs between rows")
        _rank_formation([row for row in members if _stands(row, rule)], rule)
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
