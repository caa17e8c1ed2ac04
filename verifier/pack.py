"""Reading and checking a rule pack (RULES.md sections 1, 2 and 5)."""

import json
from decimal import Decimal
from pathlib import Path

STATUSES = ("DIS", "APS", "TMS")
CLOSED = ("ipk", "birth_date")


class BadPack(ValueError):
    """The pack cannot be used; the message says where and why."""


def _no_float(text: str):
    raise BadPack(f"{text}: write decimals as strings, never as floats")


def load(path: str | Path) -> dict:
    """The pack in the file `path`, checked. Raises BadPack."""
    try:
        pack = json.loads(Path(path).read_text(encoding="utf-8"), parse_float=_no_float)
    except (OSError, json.JSONDecodeError) as error:
        raise BadPack(f"{path}: {error}") from None
    check(pack)
    return pack


def stage_rule(pack: dict, name: str | None = None) -> dict:
    """The rule called `name`, or the pack's default."""
    name = name or pack["default_stage"]
    try:
        return pack["stages"][name]
    except KeyError:
        raise BadPack(f"no stage {name!r}; there are {', '.join(pack['stages'])}") from None


def check(pack: dict) -> None:
    """Raise BadPack unless `pack` fulfils RULES.md section 5."""
    for key in ("schema", "name", "title", "kind", "year", "decrees", "needs", "codes", "stages", "default_stage"):
        if key not in pack:
            raise BadPack(f"the key {key} is missing")
    if pack["schema"] != 1:
        raise BadPack("schema: only 1 is known")
    if not pack["decrees"]:
        raise BadPack("decrees: at least one")
    for code, meaning in pack["codes"].items():
        if not meaning.get("sentence") or not isinstance(meaning.get("advances"), bool):
            raise BadPack(f"codes.{code}: needs a sentence and advances")
    stage_rule(pack)
    for name, rule in pack["stages"].items():
        for code in rule["codes"].values():
            if code not in pack["codes"]:
                raise BadPack(f"stages.{name}: the code {code} has no sentence")
        if rule["kind"] == "rank":
            _check_rank(pack, name, rule)
    if "skb" in pack:
        check_skb(pack["skb"])


def _check_rank(pack: dict, name: str, rule: dict) -> None:
    keys = [component["key"] for component in rule["components"]]
    if len(set(keys)) != len(keys):
        raise BadPack(f"stages.{name}: a component is named twice")
    for part in rule.get("sums", {}).values():
        if not set(part) <= set(keys):
            raise BadPack(f"stages.{name}.sums: unknown component")
    known = {*keys, *rule.get("sums", {}), "final"}
    if rule["order"][:1] != ["final"] or not set(rule["order"]) <= known:
        raise BadPack(f"stages.{name}.order: begins with final and names known criteria")
    if not set(rule.get("closed_order", [])) <= set(CLOSED):
        raise BadPack(f"stages.{name}.closed_order: only {', '.join(CLOSED)}")
    if rule["equal_on_limit"] not in ("all_pass", "closed"):
        raise BadPack(f"stages.{name}.equal_on_limit: all_pass or closed")
    if missing := {"inside", "outside", "below", "absent", *STATUSES} - rule["codes"].keys():
        raise BadPack(f"stages.{name}.codes: missing {', '.join(sorted(missing))}")
    multiplier = rule.get("multiplier")
    if multiplier is not None and (not isinstance(multiplier, int) or multiplier < 1):
        raise BadPack(f"stages.{name}.multiplier: a whole number from 1, or null")
    if parts := rule.get("parts"):
        if any(part["component"] not in keys for part in parts):
            raise BadPack(f"stages.{name}.parts: unknown component")
        weights = [Decimal(part["weight"]) for part in parts]
        if sum(weights) != 100 or min(weights) <= 0:
            raise BadPack(f"stages.{name}.parts: weights are positive and add up to 100")
    allowed = {*keys, *rule.get("sums", {}), "total"}
    for need, tiers in (rule.get("thresholds") or {}).items():
        if need != "*" and need not in pack["needs"]:
            raise BadPack(f"stages.{name}.thresholds: the need {need} is unknown")
        for threshold in tiers if isinstance(tiers, list) else [tiers]:
            if not threshold.keys() <= allowed:
                raise BadPack(f"stages.{name}.thresholds.{need}: unknown criterion")


def check_skb(tests: list[dict]) -> None:
    """Raise BadPack unless the second test's weights follow the rule for regional governments.

    KepmenPANRB 320/2024: one further test at most, at most 40 %, no interview; the CAT keeps the rest.
    """
    weights = {test["test"]: Decimal(test["weight"]) for test in tests}
    if sum(weights.values()) != 100:
        raise BadPack("skb: the weights add up to 100")
    if "wawancara" in weights:
        raise BadPack("skb: a regional government may not use an interview")
    if len(tests) > 2:
        raise BadPack("skb: at most one further test beside the CAT")
    if weights.get("cat", Decimal(0)) < 60:
        raise BadPack("skb: a further test weighs at most 40, so the CAT at least 60")
