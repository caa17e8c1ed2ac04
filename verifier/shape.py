"""The shape of a rule pack: every value is of the kind that RULES.md sections 1 and 2 give it.

What the values mean together (weights, minima, codes) is checked in pack.py, which may then rely on the shape.
"""

import re

NEEDED = {"schema", "name", "title", "kind", "year", "decrees", "needs", "codes", "stages", "default_stage", "vectors"}
TOP = NEEDED | {"documents", "skb"}
# `multiplier` has no default: a forgotten one would let everybody through.
RULE_NEEDED = {"kind", "components", "order", "multiplier", "equal_on_limit", "codes"}
RULE = RULE_NEEDED | {"label", "zero_total_is_absent", "sums", "parts", "decimals", "thresholds", "closed_order"}
COMPONENT = {"key", "label", "max", "decimals"}
DOCUMENT = {"code", "label", "format", "max_kb", "required"}
VECTOR = {"stage", "rows", "expect"}
EXPECTED = {"total", "final", "rank", "code", "decided_by", "closed_order"}
COLUMNS = {"row_id", "formasi_id", "kebutuhan", "kuota", "ipk", "birth_date", "status"}
# A component of such a name would hide a column of the input or a value of the result.
RESERVED = COLUMNS | EXPECTED | {"tier"}
PACK_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
KEY = re.compile(r"[a-z][a-z0-9_]{0,28}")
CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


class BadPack(ValueError):
    """The pack cannot be used; the message says where and why."""


def check(pack: object) -> None:
    """Raise BadPack unless everything in `pack` has the kind of value it must have."""
    if not isinstance(pack, dict):
        raise BadPack("a pack is one JSON object")
    keys("the pack", pack, NEEDED, TOP)
    if pack["schema"] != 1 or not _is_whole(pack["schema"]):
        raise BadPack("schema: only 1 is known")
    _name("name", pack["name"], PACK_NAME)
    for key in ("title", "kind", "default_stage"):
        text(key, pack[key])
    if not _is_whole(pack["year"]):
        raise BadPack("year: a whole number")
    for place, decree in _each("decrees", pack["decrees"]):
        keys(place, decree, {"number", "about"})
        text(f"{place}.number", decree["number"])
        text(f"{place}.about", decree["about"])
    for code, label in table("needs", pack["needs"]).items():
        _name("needs", code, CODE)
        text(f"needs.{code}", label)
    _documents(pack.get("documents", []))
    for code, meaning in table("codes", pack["codes"]).items():
        keys(f"codes.{code}", meaning, {"sentence", "advances"})
        text(f"codes.{code}.sentence", meaning["sentence"])
        _flag(f"codes.{code}.advances", meaning["advances"])
    for name, rule in table("stages", pack["stages"]).items():
        _name("stages", name, CODE)
        _rule(f"stages.{name}", rule)
    _vectors(pack["vectors"], pack["stages"])
    if "skb" in pack:
        tests(pack["skb"])


def keys(place: str, value: object, needed: set[str], known: set[str] | None = None) -> None:
    """`value` is an object with the keys `needed`, and no other than `known`.

    A misspelt key would be a rule silently dropped, so unknown keys are refused.
    """
    if not isinstance(value, dict):
        raise BadPack(f"{place}: an object is expected")
    if missing := needed - value.keys():
        raise BadPack(f"{place}: the key {', '.join(sorted(missing))} is missing")
    if unknown := value.keys() - (known or needed):
        raise BadPack(f"{place}: the key {', '.join(sorted(unknown))} is unknown")


def table(place: str, value: object) -> dict:
    """`value`, which is an object with at least one key."""
    if not isinstance(value, dict) or not value:
        raise BadPack(f"{place}: an object with at least one key is expected")
    return value


def text(place: str, value: object) -> str:
    """`value`, which is text and says something."""
    if not isinstance(value, str) or not value.strip():
        raise BadPack(f"{place}: text is expected")
    return value


def tests(given: object) -> None:
    """The second test's parts: named once each. Raises BadPack."""
    for place, test in _each("skb", given):
        keys(place, test, {"test", "weight"})
        text(f"{place}.test", test["test"])
    _once("skb", [test["test"] for test in given])


def _each(place: str, value: object) -> list[tuple[str, object]]:
    """The items of the list `value`, each with its place; an empty list is refused."""
    if not isinstance(value, list):
        raise BadPack(f"{place}: a list is expected")
    if not value:
        raise BadPack(f"{place}: at least one is expected")
    return [(f"{place}.{position}", item) for position, item in enumerate(value, start=1)]


