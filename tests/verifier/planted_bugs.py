"""The same wrong rules, planted in the source of each of the three rankers: (what stands there, what is put there)."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {
    "verifier": ROOT / "verifier" / "ranking.py",
    "sql": ROOT / "selection" / "ranking" / "sql.py",
    "browser": ROOT / "static" / "js" / "recompute" / "ranking.js",
}
BUGS = {
    "a minimum must be exceeded": {
        "verifier": ("value < Decimal(minimum)", "value <= Decimal(minimum)"),
        "sql": (">= {number(threshold[key])}", "> {number(threshold[key])}"),
        "browser": ("value < least", "value <= least"),
    },
    "lower marks come first": {
        "verifier": ("(0, -value)", "(0, value)"),
        "sql": ("k_{key} DESC NULLS LAST", "k_{key} ASC NULLS LAST"),
        "browser": ("better(a.keys[place], b.keys[place])", "better(a.keys[place], b.keys[place], true)"),
    },
    "an empty mark comes first": {
        "verifier": ("return (1, 0) if value is None", "return (-1, 0) if value is None"),
        "sql": ("k_{key} DESC NULLS LAST", "k_{key} DESC NULLS FIRST"),
        "browser": ("return a === null ? 1 : -1", "return a === null ? -1 : 1"),
    },
    "a half is rounded down": {
        "verifier": ("import ROUND_HALF_UP, Decimal", "import ROUND_HALF_DOWN as ROUND_HALF_UP, Decimal"),
        "sql": ('f"round({scaled}', 'f"trunc({scaled}'),
        "browser": ("(2n * over + under)", "(2n * over + under - 1n)"),
    },
    "rounded once instead of at both steps": {
        "verifier": ("* 100 / maxima[part[\"component\"]]).quantize(step, ROUND_HALF_UP)", "* 100 / maxima[part[\"component\"]])"),
        "sql": (
            "f\"round(c_{name(part['component'])} * 100 / {number(maxima[part['component']])}, {places})\"",
            "f\"(c_{name(part['component'])} * 100 / {number(maxima[part['component']])})\"",
        ),
        "browser": (
            "halfUp(outOfHundred * weights[part], 100n * THOUSAND)",
            "halfUp(row.scores[place] * unit * weights[part], maxima[place] * THOUSAND)",
        ),
    },
    "every part weighs the same": {
        "verifier": ('Decimal(part["weight"]) / 100', 'Decimal(100) / len(rule["parts"]) / 100'),
        "sql": ("{number(part['weight'])} / 100", "(100.0 / {len(rule['parts'])}) / 100"),
        "browser": ("outOfHundred * weights[part], 100n", "outOfHundred * 100n * THOUSAND / BigInt(weights.length), 100n"),
    },
    "a status does not put anybody out": {
        "verifier": ("    if row.status:", "    if row.status == '-':"),
        "sql": ("WHEN status <> '' THEN 'status'", "WHEN status = '-' THEN 'status'"),
        "browser": ("if (row.status) return", 'if (row.status === "-") return'),
    },
    "zero is a mark like any other": {
        "verifier": ('rule.get("zero_total_is_absent") and', 'rule.get("zero_total") and'),
        "sql": ('if rule.get("zero_total_is_absent")', 'if rule.get("zero_total")'),
        "browser": ("rule.zero_total_is_absent && total", "rule.zero_total && total"),
    },
    "after equals no rank is skipped": {
        "verifier": ("== key(row) else position", "== key(row) else (previous.rank if previous else 0) + 1"),
        "sql": ("rank() OVER (PARTITION BY grp, apart ORDER BY {full_sort}) AS r", "dense_rank() OVER (PARTITION BY grp, apart ORDER BY {full_sort}) AS r"),
        "browser": ("before.rank : position + 1", "before.rank : (before ? before.rank : 0) + 1"),
    },
    "as many places as posts": {
        "verifier": ("multiplier * rows[0].quota", "rows[0].quota"),
        "sql": ("f\"{int(rule['multiplier'])}::bigint * quota\"", '"quota"'),
        "browser": ("rule.multiplier * Number(rows[0].quota)", "Number(rows[0].quota)"),
    },
    "tiers are not looked at": {
        "verifier": ('("tier", row.tier)', '("tier", 1)'),
        "sql": ('("tier", "tier ASC")', '("tier", "tier * 0 ASC")'),
        "browser": ("a.tier - b.tier", "0"),
    },
    "only the strictest tier is looked at": {
        "verifier": ("return found if isinstance(found, list) else [found]", "return found[:1] if isinstance(found, list) else [found]"),
        "sql": ("steps = given if isinstance(given, list)", "steps = given[:1] if isinstance(given, list)"),
        "browser": ("Array.isArray(given) ? given : [given]", "Array.isArray(given) ? given.slice(0, 1) : [given]"),
    },
    "a sum is its first part": {
        "verifier": ("(row.scores[key] or Decimal(0) for key in keys)", "(row.scores[key] or Decimal(0) for key in keys[:1])"),
        "sql": ('for part in rule["sums"][key])', 'for part in rule["sums"][key][:1])'),
        "browser": ("parts.reduce((sum, part)", "parts.slice(0, 1).reduce((sum, part)"),
    },
    "the younger comes first": {
        "verifier": ("row.birth_date or date.max)", "-(row.birth_date or date.max).toordinal())"),
        "sql": ("born ASC NULLS LAST", "born DESC NULLS LAST"),
        "browser": ('name === "birth_date"', 'name === "ipk"'),
    },
    "places inside a tie start at nought": {
        "verifier": ("row.rank - ordered[start].rank + 1", "row.rank - ordered[start].rank"),
        "sql": ("THEN r - public_r + 1 END", "THEN r - public_r END"),
        "browser": ("row.rank - rows[start].rank + 1", "row.rank - rows[start].rank"),
    },
}  # fmt: skip


def broken(engine: str, bug: str) -> str:
    """The source of `engine` with `bug` in it; the place must be there, and once."""
    source, (stands, put) = SOURCES[engine].read_text(encoding="utf-8"), BUGS[bug][engine]
    assert source.count(stands) == 1, f"{engine}: {stands!r} stands there {source.count(stands)} times"
    return source.replace(stands, put)
