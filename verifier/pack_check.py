"""Is a rule pack well formed and lawful? Every fault is named with its place (RULES.md sections 1 to 3, 9 to 11)."""

import re
from typing import Any

from .decimals import UNIT, pack_number
from .skb_weights import EXTRA, MAIN, weight_faults

SCHEMA = "jabatan-terbuka/rulepack/1"
TOP = {
    "schema": str,
    "name": str,
    "title": str,
    "kind": str,
    "year": int | None,
    "scope": str,
    "decrees": list,
    "notes": list,
    "kinds_of_need": dict,
    "documents": list,
    "stages": dict,
    "default_stage": str,
    "vectors": list,
}
BY_SCORES = {
    "label": str,
    "by": str,
    "components": list,
    "absent": str,
    "zero_total_is_absent": bool,
    "steps": list,
    "thresholds": dict,
    "tiers": dict,
    "order": list,
    "closed": list,
    "multiplier": int | None,
    "equal_on_limit": str,
    "gives": dict,
    "codes": dict,
}
CODE = {"label": str, "sentence": str, "advances": bool, "public_code": str}
GIVEN = ("advance", "met_outside", "below", "absent", "tied")
KINDS = {"CPNS", "PPPK", "KEDINASAN", "JPT", "PROMOTION", "CONTRACT"}
STATUSES = {"DIS", "APS", "TMS", "TD"}
RESERVED = {"tier", "absent", "status", "quota", "all_fit", "equal_on_limit", "closed_order"}
KEY = re.compile(r"[a-z][a-z0-9_]{0,19}", re.ASCII)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def faults(pack: Any) -> list[str]:
    """Every fault of the pack, each with its place; empty when the pack may be used."""
    check = Check()
    if not check.shape("pack", pack, TOP):
        return check.found
    check.need(pack["schema"] == SCHEMA, "schema", f"must be {SCHEMA!r}")
    check.need(SLUG.fullmatch(pack["name"]) and len(pack["name"]) <= 40, "name", "must be a slug of at most 40")
    check.need(pack["kind"] in KINDS, "kind", f"must be one of {', '.join(sorted(KINDS))}")
    check.need(pack["scope"] in {"regional", "central", "school"}, "scope", "must be regional, central or school")
    check.need(pack["decrees"], "decrees", "at least one decree")
    for n, decree in enumerate(pack["decrees"]):
        check.shape(f"decrees[{n}]", decree, {"number": str | None, "title": str, "rules": str})
    for n, note in enumerate(pack["notes"]):
        check.need(isinstance(note, str) and note, f"notes[{n}]", "must be a sentence")
    check.need(pack["kinds_of_need"], "kinds_of_need", "at least one kind of need")
    for need, label in pack["kinds_of_need"].items():
        check.need(SLUG.fullmatch(need) and len(need) <= 30, f"kinds_of_need.{need}", "must be a slug of at most 30")
        check.need(isinstance(label, str) and label, f"kinds_of_need.{need}", "needs an Indonesian name")
    for n, item in enumerate(pack["documents"]):
        _document(check, f"documents[{n}]", item)
    for name, rule in pack["stages"].items():
        check.need(SLUG.fullmatch(name) and len(name) <= 40, f"stages.{name}", "must be a slug of at most 40")
        _stage(check, f"stages.{name}", rule, pack)
    admin = pack["stages"].get("administrasi")
    check.need(isinstance(admin, dict) and admin.get("by") == "status", "stages.administrasi", "must be by status")
    check.need(pack["default_stage"] in pack["stages"], "default_stage", "names no stage of the pack")
    _vectors(check, pack)
    return check.found


