import json
import types
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selection.actions import ranking as actions
from selection.ranking import sql
from tests.selection.bed import by_sql
from tests.selection.story import Stage
from tests.verifier.expectations import differences, worked_out
from tests.verifier.planted import PLANTED
from tests.verifier.planted_bugs import BUGS, broken
from vacancies.models import Formation
from verifier.ranking import parse, plain, rank

PACKS = Path(__file__).resolve().parents[2] / "selection" / "rulepacks"
pytestmark = pytest.mark.django_db


def pack(name: str) -> dict:
    return json.loads((PACKS / f"{name}.json").read_text())


def by_verifier(rule: dict, records: list[dict]) -> dict:
    rows = rank([parse({k: str(v) for k, v in r.items()}, rule, i) for i, r in enumerate(records)], rule)
    return {r.row_id: (r.formasi_id, r.total, r.final, r.rank, r.code, r.decided_by, r.closed_order) for r in rows}


def results(ranking=sql.ranking) -> list[dict[str, tuple]]:
    """What the query makes of the vectors of all packs, as texts."""
    found = []
    for _name, rule, records, _expected in worked_out():
        by_row = by_sql(rule, records, ranking)
        found.append(
            {
                row: tuple(value if isinstance(value, str) else plain(value) for value in values)
                for row, values in by_row.items()
            }
        )
    return found


def test_the_query_gives_every_vector():
    assert differences(results()) == []


@pytest.mark.parametrize("bug", BUGS)
def test_the_vectors_notice_a_bug_planted_in_the_query(bug):
    module = types.ModuleType("sql_under_test")
    exec(compile(broken("sql", bug), "sql.py", "exec"), module.__dict__)

    assert differences(results(module.ranking))


@pytest.mark.parametrize("name", PLANTED)
def test_a_rule_changed_in_the_pack_changes_a_result(name):
    stage, cohort, mutate = PLANTED[name]
    rules = pack("cpns-2024")

    assert by_sql(mutate(rules)["stages"][stage], cohort) != by_sql(rules["stages"][stage], cohort)


def few(low: int, high: int):
    """Scores from a narrow range, so that there are many ties; sometimes absent."""
    return st.one_of(st.just(""), *[st.integers(low, high).map(str)] * 9)


SKD = st.fixed_dictionaries(
    {
        "formasi_id": st.sampled_from(["F1", "F2", "F3"]),
        "kebutuhan": st.sampled_from(["umum", "cumlaude", "disabilitas", "papua", "diaspora", "kalimantan"]),
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
