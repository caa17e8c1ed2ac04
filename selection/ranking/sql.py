"""Builds the ranking query of one rule (verifier/RULES.md, section 4) over a relation of rows.

The relation has the columns row_id, grp, need, quota, status, ipk, born and one `c_<key>` per component.
"""

import re
from decimal import Decimal

KEY = re.compile(r"[a-z][a-z0-9_]{0,28}")


class Unusable(ValueError):
    """The rule holds a name or a number that may not become SQL."""


def name(key: str) -> str:
    if not KEY.fullmatch(key):
        raise Unusable(f"not a name: {key!r}")
    return key


def literal(text: str) -> str:
    return "'" + str(text).replace("'", "''") + "'"


def number(value) -> str:
    return f"{Decimal(str(value)):f}"


def counted(rule: dict) -> list[str]:
    """Keys of the components that count towards the total."""
    if rule.get("parts"):
        return [name(part["component"]) for part in rule["parts"]]
    return [name(component["key"]) for component in rule["components"]]


def value_of(key: str, rule: dict) -> str:
    """SQL for a criterion: a component, a sum, or a value computed before."""
    if key in rule.get("sums", {}):
        return "(" + " + ".join(f"coalesce(c_{name(part)}, 0)" for part in rule["sums"][key]) + ")"
    if key in ("total", "final"):
        return key
    return f"c_{name(key)}"


def final(rule: dict) -> str:
    if not rule.get("parts"):
        return "total"
    maxima = {component["key"]: component["max"] for component in rule["components"]}
    places = int(rule["decimals"])
    terms = []
    for part in rule["parts"]:
        scaled = f"round(c_{name(part['component'])} * 100 / {number(maxima[part['component']])}, {places})"
        terms.append(f"round({scaled} * {number(part['weight'])} / 100, {places})")
    return " + ".join(terms)


def threshold_cases(rule: dict) -> tuple[str, str]:
    """SQL for the tier of a row (null = below) and for the first minimum missed of the last threshold."""
    table = rule.get("thresholds")
    if not table:
        return "1", "NULL::text"
    order = [component["key"] for component in rule["components"]] + list(rule.get("sums", {})) + ["total"]
    tiers, missed = [], []
    for need, given in sorted(table.items(), key=lambda item: item[0] == "*"):
        steps = given if isinstance(given, list) else [given]
        met = []
        for position, threshold in enumerate(steps, start=1):
            tests = [
                f"coalesce({value_of(key, rule)} >= {number(threshold[key])}, false)"
                for key in order
                if threshold.get(key) is not None
            ]
            met.append(f"WHEN {' AND '.join(tests) or 'true'} THEN {position}")
        last = steps[-1]
        failures = [
            f"WHEN NOT coalesce({value_of(key, rule)} >= {number(last[key])}, false) THEN {literal('threshold:' + key)}"
            for key in order
            if last.get(key) is not None
        ]
        guard = "true" if need == "*" else f"need = {literal(need)}"
        tiers.append(f"WHEN {guard} THEN CASE {' '.join(met)} END")
        missed.append(f"WHEN {guard} THEN CASE {' '.join(failures)} END" if failures else f"WHEN {guard} THEN NULL")
    return f"CASE {' '.join(tiers)} END", f"CASE {' '.join(missed)} END"


