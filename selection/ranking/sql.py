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


def ranking(rule: dict, source: str) -> str:
    """SELECT of row_id, grp, total, final, rank, code, decided_by, closed_order over the relation `source`."""
    codes = {result: literal(code) for result, code in rule["codes"].items()}
    statuses = [result for result in rule["codes"] if result not in ("inside", "outside", "below", "absent")]
    status_code = " ".join(f"WHEN {literal(status)} THEN {codes[status]}" for status in statuses)
    keys = counted(rule)
    empty = " OR ".join(f"c_{key} IS NULL" for key in keys)
    total = " + ".join(f"c_{key}" for key in keys)
    absent = f"({empty})" + (f" OR ({total}) = 0" if rule.get("zero_total_is_absent") else "")
    tier, missed = threshold_cases(rule)
    order = [name(key) for key in rule["order"]]
    public = [("tier", "tier ASC")] + [(f"k_{key}", f"k_{key} DESC NULLS LAST") for key in order]
    closes = rule["equal_on_limit"] == "closed"
    closed = [
        ("ipk", "ipk DESC NULLS LAST", "closed:ipk")
        if key == "ipk"
        else ("born", "born ASC NULLS LAST", "closed:birth_date")
        for key in (rule.get("closed_order", []) if closes else [])
    ]
    public_sort = ", ".join(sort for _, sort in public)
    full_sort = ", ".join([public_sort, *(sort for _, sort, _ in closed)])
    criteria = (
        [("tier", "tier")] + [(f"k_{key}", key) for key in order] + [(column, word) for column, _, word in closed]
    )
    places = "NULL::bigint" if rule.get("multiplier") is None else f"{int(rule['multiplier'])}::bigint * quota"

    def compare(other: str) -> str:
        cases = " ".join(f"WHEN s.{col} IS DISTINCT FROM {other}.{col} THEN {literal(word)}" for col, word in criteria)
        return f"CASE {cases} END"

    columns = ", ".join(column for column, _ in criteria)
    return f"""
WITH src AS MATERIALIZED ({source}),
valued AS (
  SELECT *, CASE WHEN status <> '' THEN 'status' WHEN {absent} THEN 'absent' ELSE 'scored' END AS fate FROM src
),
totals AS (SELECT *, CASE WHEN fate = 'scored' THEN {total} END AS total FROM valued),
finals AS (SELECT *, CASE WHEN fate = 'scored' THEN {final(rule)} END AS final FROM totals),
judged AS (
  SELECT *, CASE WHEN fate = 'scored' THEN {tier} END AS tier, CASE WHEN fate = 'scored' THEN {missed} END AS missed,
         {", ".join(f"{value_of(key, rule)} AS k_{key}" for key in order)}
  FROM finals
),
placed AS (
  SELECT *, {places} AS places,
         rank() OVER (PARTITION BY grp ORDER BY {full_sort}) AS r,
         rank() OVER (PARTITION BY grp ORDER BY {public_sort}) AS public_r,
         row_number() OVER (PARTITION BY grp ORDER BY {full_sort}, row_id) AS n,
         count(*) OVER (PARTITION BY grp) AS ranked
  FROM judged WHERE tier IS NOT NULL
),
sided AS (
  SELECT *, count(*) FILTER (WHERE places IS NULL OR r <= places) OVER (PARTITION BY grp) AS inside_count,
         max(r) OVER (PARTITION BY grp, public_r) AS last_r_of_tie
  FROM placed
),
last_in AS (SELECT grp, r, {columns} FROM sided WHERE n = inside_count),
first_out AS (SELECT grp, {columns} FROM sided WHERE n = inside_count + 1),
ranked AS (
  SELECT s.row_id, s.grp, s.total, s.final, s.r AS rank,
         CASE WHEN s.r <= li.r THEN {codes["inside"]} ELSE {codes["outside"]} END AS code,
         CASE WHEN s.places IS NULL THEN 'no_limit'
              WHEN s.inside_count = s.ranked AND s.ranked <= s.places THEN 'all_fit'
              WHEN s.r <= li.r AND s.inside_count > s.places AND s.r = li.r THEN 'equal_on_limit'
              WHEN s.r <= li.r AND s.inside_count = s.ranked THEN 'all_fit'
              WHEN s.r <= li.r THEN {compare("fo")}
              ELSE {compare("li")} END AS decided_by,
         CASE WHEN s.last_r_of_tie > s.public_r THEN s.r - s.public_r + 1 END AS closed_order
  FROM sided s JOIN last_in li ON li.grp = s.grp LEFT JOIN first_out fo ON fo.grp = s.grp
)
SELECT row_id, grp, total, final, rank, code, decided_by, closed_order FROM ranked
UNION ALL
SELECT row_id, grp, total, final, NULL,
       CASE fate WHEN 'status' THEN CASE status {status_code} END WHEN 'absent' THEN {codes["absent"]} ELSE {codes["below"]} END,
       CASE fate WHEN 'status' THEN 'status:' || status WHEN 'absent' THEN 'absent' ELSE missed END, NULL
FROM judged WHERE tier IS NULL
"""
