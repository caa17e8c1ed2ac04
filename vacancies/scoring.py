"""What a rule pack asks of the applicants of a vacancy, in the shape the page shows: tests, minimums, weights, an example."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from lib.rulepack_files import Pack
from vacancies.models import Formation, Stage

EXAMPLE_PERCENT = (80, 70, 90, 60)  # what the imagined person of the example reaches, part by part


def rules_of(pack: Pack, stages: list[Stage], need: str) -> list[dict]:
    """Of each stage that ranks: its parts with weights, the minimums for `need`, the tie order, an example."""
    found = []
    for stage in stages:
        rule = pack.stage(stage.rule) if stage.rule else {"kind": "review"}
        if rule["kind"] == "rank":
            found.append({"stage": stage} | _described(rule, need))
    return found


def needs_without_rule(rule: dict, formations) -> list[str]:
    """The kinds of need among `formations`, in words, for which a rule that has minima names none, not even by "*"."""
    table = rule.get("thresholds")
    if not table or "*" in table:
        return []
    needs = set(formations.order_by().values_list("need", flat=True).distinct())
    return [str(Formation.Need(need).label) for need in sorted(needs - table.keys())]


def _described(rule: dict, need: str) -> dict:
    labels = {one["key"]: one["label"] for one in rule["components"]}
    labels |= {name: " + ".join(labels[key] for key in keys) for name, keys in rule.get("sums", {}).items()}
    labels |= {"total": _("Jumlah nilai"), "final": _("nilai akhir")}
    weights = {one["component"]: one["weight"] for one in rule.get("parts", [])}
    components = [one for one in rule["components"] if not weights or one["key"] in weights]
    return {
        "components": [
            {"label": one["label"], "max": one["max"], "weight": weights.get(one["key"])} for one in components
        ],
        "minimums": _minimums(rule, need, labels),
        "order": [labels[name] for name in rule["order"]],
        "multiplier": rule["multiplier"],
        "example": _example(rule, components, weights),
    }


def _minimums(rule: dict, need: str, labels: dict) -> list[list[tuple]]:
    """The ways to pass: each a list of (label, minimum). None where everybody passes."""
    thresholds = rule.get("thresholds", {})
    ways = thresholds.get(need, thresholds.get("*", []))
    ways = ways if isinstance(ways, list) else [ways]
    return [[(labels[name], least) for name, least in way.items() if least is not None] for way in ways if way]


def _example(rule: dict, components: list[dict], weights: dict) -> dict:
    """An imagined person's marks and the final value, rounded as RULES.md section 4 says: half up, at both steps."""
    terms = []
    for place, one in enumerate(components):
        most = Decimal(str(one["max"]))
        mark = _rounded(most * EXAMPLE_PERCENT[place % len(EXAMPLE_PERCENT)] / 100, 0)
        term = {"label": one["label"], "mark": mark, "max": one["max"], "weight": weights.get(one["key"])}
        if weights:
            term["of_hundred"] = _rounded(mark * 100 / most, rule["decimals"])
            term["counts"] = _rounded(term["of_hundred"] * term["weight"] / 100, rule["decimals"])
        terms.append(term)
    return {"terms": terms, "final": sum(term["counts" if weights else "mark"] for term in terms)}


def _rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