def _texts(place: str, value: object) -> list[str]:
    """`value`, which is a list of different texts; it may be empty."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BadPack(f"{place}: a list of names is expected")
    _once(place, value)
    return value


def _once(place: str, names: list[str]) -> None:
    if twice := {name for name in names if names.count(name) > 1}:
        raise BadPack(f"{place}: {', '.join(sorted(twice))} is named twice")


def _name(place: str, value: object, pattern: re.Pattern) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadPack(f"{place}: {value!r} is no name ({pattern.pattern})")


def _is_whole(value: object) -> bool:
    return type(value) is int  # bool is an int to isinstance, and true is no number


def _flag(place: str, value: object) -> None:
    if not isinstance(value, bool):
        raise BadPack(f"{place}: true or false is expected")


def _decimals(place: str, value: object) -> None:
    if not _is_whole(value) or not 0 <= value <= 3:
        raise BadPack(f"{place}: decimals is 0, 1, 2 or 3")


def _documents(given: object) -> None:
    if given == []:
        return
    for place, document in _each("documents", given):
        keys(place, document, DOCUMENT)
        _name(f"{place}.code", document["code"], CODE)
        text(f"{place}.label", document["label"])
        if document["format"] not in ("pdf", "image"):
            raise BadPack(f"{place}.format: pdf or image")
        if not _is_whole(document["max_kb"]) or document["max_kb"] < 1:
            raise BadPack(f"{place}.max_kb: a whole number from 1")
        _flag(f"{place}.required", document["required"])
    _once("documents", [document["code"] for document in given])


def _rule(place: str, rule: object) -> None:
    if not isinstance(rule, dict) or rule.get("kind") not in ("review", "rank"):
        raise BadPack(f"{place}.kind: review or rank")
    if rule["kind"] == "review":
        keys(place, rule, {"kind", "codes"}, {"kind", "codes", "label"})
    else:
        keys(place, rule, RULE_NEEDED, RULE)
        _scores(place, rule)
    if "label" in rule:
        text(f"{place}.label", rule["label"])
    for result, code in table(f"{place}.codes", rule["codes"]).items():
        text(f"{place}.codes.{result}", code)


def _scores(place: str, rule: dict) -> None:
    for where, component in _each(f"{place}.components", rule["components"]):
        keys(where, component, COMPONENT)
        _criterion(where, component["key"])
        text(f"{where}.label", component["label"])
        _decimals(where, component["decimals"])
    names = [component["key"] for component in rule["components"]]
    if "sums" in rule:
        for name, parts in table(f"{place}.sums", rule["sums"]).items():
            _criterion(f"{place}.sums", name)
            _texts(f"{place}.sums.{name}", parts)
        names = [*names, *rule["sums"]]
    _once(f"{place}.components", names)
    for key in ("order", "closed_order"):
        _texts(f"{place}.{key}", rule.get(key, []))
    if "zero_total_is_absent" in rule:
        _flag(f"{place}.zero_total_is_absent", rule["zero_total_is_absent"])
    if ("parts" in rule) != ("decimals" in rule):
        raise BadPack(f"{place}: parts and decimals belong together")
    if "parts" in rule:
        for where, part in _each(f"{place}.parts", rule["parts"]):
            keys(where, part, {"component", "weight"})
            text(f"{where}.component", part["component"])
        _once(f"{place}.parts", [part["component"] for part in rule["parts"]])
        _decimals(f"{place}.decimals", rule["decimals"])
    if "thresholds" in rule:
        for need, tiers in table(f"{place}.thresholds", rule["thresholds"]).items():
            where = f"{place}.thresholds.{need}"
            for tier in tiers if isinstance(tiers, list) else [tiers]:
                if not isinstance(tier, dict):
                    raise BadPack(f"{where}: an object, or a list of objects, is expected")


def _criterion(place: str, name: object) -> None:
    _name(place, name, KEY)
    if name in RESERVED:
        raise BadPack(f"{place}: {name} is a name with another meaning")


def _vectors(vectors: object, stages: dict) -> None:
    if vectors == []:
        return
    for place, vector in _each("vectors", vectors):
        keys(place, vector, VECTOR)
        rule = stages.get(text(f"{place}.stage", vector["stage"]))
        if not rule or rule["kind"] != "rank":
            raise BadPack(f"{place}.stage: {vector['stage']} is no stage that is ranked")
        columns = COLUMNS | {component["key"] for component in rule["components"]}
        for where, row in _each(f"{place}.rows", vector["rows"]):
            keys(where, row, {"row_id", "formasi_id", "kebutuhan", "kuota"}, columns)
            _cells(where, row)
        ids = {str(row["row_id"]) for row in vector["rows"]}
        for row_id, expected in table(f"{place}.expect", vector["expect"]).items():
            where = f"{place}.expect.{row_id}"
            if row_id not in ids:
                raise BadPack(f"{where}: no row of that name")
            keys(where, table(where, expected), set(), EXPECTED)
            _cells(where, expected)


def _cells(place: str, row: dict) -> None:
    for name, value in row.items():
        if not isinstance(value, str) and not _is_whole(value):
            raise BadPack(f"{place}.{name}: text or a whole number is expected")
