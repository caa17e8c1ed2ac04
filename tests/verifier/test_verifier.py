import csv
import random
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.verifier.planted import EQUALS, PLANTED
from verifier import cli, pack
from verifier.ranking import BadRow, parse, rank

ROOT = Path(__file__).resolve().parents[2]
PACKS = sorted((ROOT / "selection" / "rulepacks").glob("*.json"))
CPNS = ROOT / "selection" / "rulepacks" / "cpns-2024.json"


def results(rules: dict, stage: str, records: list[dict]) -> dict[str, tuple]:
    rule = pack.stage_rule(rules, stage)
    ranked = rank([parse(record, rule, line) for line, record in enumerate(records, 2)], rule)
    return {row.row_id: (row.code, row.rank, row.decided_by, row.final) for row in ranked}


@pytest.mark.parametrize("path", PACKS, ids=lambda path: path.stem)
def test_every_pack_is_sound_and_its_vectors_pass(path):
    rules = pack.load(path)

    assert rules["vectors"]
    assert cli.vector_differences(rules) == []


def test_the_seven_packs_are_there():
    names = {path.stem for path in PACKS}

    assert names >= {
        "kedinasan-2023",
        "cpns-2023",
        "cpns-2024",
        "pppk-2023",
        "pppk-2024",
        "jpt-pratama",
        "local-contract",
    }


def test_a_real_list_gives_every_official_status():
    rules = pack.load(ROOT / "selection" / "rulepacks" / "kedinasan-2023.json")
    with open(ROOT / "tests" / "data" / "skd-2023-poltekssn.csv", newline="", encoding="utf-8") as file:
        official = list(csv.DictReader(file))
    random.Random(7).shuffle(official)
    records = [{**row, "kebutuhan": "umum", "kuota": "1000"} for row in official]

    found = results(rules, "skd", records)

    agreeing = sum(found[row["row_id"]][0] == row["keterangan"] for row in official)
    assert (agreeing, len(official)) == (3437, 3437)


@pytest.mark.parametrize("name", PLANTED)
def test_a_rule_changed_in_the_pack_changes_a_result(name):
    stage, cohort, mutate = PLANTED[name]
    rules = pack.load(CPNS)

    assert results(mutate(rules), stage, cohort) != results(rules, stage, cohort)


@given(
    st.randoms(use_true_random=False),
    st.lists(st.tuples(st.integers(60, 70), st.integers(78, 84), st.integers(164, 170)), max_size=40),
)
@settings(max_examples=60, deadline=None)
def test_the_order_of_the_file_never_matters(shuffler, scores):
    rules = pack.load(CPNS)
    records = [
        {
            "row_id": str(i),
            "formasi_id": "F",
            "kebutuhan": "umum",
            "kuota": "2",
            "twk": str(a),
            "tiu": str(b),
            "tkp": str(c),
        }
        for i, (a, b, c) in enumerate(scores)
    ]
    before = results(rules, "skd", records)

    shuffler.shuffle(records)

    assert results(rules, "skd", records) == before


def test_all_who_are_equal_on_the_last_place_go_on():
    found = results(pack.load(CPNS), "skd", EQUALS)

    assert [found[f"e{i}"][0] for i in range(4)] == ["P/L"] * 4
    assert found["x"][0] == "P"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("twk", "151", "not between 0 and 150"),
        ("twk", "-1", "not a number"),
        ("twk", "+65", "not a number"),
        ("twk", "1_00", "not a number"),
        ("twk", "1e2", "not a number"),
        ("twk", "NaN", "not a number"),
        ("twk", "１２", "only the digits"),
        ("twk", "65,5", "not a number"),
        ("twk", "65.5", "more than 0 decimals"),
        ("kuota", "0", "at least 1"),
        ("kuota", "x", "not a whole number"),
        ("kuota", "１", "not a whole number"),
        ("kuota", "1_0", "not a whole number"),
        ("ipk", "NaN", "not a number"),
        ("ipk", "101", "not between 0 and 100"),
        ("birth_date", "19990101", "not a date"),
        ("birth_date", "1999-02-30", "not a date"),
        ("formasi_id", " ", "1 to 64"),
        ("row_id", "a\nb", "1 to 64"),
        ("status", "XXX", "unknown"),
        ("status", "inside", "unknown"),
        ("kebutuhan", "siluman", "no threshold"),
    ],
)
def test_a_bad_field_is_named(field, value, words):
    record = {
        "row_id": "r",
        "formasi_id": "F",
        "kebutuhan": "umum",
        "kuota": "1",
        "twk": "65",
        "tiu": "80",
        "tkp": "166",
    }

    with pytest.raises(BadRow, match=words):
        results(pack.load(CPNS), "skd", [record | {field: value}])


def test_a_row_twice_and_a_changing_quota_are_refused():
    record = {
        "row_id": "r",
        "formasi_id": "F",
        "kebutuhan": "umum",
        "kuota": "1",
        "twk": "65",
        "tiu": "80",
        "tkp": "166",
    }

    with pytest.raises(BadRow, match="twice"):
        results(pack.load(CPNS), "skd", [record, record])
    with pytest.raises(BadRow, match="kuota differs"):
        results(pack.load(CPNS), "skd", [record, record | {"row_id": "s", "kuota": "2"}])


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        ([{"test": "cat", "weight": 50}, {"test": "praktik", "weight": 30}], "100"),
        ([{"test": "cat", "weight": 50}, {"test": "praktik", "weight": 50}], "at most 40"),
        ([{"test": "cat", "weight": 60}, {"test": "wawancara", "weight": 40}], "interview"),
        (
            [{"test": "cat", "weight": 60}, {"test": "praktik", "weight": 20}, {"test": "tpa", "weight": 20}],
            "at most one",
        ),
    ],
)
def test_unlawful_weights_of_the_second_test_are_refused(tests, words):
    with pytest.raises(pack.BadPack, match=words):
        pack.check_skb(tests)


def test_lawful_weights_of_the_second_test_pass():
    pack.check_skb([{"test": "cat", "weight": 60}, {"test": "praktik", "weight": 40}])


def test_a_float_in_a_pack_is_refused(tmp_path):
    path = tmp_path / "p.json"
    path.write_text(CPNS.read_text().replace('"weight": 40', '"weight": 40.0'))

    with pytest.raises(pack.BadPack, match="never as floats"):
        pack.load(path)


def test_it_needs_the_standard_library_only(tmp_path):
    scores = tmp_path / "scores.csv"
    scores.write_text("row_id,formasi_id,kebutuhan,kuota,twk,tiu,tkp\na,F,umum,1,65,80,166\n")

    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from verifier.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program, "rank", str(CPNS), str(scores)], capture_output=True, text=True
    )

    assert done.stdout.splitlines() == [
        "row_id,formasi_id,total,final,rank,code,decided_by",
        "a,F,311,311,1,P/L,all_fit",
    ]


def test_money_like_numbers_print_plainly():
    assert [cli.plain(value) for value in (Decimal("70.700"), Decimal("400"), None)] == ["70.7", "400", ""]
