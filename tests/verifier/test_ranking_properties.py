"""What must hold of any cohort under any pack: with many ties, absences, statuses and empty formations."""

from copy import deepcopy
from decimal import ROUND_HALF_EVEN
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import cli, pack, ranking
from verifier.ranking import parse, rank

RULEPACKS = Path(__file__).resolve().parents[2] / "selection" / "rulepacks"
PACKS = {path.stem: pack.load(path) for path in sorted(RULEPACKS.glob("*.json"))}
RANKED = [(name, key) for name, body in PACKS.items() for key, rule in body["stages"].items() if rule["kind"] == "rank"]
QUOTAS = {"F1": "1", "F2": "2", "F3": "30", "F4": "1"}


def result(rule: dict, records: list[dict]) -> dict[str, tuple]:
    rows = rank([parse(record, rule, line) for line, record in enumerate(records, 2)], rule)
    return {row.row_id: (row.rank, row.code, row.decided_by, row.total, row.final, row.closed_order) for row in rows}


@st.composite
def cohorts(draw):
    """A rule and people on a coarse grid near the maxima, so that ties are the rule and not the exception."""
    name, key = draw(st.sampled_from(RANKED))
    rule, needs = PACKS[name]["stages"][key], list(PACKS[name]["needs"])
    marks = {
        component["key"]: st.sampled_from(
            ["", "0", *(str(component["max"] * share // 10) for share in (6, 8, 8, 8, 9))]
        )
        for component in rule["components"]
    }
    people = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "formasi_id": st.sampled_from(list(QUOTAS)),
                    "kebutuhan": st.sampled_from(needs),
                    "status": st.sampled_from(["", "", "", "", "", "DIS", "APS", "TMS"]),
                    "ipk": st.sampled_from(["", "3.40", "3.50"]),
                    "birth_date": st.sampled_from(["", "1990-01-01", "1991-01-01"]),
                    **marks,
                }
            ),
            max_size=24,
        )
    )
    return rule, [{**one, "row_id": f"r{n:02}", "kuota": QUOTAS[one["formasi_id"]]} for n, one in enumerate(people)]


@given(cohorts(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_the_file_never_matters_under_any_pack(cohort, shuffler):
    rule, records = cohort
    before = result(rule, records)

    shuffler.shuffle(records)

    assert result(rule, records) == before


@given(cohorts())
@settings(max_examples=150, deadline=None)
def test_places_go_from_the_top_and_never_fewer_than_there_are(cohort):
    rule, records = cohort

    found = result(rule, records)

    for formation, quota in QUOTAS.items():
        mine = [found[one["row_id"]] for one in records if one["formasi_id"] == formation]
        ranks = sorted(row[0] for row in mine if row[0])
        inside = sorted(row[0] for row in mine if row[1] == rule["codes"]["inside"])
        places = rule["multiplier"] * int(quota)
        assert inside == [place for place in ranks if place <= places]
        assert len(inside) >= min(places, len(ranks))
        assert all(place == 1 + sum(other < place for other in ranks) for place in ranks)


@given(cohorts())
@settings(max_examples=100, deadline=None)
def test_other_formations_and_people_without_a_rank_change_nobody(cohort):
    rule, records = cohort
    found = result(rule, records)

    ranked = [one for one in records if found[one["row_id"]][0]]
    alone = [one for one in ranked if one["formasi_id"] == "F1"]

    assert result(rule, ranked) == {one["row_id"]: found[one["row_id"]] for one in ranked}
    assert result(rule, alone) == {one["row_id"]: found[one["row_id"]] for one in alone}


@given(cohorts())
@settings(max_examples=100, deadline=None)
def test_each_row_says_what_decided(cohort):
    rule, records = cohort

    for place, code, decided_by, total, final, _ in result(rule, records).values():
        assert decided_by
        if place is None:
            assert code != rule["codes"]["inside"]
            assert (total is None) == (final is None) == (not decided_by.startswith("threshold:"))
        else:
            known = {"tier", "all_fit", "equal_on_limit", "closed:ipk", "closed:birth_date", *rule["order"]}
            assert decided_by in known and final is not None


def test_who_meets_only_the_affirmative_threshold_stands_behind_all_regular_ones():
    rule = deepcopy(PACKS["kedinasan-2023"]["stages"]["skd"])
    regular = rule["thresholds"]["*"]
    rule["thresholds"] = {"umum": regular, "afirmasi": [regular, {"tiu": 60, "total": 286}]}
    scores = {"reg": (65, 80, 156), "aff": (60, 170, 220), "both": (65, 80, 157), "none": (60, 55, 225)}
    records = [
        {"row_id": n, "formasi_id": "F", "kebutuhan": "umum" if n == "reg" else "afirmasi", "kuota": "2"}
        | dict(zip(("twk", "tiu", "tkp"), map(str, marks), strict=True))
        for n, marks in scores.items()
    ]

    found = {row_id: row[:3] for row_id, row in result(rule, records).items()}

    assert found == {
        "both": (1, "P/L", "tier"),
        "reg": (2, "P/L", "tier"),
        "aff": (3, "P", "tier"),
        "none": (None, "TL", "threshold:tiu"),
    }


def test_a_technical_minimum_of_a_position_holds_for_its_need():
    rule = deepcopy(PACKS["pppk-2023"]["stages"]["kompetensi"])
    rule["thresholds"]["umum-t205"] = {"teknis": 205, **rule["thresholds"]["umum"]}
    person = {"formasi_id": "F", "kebutuhan": "umum-t205", "kuota": "5", "manajerial": "60", "sosiokultural": "57"}
    records = [person | {"row_id": teknis, "teknis": teknis, "wawancara": "24"} for teknis in ("204", "205")]

    found = result(rule, records)

    assert found["204"][1:3] == ("TLA", "threshold:teknis")
    assert found["205"][:2] == (1, "L")


def _strictly_above(row, rule, threshold):
    values = {**row.keys, "total": row.total}
    return next((key for key, least in threshold.items() if least is not None and values[key] <= least), None)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("_high", lambda value: (1, 0) if value is None else (0, value)),
        ("_missed", _strictly_above),
        ("_missed", lambda row, rule, threshold: None),
        ("_number_ties", lambda ordered, public: None),
        ("_final", lambda row, rule: row.total),
        ("_stands", lambda row, rule: False),
        ("_tiers", lambda row, rule: [{}]),
        ("ROUND_HALF_UP", ROUND_HALF_EVEN),
    ],
)
def test_the_vectors_catch_an_engine_that_is_wrong(monkeypatch, name, broken):
    monkeypatch.setattr(ranking, name, broken)

    assert any(cli.vector_differences(body) for body in PACKS.values())
