"""SQL, verifier and browser, written apart from one page of rules, give the same results for the same rows."""

import json
from pathlib import Path
from random import Random

import pytest

from tests.selection.bed import by_sql
from tests.verifier.cohorts import batches
from tests.verifier.expectations import FIELDS, differences, worked_out
from tests.verifier.planted_bugs import BUGS, broken
from verifier.ranking import BadRow, parse, plain, rank

SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js" / "recompute"
ORIGIN = "http://peringkat.example"
RANK = """async ([module, text]) => {
  const { plain, rank, reader } = await import(module);
  return JSON.stringify(JSON.parse(text).map(([rule, records]) => {
    const read = reader(rule);
    return rank(records.map((record, place) => read(record, place + 2)), rule).map((row) =>
      [row.row_id, row.formasi_id, plain(row.total), plain(row.final), String(row.rank ?? ""), row.code, row.decided_by,
       String(row.closed_order ?? "")]);
  }));
}"""
READ = """async ([module, rule, records]) => {
  const { BadRow, plain, reader } = await import(module);
  const read = reader(rule);
  return records.map((record) => {
    try { return read(record, 2).scores.map(plain); } catch (error) { if (error instanceof BadRow) return null; throw error; }
  });
}"""


@pytest.fixture
def browser_page(chromium):
    """A page of an origin that serves the ranker's scripts and, under /<bug>/, its source with that bug."""
    context = chromium.new_context()
    page = context.new_page()

    def answer(route):
        name = route.request.url.removeprefix(f"{ORIGIN}/")
        if not name:
            return route.fulfill(body="<!doctype html><title>Peringkat</title>", content_type="text/html")
        bug = name.split("/")[0]
        source = broken("browser", list(BUGS)[int(bug)]) if bug.isdigit() else (SCRIPTS / name).read_text("utf-8")
        return route.fulfill(body=source, content_type="text/javascript")

    context.route(f"{ORIGIN}/**", answer)
    page.goto(f"{ORIGIN}/")
    yield page
    context.close()


def by_browser(page, work: list[tuple[dict, list[dict]]], module="/ranking.js") -> list[dict[str, tuple]]:
    """Per rule: row → texts in the order of FIELDS."""
    found = json.loads(page.evaluate(RANK, [module, json.dumps(work)]))
    return [{row[0]: tuple(row[1:]) for row in rows} for rows in found]


def by_verifier(rule: dict, records: list[dict]) -> dict[str, tuple]:
    rows = rank([parse(record, rule, line) for line, record in enumerate(records, 2)], rule)
    return {
        row.row_id: (row.formasi_id, plain(row.total), plain(row.final), plain(row.rank), row.code, row.decided_by,
                     plain(row.closed_order))
        for row in rows
    }  # fmt: skip


def as_texts(found: dict[str, tuple]) -> dict[str, tuple]:
    return {
        row: tuple(value if isinstance(value, str) else plain(value) for value in values)
        for row, values in found.items()
    }


def first_differences(mine: dict, theirs: dict) -> list[tuple]:
    return [
        (row, dict(zip(FIELDS, mine[row], strict=True)), theirs.get(row))
        for row in mine
        if mine[row] != theirs.get(row)
    ][:3]


def test_the_three_rankers_agree_on_ten_thousand_cohorts(own_database, browser_page):
    dealt = batches(seed=20261125, cohorts=10_000)

    outside = [by_verifier(rule, records) for _name, rule, records in dealt]
    browser = by_browser(browser_page, [(rule, records) for _name, rule, records in dealt])
    portal = [as_texts(by_sql(rule, records)) for _name, rule, records in dealt]

    for (name, _rule, records), one, two, three in zip(dealt, outside, browser, portal, strict=True):
        assert len(one) == len(records)
        assert one == two, f"{name}, verifier and browser: {first_differences(one, two)}"
        assert one == three, f"{name}, verifier and SQL: {first_differences(one, three)}"
    said = {row[FIELDS.index("decided_by")].split(":")[0] for found in outside for row in found.values()}
    assert said >= {"status", "absent", "threshold", "tier", "final", "closed", "equal_on_limit", "all_fit", "no_limit"}


def test_the_browser_gives_every_vector(browser_page):
    work = [(rule, records) for _name, rule, records, _expected in worked_out()]

    assert differences(by_browser(browser_page, work)) == []


@pytest.mark.parametrize("bug", BUGS)
def test_the_vectors_notice_a_bug_planted_in_the_browsers_ranker(browser_page, bug):
    work = [(rule, records) for _name, rule, records, _expected in worked_out()]

    assert differences(by_browser(browser_page, work, f"/{list(BUGS).index(bug)}/ranking.js"))


def test_browser_and_verifier_take_and_refuse_the_same_fields(browser_page):
    rule = {
        "components": [{"key": "a", "max": "99.5", "decimals": 2}, {"key": "b", "max": 150, "decimals": 0}],
        "codes": {},
    }
    good = {"row_id": "r", "formasi_id": "F", "kebutuhan": "umum", "kuota": "1", "a": "1", "b": "2"}
    odd = ["", " ", " 5 ", "0", "00", "1.", ".5", "5.10", "5.101", "5.1000", "99.5", "99.51", "-1", "+1", "1e2", "1_0", "NaN", "１",
           "1,5", "1234567890", "123456789", "\t1", "1\n", "2024-02-29", "2023-02-29", "0000-01-01", "0001-01-01", "1999-1-1",
           "DIS", "dis", "inside", "x" * 64, "x" * 65, "\U0001f600" * 64, "a\x7fb", "101", "100.000000000", "100.0000000000"]  # fmt: skip
    fields = [*good, "status", "ipk", "birth_date"]
    random = Random(5)
    records = [good | {field: text} for field in fields for text in odd if field != "kebutuhan"]
    records += [
        good | {random.choice("ab"): "".join(random.choices("0123456789. -e", k=random.randint(1, 6)))}
        for _ in range(2000)
    ]

    def taken(record):
        try:
            return [plain(mark) for mark in parse(record, rule, 2).scores.values()]
        except BadRow:
            return None

    mine, theirs = [taken(record) for record in records], browser_page.evaluate(READ, ["/ranking.js", rule, records])

    assert [one for one in zip(records, mine, theirs, strict=True) if one[1] != one[2]] == []
    assert 300 < mine.count(None) < len(mine) - 300
