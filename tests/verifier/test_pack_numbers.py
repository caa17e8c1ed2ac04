"""The numbers of the packs, written down a second time from the decrees, and each of them held by a vector."""

from copy import deepcopy

import pytest

from tests.verifier.cohorts import PACKS, RULEPACKS, STRANGER
from verifier import cli, pack
from verifier.ranking import BadRow

SKD = {"twk": 150, "tiu": 175, "tkp": 225}
FINAL = {"skd": 550, "skb": 100, "tkp": 225, "tiu": 175, "twk": 150}
PPPK = {"teknis": 450, "manajerial": 100, "sosiokultural": 80, "wawancara": 40}
JPT = {"rekam_jejak": 100, "asesmen": 100, "makalah": 100, "wawancara": 100}
REGULAR = {"twk": 65, "tiu": 80, "tkp": 166}
BEST, AFFIRMATIVE = {"tiu": 85, "total": 311}, {"tiu": 60, "total": 286}
NEEDS_2023 = {
    "umum": REGULAR | {"total": 311},
    "cumlaude": BEST,
    "diaspora": BEST,
    "disabilitas": AFFIRMATIVE,
    "papua": AFFIRMATIVE,
}
NEEDS_2024 = NEEDS_2023 | {"kalimantan": REGULAR, "daerah-tertinggal": AFFIRMATIVE}
OLDER = ["ipk", "birth_date"]

# (pack, stage) → maxima, minima, multiplier, order, equal on the limit, closed order, weights, decimals
DECREED = {
    ("cpns-2023", "skd"): (SKD, NEEDS_2023, 3, "final tkp tiu twk", "all_pass", [], None, None),
    ("cpns-2024", "skd"): (SKD, NEEDS_2024, 3, "final tkp tiu twk", "all_pass", [], None, None),
    ("cpns-2023", "akhir"): (FINAL, None, 1, "final skd tkp tiu twk", "closed", OLDER, {"skd": 40, "skb": 60}, 3),
    ("cpns-2024", "akhir"): (FINAL, None, 1, "final skd tkp tiu twk", "closed", OLDER, {"skd": 40, "skb": 60}, 3),
    ("kedinasan-2023", "skd"): (
        SKD, {"*": {"twk": 65, "tiu": 80, "tkp": 156}}, 1, "final tkp tiu twk", "all_pass", [], None, None,
    ),
    ("pppk-2023", "kompetensi"): (
        PPPK, {"umum": {"man_sos": 117, "wawancara": 24}, "khusus": {}, "disabilitas": {}}, 1,
        "final teknis man_sos wawancara", "closed", ["birth_date"], None, None,
    ),
    ("pppk-2024", "kompetensi"): (
        PPPK, None, 1, "final teknis man_sos wawancara", "closed", ["birth_date"], None, None,
    ),
    ("jpt-pratama", "makalah"): ({"makalah": 100}, None, 5, "final", "all_pass", [], None, None),
    ("jpt-pratama", "akhir"): (
        JPT, {"umum": {"asesmen": 68}}, 3, "final wawancara asesmen", "all_pass", [],
        {"rekam_jejak": 20, "asesmen": 25, "makalah": 20, "wawancara": 35}, 3,
    ),
    ("local-contract", "tes"): (
        {"tertulis": 100, "praktik": 100},
        {"umum": {"tertulis": 60, "praktik": 60}, "disabilitas": {"tertulis": 50, "praktik": 50}},
        1, "final praktik", "closed", ["birth_date"], {"tertulis": 60, "praktik": 40}, 2,
    ),
}  # fmt: skip
RANKED = [(name, key) for name, body in PACKS.items() for key, rule in body["stages"].items() if rule["kind"] == "rank"]


def test_every_rule_that_ranks_stands_in_the_table():
    assert set(RANKED) == DECREED.keys()


@pytest.mark.parametrize(("name", "stage"), RANKED)
def test_a_pack_has_the_numbers_of_its_decrees(name, stage):
    rule = PACKS[name]["stages"][stage]

    found = (
        {component["key"]: component["max"] for component in rule["components"]},
        rule.get("thresholds"),
        rule["multiplier"],
        " ".join(rule["order"]),
        rule["equal_on_limit"],
        rule.get("closed_order", []),
        {part["component"]: part["weight"] for part in rule["parts"]} if "parts" in rule else None,
        rule.get("decimals"),
    )

    assert found == DECREED[name, stage]


def test_the_sums_that_decrees_name_come_out():
    assert sum(SKD.values()) == 550
    assert sum(REGULAR.values()) == 311
    assert sum(PPPK.values()) == 670
    assert all(PACKS[f"pppk-{year}"]["stages"]["kompetensi"]["sums"] == {"man_sos": ["manajerial", "sosiokultural"]}
               for year in (2023, 2024))  # fmt: skip


