"""A row of which only the hash is left: the list still proves itself, and nobody can hide behind that."""

import json

import pytest

from tests.verifier import synthetic
from tests.verifier.redacting import last_list, redact, without
from tests.verifier.synthetic import jcs, put, seal, sha256, story
from tests.verifier.tampering import nothing
from verifier import announced, chronicle, cli
from verifier.kept_places import Kept, gaps

COUNT = 24


@pytest.fixture
def portal(tmp_path):
    (tmp_path / "policy").write_text(synthetic.POLICY)
    return story(tmp_path / "public", COUNT)[0]


@pytest.fixture
def verify(portal, tmp_path, capsys):
    def run(*names: str) -> tuple[int, str]:
        place = portal.place(last_list(portal)).joinpath(*names)
        code = cli.main(["announcement", str(place), "--policy", str(tmp_path / "policy")])
        return code, capsys.readouterr().out

    return run


@pytest.mark.parametrize("place", range(COUNT - 1))
def test_any_row_may_be_redacted(portal, verify, place):
    redact(portal, place)

    code, out = verify()

    assert code == 0, out
    assert "1 rows are redacted" in out and "their place is kept, not recomputed" in out
    assert "Cocok: semua yang diperiksa sesuai; 1 baris disamarkan." in out


def test_several_rows_one_after_the_other(portal, verify, tmp_path):
    for place in (3, 11, 0, 22, 7):
        redact(portal, place)

    assert verify()[0] == 0, verify()[1]
    assert "5 baris disamarkan" in verify()[1]
    assert verify("rows.jsonl")[0] == 0, verify("rows.jsonl")[1]
    assert verify("announcement.pdf")[0] == 0
    assert cli.main(["record", str(portal.folder), "--policy", str(tmp_path / "policy")]) == 0


def test_a_list_of_which_nothing_is_left_still_has_its_root(portal, verify):
    for place in range(COUNT - 1):
        redact(portal, place)

    assert verify("rows.jsonl")[0] == 0


def test_an_earlier_copy_fits_and_says_that_it_is_older(portal, verify):
    folder = portal.place(last_list(portal))
    before = {one: one.read_bytes() for one in folder.rglob("*") if one.is_file()}
    redact(portal, 4)
    for file, content in before.items():
        put(file, content)

    code, out = verify()

    assert code == 0, out
    assert "1 more rows have been redacted since" in out


def test_a_redacted_row_without_a_fact_is_found(portal, verify):
    without(portal, 4)
    portal.publish()

    code, out = verify("rows.jsonl")

    assert code == 1
    assert "of which the record says nothing" in out
    assert verify()[0] == 1


def test_more_rows_redacted_than_the_facts_say_are_found(portal, verify):
    redact(portal, 4)
    without(portal, 5)

    code, out = verify()

    assert code == 1
    assert "of which the record says nothing" in out


def test_a_row_redacted_in_the_place_of_another_is_found(portal, verify):
    redact(portal, 4, place=5)

    assert "of which the record says nothing or something else" in verify()[1]


@pytest.mark.parametrize("wrong", [{"leaf": "0" * 64}, {"leaf": sha256(b"another row").hex()}])
def test_a_fact_about_another_hash_is_found(portal, verify, wrong):
    redact(portal, 4, **wrong)

    code, out = verify()

    assert code == 1
    assert "of which the record says nothing or something else" in out


def test_another_hash_in_the_list_is_found(portal, verify):
    """Whoever redacts a row and puts the hash of an invented one: the root tells."""
    redact(portal, 4)
    folder = portal.place(last_list(portal))
    lines = (folder / "rows.jsonl").read_bytes().splitlines()
    lines[4] = sha256(b"invented").hex().encode()
    put(folder / "rows.jsonl", b"".join(line + b"\n" for line in lines))

    code, out = verify("rows.jsonl")

    assert code == 1
    assert "belongs to no announcement" in out or "root in the record" in out


def test_a_file_that_still_shows_something_else_is_found(portal, verify):
    redact(portal, 4)
    folder = portal.place(last_list(portal))
    put(folder / "announcement.pdf", b"%PDF-1.7 another")
    seal(folder)

    assert "the manifest has another digest" in verify()[1]


@pytest.mark.parametrize("gone", [2, 9, 15])
def test_behind_a_redacted_row_nobody_else_moves(portal, verify, gone):
    """Two people change places in every public file and in the record: the recomputation tells, whoever is redacted."""
    redact(portal, gone)
    folder = portal.place(last_list(portal))
    meta = json.loads((folder / "data.json").read_bytes())
    ranked = sorted((row for row in meta["list"] if "rank" in row), key=lambda row: row["rank"])
    first, second = ranked[0], ranked[-1]
    first["rank"], second["rank"] = second["rank"], first["rank"]
    put(folder / "rows.jsonl", b"".join((row.get("redacted", "").encode() or jcs(row)) + b"\n" for row in meta["list"]))
    meta["rows_sha256"] = sha256((folder / "rows.jsonl").read_bytes()).hex()
    put(folder / "data.json", jcs(meta))
    seal(folder)

    code = cli.main(["announcement", "--files-only", str(folder)])

    assert code == 1


TWINS = [
    (lambda portal: redact(portal, 4, leaf="0" * 64), "announced.compare_redactions"),
    (lambda portal: redact(portal, 4, redacted=7), "chronicle.stray_redactions"),
    (lambda portal: redact(portal, 4, version=9), "chronicle.stray_redactions"),
]


@pytest.mark.parametrize("falsify,off", TWINS)
def test_each_check_bites(portal, tmp_path, monkeypatch, falsify, off):
    """With the check on the falsification is found; with it off it passes."""
    ask = ["announcement", str(portal.place(last_list(portal)) / "rows.jsonl"), "--policy", str(tmp_path / "policy")]
    falsify(portal)
    assert cli.main(ask) == 1
    module, name = off.split(".")

    monkeypatch.setattr({"announced": announced, "chronicle": chronicle}[module], name, nothing)
    if falsify is TWINS[2][0]:  # a fact about another version says nothing of this one
        monkeypatch.setattr(announced, "compare_redactions", nothing)

    assert cli.main(ask) == 0


@pytest.mark.parametrize(
    "places,free",
    [
        ([(1, 1), (2, 2)], 0),
        ([(1, 2), (2, 3)], 1),
        ([(1, 1), (2, 3), (3, 4)], 1),
        ([(1, 1), (1, 1), (3, 4)], 1),
        ([(1, 1), (1, 2)], None),
        ([(1, 3), (2, 3)], None),
        ([(1, 2), (2, 1)], None),
        ([(2, 1)], None),
    ],
)
def test_gaps_are_counted_and_nothing_else_is_explained_by_them(places, free):
    assert gaps(places) == free


def test_no_more_gaps_than_redacted_rows():
    kept = Kept(2)

    assert kept.lay("A", [(1, 2)])
    assert not kept.lay("B", [(1, 3)])
    assert kept.lay("B", [(1, 1), (2, 3)])
    assert not kept.lay("C", [(1, 2)])
    assert kept.excuses("B", {"by"}) and not kept.excuses("C", {"by"}) and not kept.excuses("B", {"total"})
