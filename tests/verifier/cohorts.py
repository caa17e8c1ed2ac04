"""Small cohorts from a seed, full of ties, absences and statuses: the input that all rankers share, and nothing else."""

from decimal import Decimal
from pathlib import Path
from random import Random

from verifier import pack

RULEPACKS = Path(__file__).resolve().parents[2] / "selection" / "rulepacks"
PACKS = {path.stem: pack.load(path) for path in sorted(RULEPACKS.glob("*.json"))}
STRANGER = pack.load(Path(__file__).with_name("stranger-2027.json"))
CODES = {"inside": "IN", "outside": "OUT", "below": "LOW", "absent": "ABS", "DIS": "DIS", "APS": "APS", "TMS": "TMS"}


def known_rules() -> list[tuple[str, dict, list[str]]]:
    """(name, rule, needs) of every rule that ranks, the stranger's too."""
    return [
        (f"{name} {stage}", rule, list(body["needs"]))
        for name, body in [*PACKS.items(), (STRANGER["name"], STRANGER)]
        for stage, rule in body["stages"].items()
        if rule["kind"] == "rank"
    ]


def made_rule(random: Random, serial: int) -> tuple[str, dict, list[str]]:
    """A rule that no decree has: any mix of what RULES.md allows, checked like any other."""
    needs = ["umum", "khusus", "papua"]
    components = [
        {
            "key": f"c{place}",
            "label": f"Tes {place}",
            "max": random.choice([7, 33, 100, 150, 225, 550, "99.5", "12.125"]),
            "decimals": random.randrange(4),
        }
        for place in range(random.randint(1, 4))
    ]
    keys = [one["key"] for one in components]
    rule = {
        "kind": "rank",
        "components": components,
        "multiplier": random.choice([None, 1, 1, 2, 3]),
        "equal_on_limit": random.choice(["all_pass", "closed", "closed"]),
        "closed_order": random.sample(["ipk", "birth_date"], random.randint(0, 2)),
        "codes": CODES,
    }
    if random.random() < 0.4:
        rule["sums"] = {"some": random.sample(keys, random.randint(1, len(keys)))}
    names = [*keys, *rule.get("sums", {})]
    rule["order"] = ["final", *random.sample(names, random.randint(0, len(names)))]
    if random.random() < 0.5:
        chosen = random.sample(keys, random.randint(1, len(keys)))
        cuts = sorted(random.sample(range(1, 1000), len(chosen) - 1))
        weights = [Decimal(b - a) / 10 for a, b in zip([0, *cuts], [*cuts, 1000], strict=True)]
        rule["parts"] = [{"component": key, "weight": str(weight)} for key, weight in zip(chosen, weights, strict=True)]
        rule["decimals"] = random.randrange(4)
    if random.random() < 0.2:
        rule["zero_total_is_absent"] = True
    if random.random() < 0.7:
        least = {one["key"]: str(Decimal(str(one["max"])) * 6 // 10) for one in components}

        def threshold() -> dict:
            found = {key: least[key] for key in random.sample(keys, random.randint(0, len(keys)))}
            return found | ({"total": str(random.randint(0, 5))} if random.random() < 0.5 else {keys[0]: None})

        rule["thresholds"] = {"umum": [threshold() for _ in range(random.randint(1, 3))], "*": threshold()}
    body = {
        "schema": 1, "name": f"made-{serial}", "title": "Rekaan", "kind": "CPNS", "year": 2027,
        "decrees": [{"number": "1", "about": "Rekaan"}], "needs": {need: need for need in needs},
        "codes": {code: {"sentence": code, "advances": code == "IN"} for code in CODES.values()},
        "stages": {"tes": rule}, "default_stage": "tes",
        "vectors": [{"stage": "tes", "expect": {"r": {"rank": ""}},
                     "rows": [{"row_id": "r", "formasi_id": "F", "kebutuhan": "umum", "kuota": 1}]}],
    }  # fmt: skip
    pack.check(body)
    return body["name"], rule, needs


def cohort(random: Random, rule: dict, needs: list[str], serial: int) -> list[dict]:
    """The records of one cohort: one to three formations, one of them now and then with nobody left to rank."""
    marks = {one["key"]: _marks(random, rule, one) for one in rule["components"]}
    records = []
    for formation in range(random.randint(1, 3)):
        quota, gone = random.choice([1, 1, 1, 2, 3]), random.random() < 0.1
        for _ in range(random.randint(0, 8)):
            record = {
                "row_id": f"{serial}.{len(records)}",
                "formasi_id": f"{serial}-{formation}",
                "kebutuhan": random.choice(needs),
                "kuota": str(quota),
                "status": random.choice(["DIS", "APS", "TMS"]) if gone or random.random() < 0.08 else "",
                "ipk": random.choice(["", "3.40", "3.5", "3.50"]),
                "birth_date": random.choice(["", "1990-01-01", "1990-01-02", "1899-12-31"]),
            }
            for key, choices in marks.items():
                record[key] = "" if random.random() < 0.03 else random.choice(choices)
            records.append(record)
    return records


def _marks(random: Random, rule: dict, component: dict) -> list[str]:
    """Two or three marks around what decides: a minimum, the maximum, or a place where rounding turns."""
    most, key, step = Decimal(str(component["max"])), component["key"], Decimal(1).scaleb(-component["decimals"])
    tables = rule.get("thresholds", {}).values()
    minima = [
        Decimal(str(tier[key]))
        for tiers in tables
        for tier in (tiers if isinstance(tiers, list) else [tiers])
        if tier.get(key) is not None
    ]
    near = [*minima, *(least - step for least in minima), most, most * 8 // 10, most * random.randint(0, 1000) / 1000]
    if random.random() < 0.1:
        near = [Decimal(0)]
    chosen = random.sample(near, min(len(near), random.randint(1, 3)))
    return [f"{max(Decimal(0), min(most, (mark // step) * step)):f}" for mark in chosen]


def batches(seed: int, cohorts: int, made: int = 40) -> list[tuple[str, dict, list[dict]]]:
    """`cohorts` cohorts from `seed`, dealt to all known rules and to `made` made-up ones: (name, rule, records)."""
    random = Random(seed)
    rules = [*known_rules(), *(made_rule(random, serial) for serial in range(made))]
    found = [(name, rule, needs, []) for name, rule, needs in rules]
    for serial in range(cohorts):
        _name, rule, needs, records = found[serial % len(found)]
        records += cohort(random, rule, needs, serial)
    return [(name, rule, records) for name, rule, _needs, records in found]