@pytest.mark.parametrize("name", PACKS)
def test_every_decree_has_a_number_or_a_name_and_every_code_a_sentence(name):
    body = PACKS[name]

    assert all(decree["number"].strip() and decree["about"].strip() for decree in body["decrees"])
    assert all(len(meaning["sentence"].split()) > 3 for meaning in body["codes"].values())


@pytest.mark.parametrize(("name", "stage"), RANKED)
def test_a_mark_above_its_maximum_or_with_one_decimal_too_many_is_refused(name, stage):
    rule = PACKS[name]["stages"][stage]
    marks = {component["key"]: str(component["max"]) for component in rule["components"]}
    person = {"row_id": "r", "formasi_id": "F", "kebutuhan": "umum", "kuota": "1", **marks}

    assert cli.parse(person, rule, 2).scores
    for component in rule["components"]:
        finer = "1." + "0" * component["decimals"] + "1"
        for wrong in (str(component["max"] + 1), finer):
            with pytest.raises(BadRow):
                cli.parse(person | {component["key"]: wrong}, rule, 2)


def edits(rule: dict):
    """The rule with one number or one order changed, each with a name. What cannot show is left out, with its reason."""

    def edited(name, change):
        other = deepcopy(rule)
        change(other)
        return name, other

    for need, minima in rule.get("thresholds", {}).items():
        for key in minima:
            for step in (-1, 1):
                # 311 is the sum of the three minima of `umum`: one less asks nothing new.
                if (need, key, step) != ("umum", "total", -1):
                    yield edited(
                        f"{need} {key} {step:+}",
                        lambda r, n=need, k=key, s=step: r["thresholds"][n].update({k: r["thresholds"][n][k] + s}),
                    )
    for step in (-1, 1):
        if rule["multiplier"] + step:
            yield edited(f"multiplier {step:+}", lambda r, s=step: r.update(multiplier=r["multiplier"] + s))
    for place in range(1, len(rule["order"]) - 1):
        swapped = [*rule["order"]]
        # The last criterion of SKD and PPPK decides nothing: it follows from the sum and the ones before it.
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        yield edited(f"order {swapped}", lambda r, o=swapped: r.update(order=o))
    for place, _ in enumerate(rule.get("closed_order", [])):
        yield edited(f"closed order without {place}", lambda r, p=place: r["closed_order"].pop(p))
    if rule.get("closed_order"):
        yield edited("all equals pass", lambda r: r.update(equal_on_limit="all_pass"))
    for place, component in enumerate(rule["components"]):
        yield edited(
            f"max {component['key']} -1",
            lambda r, p=place: r["components"][p].update(max=r["components"][p]["max"] - 1),
        )
        if component["decimals"]:
            yield edited(
                f"decimals {component['key']} -1",
                lambda r, p=place: r["components"][p].update(decimals=r["components"][p]["decimals"] - 1),
            )
    for place, _ in enumerate(rule.get("parts", [])):

        def shift(r, p=place):
            other = (p + 1) % len(r["parts"])
            r["parts"][p]["weight"] += 1
            r["parts"][other]["weight"] -= 1

        yield edited(f"weight {place} +1", shift)
    if "decimals" in rule:
        for step in (-1, 1):
            yield edited(f"decimals {step:+}", lambda r, s=step: r.update(decimals=r["decimals"] + s))
    for name in rule.get("sums", {}):
        yield edited(f"sum {name}", lambda r, n=name: r["sums"][n].pop())
    if rule.get("zero_total_is_absent"):
        yield edited("zero is a score", lambda r: r.update(zero_total_is_absent=False))


def test_the_example_on_the_page_of_rules_is_a_pack_that_works(tmp_path, capsys):
    page = (RULEPACKS.parents[1] / "verifier" / "RULES.md").read_text(encoding="utf-8")
    example = tmp_path / "example.json"
    example.write_text(page.split("```json\n")[1].split("```")[0])

    assert cli.main(["vectors", str(example)]) == 0
    assert capsys.readouterr().out == "1 vectors, 0 differences\n"


def test_a_pack_by_a_stranger_who_read_nothing_but_the_rules_works():
    assert cli.vector_differences(STRANGER) == []


EDITS = [
    pytest.param(name, stage, edited, id=f"{name} {stage}: {what}")
    for name, stage in RANKED
    for what, edited in edits(PACKS[name]["stages"][stage])
]


@pytest.mark.parametrize(("name", "stage", "edited"), EDITS)
def test_each_number_of_a_pack_is_held_by_a_vector(name, stage, edited):
    body = PACKS[name]
    changed = body | {"stages": body["stages"] | {stage: edited}}

    try:
        differences = cli.vector_differences(changed)
    except pack.BadPack as refused:  # a maximum so low that a vector's own mark is refused
        differences = [str(refused)]

    assert differences