def ranking(rule: dict, source: str, carry: tuple[str, ...] = ()) -> str:
    """SELECT of row_id, grp, total, final, rank, code, decided_by, closed_order over the relation `source`.

    Columns of `source` named in `carry` follow. Each row is read and sorted once: people below a threshold are
    a part of their own beside the ranked ones, and the last rank inside the limit and the first one outside are
    gathered by windows over the same order; whoever shares a rank is equal in every criterion. OFFSET 0 keeps
    a value from being computed anew wherever it is used.
    """
    codes = {result: literal(code) for result, code in rule["codes"].items()}
    statuses = [result for result in rule["codes"] if result not in ("inside", "outside", "below", "absent")]
    status_code = " ".join(f"WHEN {literal(status)} THEN {codes[status]}" for status in statuses)
    keys = counted(rule)
    empty = " OR ".join(f"c_{key} IS NULL" for key in keys)
    total = " + ".join(f"c_{key}" for key in keys)
    absent = f"({empty})" + (f" OR ({total}) = 0" if rule.get("zero_total_is_absent") else "")
    tier, missed = threshold_cases(rule)
    order = [name(key) for key in rule["order"]]
    tiered = any(isinstance(given, list) for given in rule.get("thresholds", {}).values()) or not order
    tiers = [("tier", "tier ASC")] if tiered else []
    public = tiers + [(f"k_{key}", f"k_{key} DESC NULLS LAST") for key in order]
    closes = rule["equal_on_limit"] == "closed"
    closed = [
        ("ipk", "ipk DESC NULLS LAST", "closed:ipk")
        if key == "ipk"
        else ("born", "born ASC NULLS LAST", "closed:birth_date")
        for key in (rule.get("closed_order", []) if closes else [])
    ]
    public_sort = ", ".join(sort for _, sort in public)
    full_sort = ", ".join([public_sort, *(sort for _, sort, _ in closed)])
    criteria = [(column, column.removeprefix("k_")) for column, _ in public]
    criteria += [(column, word) for column, _, word in closed]
    places = "NULL::bigint" if rule.get("multiplier") is None else f"{int(rule['multiplier'])}::bigint * quota"
    edges = ", ".join(
        f"max({column}) FILTER (WHERE r = {edge}_r) OVER part AS {edge}_{column}"
        for edge in ("in", "out")
        for column, _ in criteria
    )

    def differs(edge: str) -> str:
        cases = " ".join(f"WHEN {col} IS DISTINCT FROM {edge}_{col} THEN {literal(word)}" for col, word in criteria)
        return f"CASE {cases} END"

    with_them = "".join(f", {name(column)}" for column in carry)
    values = "".join(f", {value_of(key, rule)} AS k_{key}" for key in order) + "".join(f", {one}" for one, *_ in closed)
    # Without closed criteria nobody is told apart within a public tie.
    tie, tie_ends, closed_order = "", "", "NULL::bigint"
    if closed:
        tie = f", rank() OVER (PARTITION BY grp, apart ORDER BY {public_sort}) AS public_r"
        tie_ends = ", max(r) OVER (PARTITION BY grp, apart, public_r) AS last_r_of_tie"
        closed_order = "CASE WHEN NOT apart AND last_r_of_tie > public_r THEN r - public_r + 1 END"
    return f"""
WITH valued AS (
  SELECT *, CASE WHEN status <> '' THEN 'status' WHEN {absent} THEN 'absent' ELSE 'scored' END AS fate
  FROM ({source}) src OFFSET 0
),
totals AS (SELECT *, CASE WHEN fate = 'scored' THEN {total} END AS total FROM valued OFFSET 0),
finals AS (SELECT *, CASE WHEN fate = 'scored' THEN {final(rule)} END AS final FROM totals OFFSET 0),
judged AS (
  SELECT row_id, grp, total, final, {places} AS places, fate, status{values}{with_them},
         CASE WHEN fate = 'scored' THEN {tier} END AS tier, CASE WHEN fate = 'scored' THEN {missed} END AS missed
  FROM finals OFFSET 0
),
parted AS (
  SELECT *, tier IS NULL AS apart,
         CASE WHEN tier IS NULL THEN CASE fate WHEN 'status' THEN CASE status {status_code} END
              WHEN 'absent' THEN {codes["absent"]} ELSE {codes["below"]} END END AS apart_code,
         CASE WHEN tier IS NULL THEN CASE fate WHEN 'status' THEN 'status:' || status
              WHEN 'absent' THEN 'absent' ELSE missed END END AS apart_by
  FROM judged OFFSET 0
),
placed AS (
  SELECT row_id, grp, total, final, places, apart, apart_code, apart_by, {", ".join(column for column, _ in criteria)}{with_them},
         rank() OVER (PARTITION BY grp, apart ORDER BY {full_sort}) AS r{tie}
  FROM parted
),
sided AS (
  SELECT *, count(*) OVER part AS ranked, count(*) FILTER (WHERE places IS NULL OR r <= places) OVER part AS inside_count,
         max(r) FILTER (WHERE places IS NULL OR r <= places) OVER part AS in_r,
         min(r) FILTER (WHERE r > places) OVER part AS out_r{tie_ends}
  FROM placed WINDOW part AS (PARTITION BY grp, apart)
),
edged AS (SELECT *, {edges} FROM sided WINDOW part AS (PARTITION BY grp, apart))
SELECT row_id, grp, total, final, CASE WHEN NOT apart THEN r END AS rank,
       CASE WHEN apart THEN apart_code WHEN r <= in_r THEN {codes["inside"]} ELSE {codes["outside"]} END AS code,
       CASE WHEN apart THEN apart_by
            WHEN places IS NULL THEN 'no_limit'
            WHEN inside_count = ranked AND ranked <= places THEN 'all_fit'
            WHEN r = in_r AND inside_count > places THEN 'equal_on_limit'
            WHEN r <= in_r AND inside_count = ranked THEN 'all_fit'
            WHEN r <= in_r THEN {differs("out")}
            ELSE {differs("in")} END AS decided_by,
       {closed_order} AS closed_order{with_them}
FROM edged
"""