class Check:
    """Collects faults, so that an author sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def need(self, holds: object, place: str, sentence: str) -> bool:
        if not holds:
            self.found.append(f"{place}: {sentence}")
        return bool(holds)

    def shape(self, place: str, value: Any, keys: dict[str, Any], optional: dict[str, Any] | None = None) -> bool:
        """The value is an object with exactly these keys (plus optional ones) and types."""
        if not self.need(isinstance(value, dict), place, "must be an object"):
            return False
        before = len(self.found)
        allowed = {**keys, **(optional or {})}
        for key in keys:
            self.need(key in value, place, f"key {key!r} is missing")
        for key, item in value.items():
            if self.need(key in allowed, place, f"unknown key {key!r}"):
                # bool is an int in Python, and `true` where a number belongs is a fault.
                right = isinstance(item, allowed[key]) and (allowed[key] is bool or not isinstance(item, bool))
                self.need(right, f"{place}.{key}", "has the wrong type")
        return len(self.found) == before

    def number(self, place: str, value: Any) -> int | None:
        try:
            return pack_number(value)
        except ValueError as error:
            self.need(False, place, str(error))
            return None


def _document(check: Check, place: str, item: Any) -> None:
    if check.shape(place, item, {"kind": str, "label": str, "format": str, "max_kb": int, "required": bool}):
        check.need(SLUG.fullmatch(item["kind"]), f"{place}.kind", "must be a slug")
        check.need(item["format"] in {"pdf", "image"}, f"{place}.format", "must be pdf or image")
        check.need(item["max_kb"] > 0, f"{place}.max_kb", "must be positive")


def _stage(check: Check, place: str, rule: Any, pack: Any) -> None:
    if isinstance(rule, dict) and rule.get("by") == "status":
        if check.shape(place, rule, {"label": str, "by": str, "gives": dict, "codes": dict}):
            _codes(check, f"{place}.codes", rule["codes"])
            if check.shape(f"{place}.gives", rule["gives"], {"status": dict}):
                check.need(rule["gives"]["status"], f"{place}.gives.status", "at least one status")
                for status, code in rule["gives"]["status"].items():
                    check.need(code in rule["codes"], f"{place}.gives.status.{status}", f"no code {code!r}")
        return
    if not check.shape(place, rule, BY_SCORES):
        return
    check.need(rule["by"] == "scores", f"{place}.by", "must be scores or status")
    check.need(rule["absent"] in {"any", "all"}, f"{place}.absent", "must be any or all")
    largest = _components(check, f"{place}.components", rule["components"])
    for n, step in enumerate(rule["steps"]):
        _step(check, f"{place}.steps[{n}]", step, largest, rule, pack)
    steps = {step.get("key") for step in rule["steps"] if isinstance(step, dict)}
    check.need("total" in steps, f"{place}.steps", "no step has the key 'total'")
    _thresholds(check, place, rule, largest, pack)
    _order(check, place, rule, largest)
    _codes(check, f"{place}.codes", rule["codes"])
    _gives(check, place, rule)


def _components(check: Check, place: str, components: list[Any]) -> dict[str, int]:
    """Checks the components and returns the largest value of each, in thousandths."""
    largest: dict[str, int] = {}
    check.need(components, place, "at least one component")
    for n, item in enumerate(components):
        here = f"{place}[{n}]"
        words = {"part": str, "method": str}
        if not check.shape(here, item, {"key": str, "label": str, "max": str | int, "decimals": int}, words):
            continue
        _new_key(check, f"{here}.key", item["key"], largest)
        check.need(item["key"] not in {"total", "final"}, f"{here}.key", "total and final are steps")
        check.need(0 <= item["decimals"] <= 3, f"{here}.decimals", "must be 0 to 3")
        check.need(item.get("part", "skd") in {"skd", MAIN, EXTRA}, f"{here}.part", "must be skd, skb or skb_extra")
        most = check.number(f"{here}.max", item["max"])
        check.need(most is None or 0 < most < 10**6 * UNIT, f"{here}.max", "must be above 0 and below a million")
        largest[item["key"]] = most or 0
    return largest


def _new_key(check: Check, place: str, key: str, taken: dict[str, int]) -> None:
    check.need(KEY.fullmatch(key), place, f"{key!r} is not a key (a-z, 0-9, _, at most 20)")
    check.need(key not in RESERVED, place, f"{key!r} is a reserved word")
    check.need(key not in taken, place, f"{key!r} is used twice")


def _step(check: Check, place: str, step: Any, largest: dict[str, int], rule: Any, pack: Any) -> None:
    if isinstance(step, dict) and "sum" in step:
        if check.shape(place, step, {"key": str, "sum": list}):
            _new_key(check, f"{place}.key", step["key"], largest)
            check.need(step["sum"], f"{place}.sum", "at least one key")
            check.need(len(set(map(str, step["sum"]))) == len(step["sum"]), f"{place}.sum", "a key is named twice")
            for key in step["sum"]:
                check.need(key in largest, f"{place}.sum", f"{key!r} is no component or earlier step")
            largest[step["key"]] = sum(largest.get(key, 0) for key in step["sum"])
        return
    if not check.shape(place, step, {"key": str, "weighted": list, "decimals": int, "round": str}):
        return
    _new_key(check, f"{place}.key", step["key"], largest)
    check.need(0 <= step["decimals"] <= 3, f"{place}.decimals", "must be 0 to 3")
    check.need(step["round"] in {"end", "each"}, f"{place}.round", "must be end or each")
    weights = 0
    for n, term in enumerate(step["weighted"]):
        here = f"{place}.weighted[{n}]"
        if not check.shape(here, term, {"of": str, "max": str | int, "weight": str | int}):
            continue
        known = check.need(term["of"] in largest, f"{here}.of", f"{term['of']!r} is no component or earlier step")
        most = check.number(f"{here}.max", term["max"])
        same = most is None or not known or most == largest[term["of"]]
        check.need(same, f"{here}.max", f"is not the largest value of {term['of']!r}")
        weights += check.number(f"{here}.weight", term["weight"]) or 0
    check.need(weights == 100 * UNIT, f"{place}.weighted", "the weights do not add to 100")
    largest[step["key"]] = 100 * UNIT
    if pack["kind"] == "CPNS":
        _skb(check, place, step, rule, pack["scope"])


def _skb(check: Check, place: str, step: Any, rule: Any, scope: str) -> None:
    """A step that mixes SKB tests keeps the limits of RULES.md section 10."""
    component = {item.get("key"): item for item in rule["components"] if isinstance(item, dict)}
    tests = []
    for term in step["weighted"]:
        item = component.get(term.get("of"), {}) if isinstance(term, dict) else {}
        if item.get("part") in {MAIN, EXTRA}:
            tests.append((item["part"], item.get("method", ""), check.number(place, term.get("weight")) or 0))
        else:
            return
    for sentence in weight_faults(tests, scope):
        check.need(False, f"{place}.weighted", sentence)


def _thresholds(check: Check, place: str, rule: Any, largest: dict[str, int], pack: Any) -> None:
    for name, items in rule["thresholds"].items():
        here = f"{place}.thresholds.{name}"
        if not check.need(isinstance(items, list) and items, here, "must be a list of {key, min}"):
            continue
        for n, item in enumerate(items):
            if not check.shape(f"{here}[{n}]", item, {"key": str, "min": str | int | None}):
                continue
            known = check.need(item["key"] in largest, f"{here}[{n}]", f"{item['key']!r} is no component or step")
            least = 0 if item["min"] is None else check.number(f"{here}[{n}].min", item["min"])
            if known and least is not None:
                check.need(least <= largest[item["key"]], f"{here}[{n}].min", "lies above the maximum")
    needs, tiers = set(pack["kinds_of_need"]), rule["tiers"]
    check.need(set(tiers) == needs, f"{place}.tiers", "must list exactly the kinds of need")
    for need, names in tiers.items():
        if check.need(isinstance(names, list), f"{place}.tiers.{need}", "must be a list"):
            for name in names:
                check.need(name in rule["thresholds"], f"{place}.tiers.{need}", f"no threshold {name!r}")


def _order(check: Check, place: str, rule: Any, largest: dict[str, int]) -> None:
    check.need(rule["order"], f"{place}.order", "at least one key")
    for key in rule["order"]:
        check.need(key in largest, f"{place}.order", f"{key!r} is no component or step")
    check.need(len(set(map(str, rule["order"]))) == len(rule["order"]), f"{place}.order", "a key is named twice")
    for key in rule["closed"]:
        check.need(key in {"ipk", "birth_date"}, f"{place}.closed", f"{key!r} is not ipk or birth_date")
    check.need(len(set(map(str, rule["closed"]))) == len(rule["closed"]), f"{place}.closed", "a word is named twice")
    check.need(rule["multiplier"] is None or rule["multiplier"] >= 1, f"{place}.multiplier", "must be 1 or more")
    both = rule["equal_on_limit"] in {"all_pass", "none_pass"}
    check.need(both, f"{place}.equal_on_limit", "must be all_pass or none_pass")
    limited = rule["multiplier"] is not None or rule["equal_on_limit"] == "all_pass"
    check.need(limited, f"{place}.equal_on_limit", "none_pass needs a multiplier")


def _codes(check: Check, place: str, codes: dict[str, Any]) -> None:
    for code, entry in codes.items():
        here = f"{place}.{code}"
        check.need(0 < len(code) <= 10, here, "a code has 1 to 10 characters")
        if not check.shape(here, entry, CODE):
            continue
        check.need(entry["label"] and entry["sentence"], here, "needs a label and a sentence")
        check.need(len(entry["sentence"].split()) <= 20, f"{here}.sentence", "has more than 20 words")
        public = codes.get(entry["public_code"])
        if check.need(isinstance(public, dict), f"{here}.public_code", f"no code {entry['public_code']!r}"):
            same = public.get("advances") == entry["advances"]
            check.need(same, f"{here}.public_code", "differs in whether the person advances")


def _gives(check: Check, place: str, rule: Any) -> None:
    codes, here = rule["codes"], f"{place}.gives"
    if not check.shape(here, rule["gives"], {**dict.fromkeys(GIVEN, str | None), "status": dict}):
        return
    gives = rule["gives"]
    used = {
        "advance": True,
        "met_outside": rule["multiplier"] is not None,
        "below": any(rule["tiers"].values()),
        "absent": True,
        "tied": rule["equal_on_limit"] == "none_pass",
    }
    for name, must in used.items():
        check.need((gives[name] is not None) == must, f"{here}.{name}", "must be a code" if must else "must be null")
    statuses = gives["status"]
    check.need(set(statuses) <= STATUSES, f"{here}.status", f"may have only {', '.join(sorted(STATUSES))}")
    given = [(name, gives[name]) for name in GIVEN if gives[name]]
    for name, code in [*given, *((f"status.{status}", code) for status, code in statuses.items())]:
        if check.need(code in codes, f"{here}.{name}", f"no code {code!r}") and isinstance(codes[code], dict):
            right = codes[code].get("advances") == (name == "advance")
            check.need(right, f"{here}.{name}", f"the code {code!r} says the wrong thing about advancing")


def _vectors(check: Check, pack: Any) -> None:
    tested = set()
    kinds = {"rows": {"name": str, "stage": str, "rows": list}, "weights": {"name": str, "skb_weights": list}}
    for n, vector in enumerate(pack["vectors"]):
        place = f"vectors[{n}]"
        if isinstance(vector, dict) and "skb_weights" in vector:
            check.shape(place, vector, {**kinds["weights"], "accepted": bool})
        elif isinstance(vector, dict) and "refused" in vector:
            if check.shape(place, vector, {**kinds["rows"], "refused": str}):
                check.need(vector["stage"] in pack["stages"], place, f"no stage {vector['stage']!r}")
        elif check.shape(place, vector, {**kinds["rows"], "expect": list}, {"counts": dict}):
            check.need(vector["stage"] in pack["stages"], place, f"no stage {vector['stage']!r}")
            check.need(vector["expect"], f"{place}.expect", "expects nothing")
            tested.add(vector["stage"])
    for name, rule in pack["stages"].items():
        if isinstance(rule, dict) and rule.get("by") == "scores":
            check.need(name in tested, f"stages.{name}", "no test vector runs this stage")
