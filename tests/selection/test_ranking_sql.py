import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selection.actions import ranking as actions
from selection.ranking import sql
from tests.selection.story import Stage
from tests.verifier.planted import PLANTED
from vacancies.models import Formation
from verifier.ranking import parse, rank

PACKS = Path(__file__).resolve().parents[2] / "selection" / "rulepacks"
pytestmark = pytest.mark.django_db


def pack(name: str) -> dict:
    return json.loads((PACKS / f"{name}.json").read_text())


def by_verifier(rule: dict, records: list[dict]) -> dict:
    rows = rank([parse({k: str(v) for k, v in r.items()}, rule, i) for i, r in enumerate(records)], rule)
    return {r.row_id: (r.formasi_id, r.total, r.final, r.rank, r.code, r.decided_by, r.closed_order) for r in rows}


def by_sql(rule: dict, records: list[dict]) -> dict:
    keys = [component["key"] for component in rule["components"]]
    columns = ", ".join(f"c_{sql.name(key)} numeric" for key in keys)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bed")
        cursor.execute(
            f"CREATE TEMP TABLE bed (row_id text, grp text, need text, quota bigint, status text, ipk numeric, born date, {columns})"
        )
        for r in records:
            values = [r["row_id"], r["formasi_id"], r["kebutuhan"], r["kuota"], r.get("status", "")]
            values += [r.get("ipk") or None, r.get("birth_date") or None] + [
                None if r.get(key, "") in ("", None) else r[key] for key in keys
            ]
            cursor.execute(f"INSERT INTO bed VALUES ({', '.join(['%s'] * len(values))})", values)
        cursor.execute(sql.ranking(rule, "SELECT * FROM bed"))
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


@pytest.mark.parametrize("name", [path.stem for path in sorted(PACKS.glob("*.json"))])
def test_the_vectors_of_every_pack(name):
    rules = pack(name)

    for vector in rules["vectors"]:
        rule = rules["stages"][vector["stage"]]
        assert by_sql(rule, vector["rows"]) == by_verifier(rule, vector["rows"])


@pytest.mark.parametrize("name", PLANTED)
def test_each_planted_bug_changes_a_result(name):
    stage, cohort, mutate = PLANTED[name]
    rules = pack("cpns-2024")

    assert by_sql(mutate(rules)["stages"][stage], cohort) != by_sql(rules["stages"][stage], cohort)


def few(low: int, high: int):
    """Scores from a narrow range, so that there are many ties; sometimes absent."""
    return st.one_of(st.just(""), *[st.integers(low, high).map(str)] * 9)


SKD = st.fixed_dictionaries(
    {
        "formasi_id": st.sampled_from(["F1", "F2", "F3"]),
        "kebutuhan": st.sampled_from(["umum", "cumlaude", "disabilitas"]),
        "twk": few(64, 67),
        "tiu": few(84, 86),
        "tkp": few(165, 168),
        "status": st.sampled_from(["", "", "", "", "", "DIS", "APS", "TMS"]),
    }
)
FINAL = st.fixed_dictionaries(
    {
        "formasi_id": st.sampled_from(["F1", "F2", "F3"]),
        "kebutuhan": st.just("umum"),
        "skd": few(400, 402),
        "skb": st.sampled_from(["70", "70.001", "69.999", "33.335", ""]),
        "tkp": few(180, 181),
        "tiu": few(110, 111),
        "twk": few(90, 91),
        "status": st.sampled_from(["", "", "", "", "APS"]),
        "ipk": st.sampled_from(["3.50", "3.51", ""]),
        "birth_date": st.sampled_from(["1999-01-01", "1998-01-01", ""]),
    }
)
PPPK = st.fixed_dictionaries(
    {
        "formasi_id": st.sampled_from(["F1", "F2"]),
        "kebutuhan": st.sampled_from(["umum", "khusus"]),
        "teknis": few(300, 301),
        "manajerial": few(58, 60),
        "sosiokultural": few(57, 59),
        "wawancara": few(23, 25),
        "birth_date": st.sampled_from(["1999-01-01", "1998-01-01", ""]),
    }
)


@pytest.mark.parametrize(
    ("name", "stage", "people"),
    [
        ("cpns-2024", "skd", SKD),
        ("cpns-2024", "akhir", FINAL),
        ("pppk-2023", "kompetensi", PPPK),
        ("kedinasan-2023", "skd", SKD),
    ],
)
def test_sql_and_verifier_agree_on_generated_cohorts(name, stage, people):
    rule = pack(name)["stages"][stage]
    quotas = {"F1": 1, "F2": 2, "F3": 5}

    @given(st.lists(people, max_size=30))
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def agree(cohort):
        records = [
            {**person, "row_id": f"r{i:03}", "kuota": quotas[person["formasi_id"]]} for i, person in enumerate(cohort)
        ]
        assert by_sql(rule, records) == by_verifier(rule, records)

    agree()


def test_tiers_come_before_totals_in_both_engines():
    rule = pack("kedinasan-2023")["stages"]["skd"] | {
        "thresholds": {"*": [{"twk": 65, "tiu": 80, "tkp": 156}, {"twk": 50, "tiu": 60, "tkp": 150}]}
    }
    people = [("a", 65, 80, 156), ("b", 60, 175, 225), ("c", 49, 100, 200)]
    records = [
        {"row_id": n, "formasi_id": "F", "kebutuhan": "umum", "kuota": 1, "twk": a, "tiu": b, "tkp": c}
        for n, a, b, c in people
    ]

    found = by_sql(rule, records)

    assert found == by_verifier(rule, records)
    assert (found["a"][4], found["b"][5], found["c"][5]) == ("P/L", "tier", "threshold:twk")


def test_a_kind_of_need_without_minima_is_refused_and_not_called_below():
    story = Stage().score()
    Formation.objects.filter(pk=story.formation.pk).update(need="khusus")

    with pytest.raises(actions.CannotRank, match="tidak mengatur jenis kebutuhan"):
        story.rank()

    assert not story.stage.outcome_sets.exists()


def test_a_name_that_is_not_a_name_never_becomes_sql():
    rule = pack("cpns-2024")["stages"]["skd"] | {"order": ["final", 'x"; DROP TABLE selection_score; --']}

    with pytest.raises(sql.Unusable):
        sql.ranking(rule, "SELECT 1")


def test_numbers_keep_their_decimals():
    assert sql.number(Decimal("0.10")) == "0.10"
