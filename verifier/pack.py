"""Reading and checking a rule pack (RULES.md sections 1, 2 and 5)."""

import json
import re
from decimal import Decimal
from pathlib import Path

from verifier import shape
from verifier.shape import BadPack

NUMBER = re.compile(r"[0-9]{1,7}(\.[0-9]{1,3})?")
STATUSES = ("DIS", "APS", "TMS")
CLOSED = ("ipk", "birth_date")
RESULTS = ("inside", "outside", "below", "absent")


def _no_float(text: str):
    raise BadPack(f"{text}: write decimals as strings, never as floats")


def _once(pairs: list[tuple[str, object]]) -> dict:
    keys = [key for key, _ in pairs]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise BadPack(f"the key {', '.join(sorted(twice))} is written twice in one object")
    return dict(pairs)


def load(path: str | Path) -> dict:
    """The pack in the file `path`, checked. Raises BadPack."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        pack = json.loads(text, parse_constant=_no_float, parse_float=_no_float, object_pairs_hook=_once)
    except BadPack:
        raise
    except (OSError, ValueError, RecursionError) as error:  # ValueError: no UTF-8, no JSON, an endless number
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
    shape.check(pack)
    stage_rule(pack)
    for name, rule in pack["stages"].items():
        for code in rule["codes"].values():
            if code not in pack["codes"]:
                raise BadPack(f"stages.{name}: the code {code} has no sentence")
        if rule["kind"] == "review":
            _check_codes(pack, name, rule, {"met", "not_met"}, "met")
            continue
        _check_codes(pack, name, rule, {*RESULTS, *STATUSES}, "inside")
        _check_rank(pack, name, rule)
        if not any(vector["stage"] == name for vector in pack["vectors"]):
            raise BadPack(f"stages.{name}: no test vector runs this rule")
    if "skb" in pack:
        check_skb(pack["skb"])


def _check_codes(pack: dict, name: str, rule: dict, results: set[str], passing: str) -> None:
    """Every result of the rule has its code, and only that of `passing` takes a person further."""
    shape.keys(f"stages.{name}.codes", rule["codes"], results)
    for result, code in rule["codes"].items():
        if pack["codes"][code]["advances"] != (result == passing):
            raise BadPack(f"stages.{name}.codes.{result}: only the code of {passing} advances")


def _number(place: str, value: object, most: Decimal | None = None) -> Decimal:
    """A number of the pack, not negative, at most `most`. Raises BadPack."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not NUMBER.fullmatch(str(value)):
        raise BadPack(f"{place}: {value!r} is no number (an integer, or a decimal as a string)")
    if most is not None and Decimal(value) > most:
        raise BadPack(f"{place}: {value} lies above the maximum {most}")
    return Decimal(value)


def _check_rank(pack: dict, name: str, rule: dict) -> None:
    keys = [component["key"] for component in rule["components"]]
    maxima = {}
    for component in rule["components"]:
        place = f"stages.{name}.components.{component['key']}.max"
        maxima[component["key"]] = _number(place, component["max"])
        if not maxima[component["key"]]:
            raise BadPack(f"{place}: above 0")
    for part in rule.get("sums", {}).values():
        if not part or not set(part) <= set(keys):
            raise BadPack(f"stages.{name}.sums: empty, or an unknown component")
    known = {*keys, *rule.get("sums", {}), "final"}
    if rule["order"][:1] != ["final"] or not set(rule["order"]) <= known:
        raise BadPack(f"stages.{name}.order: begins with final and names known criteria")
    if not set(rule.get("closed_order", [])) <= set(CLOSED):
        raise BadPack(f"stages.{name}.closed_order: only {', '.join(CLOSED)}")
    if rule["equal_on_limit"] not in ("all_pass", "closed"):
        raise BadPack(f"stages.{name}.equal_on_limit: all_pass or closed")
    multiplier = rule["multiplier"]
    if multiplier is not None and (type(multiplier) is not int or multiplier < 1):
        raise BadPack(f"stages.{name}.multiplier: a whole number from 1, or null")
    if parts := rule.get("parts"):
        if any(part["component"] not in keys for part in parts):
            raise BadPack(f"stages.{name}.parts: unknown component")
        weights = [_number(f"stages.{name}.parts", part["weight"]) for part in parts]
        if sum(weights) != 100 or min(weights) <= 0:
            raise BadPack(f"stages.{name}.parts: weights are positive and add up to 100")
    _check_thresholds(pack, name, rule, maxima)


def _check_thresholds(pack: dict, name: str, rule: dict, maxima: dict[str, Decimal]) -> None:
    """Every need has its minima, and none lies above what can be reached."""
    table = rule.get("thresholds")
    if not table:
        return
    counted = [part["component"] for part in rule.get("parts") or ()] or list(maxima)
    reach = maxima | {key: sum(maxima[part] for part in parts) for key, parts in rule.get("sums", {}).items()}
    reach["total"] = sum(maxima[key] for key in counted)
    if "*" not in table and (missing := pack["needs"].keys() - table.keys()):
        raise BadPack(f"stages.{name}.thresholds: nothing for {', '.join(sorted(missing))}")
    for need, tiers in table.items():
        place = f"stages.{name}.thresholds.{need}"
        if need != "*" and need not in pack["needs"]:
            raise BadPack(f"stages.{name}.thresholds: the need {need} is unknown")
        if tiers == []:
            raise BadPack(f"{place}: a list of tiers is not empty")
        for threshold in tiers if isinstance(tiers, list) else [tiers]:
            if not threshold.keys() <= reach.keys():
                raise BadPack(f"{place}: unknown criterion")
            for criterion, minimum in threshold.items():
                if minimum is not None:
                    _number(f"{place}.{criterion}", minimum, reach[criterion])


def check_skb(tests: list[dict]) -> None:
    """Raise BadPack unless the second test's weights follow the rule for regional governments.

    KepmenPANRB 320/2024: one further test at most, at most 40 %, no interview; the CAT keeps the rest.
    """
    shape.tests(tests)
    weights = {test["test"]: _number(f"skb.{test['test']}", test["weight"]) for test in tests}
    if sum(weights.values()) != 100:
        raise BadPack("skb: the weights add up to 100")
    if "wawancara" in weights:
        raise BadPack("skb: a regional government may not use an interview")
    if len(tests) > 2:
        raise BadPack("skb: at most one further test beside the CAT")
    if weights.get("cat", Decimal(0)) < 60:
        raise BadPack("skb: a further test weighs at most 40, so the CAT at least 60")
