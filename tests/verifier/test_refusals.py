"""What the verifier will not read: packs with a hole in them and files that are not what they seem."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import cli, pack

ROOT = Path(__file__).resolve().parents[2]
CPNS = ROOT / "selection" / "rulepacks" / "cpns-2024.json"
HEADING = "row_id,formasi_id,kebutuhan,kuota,twk,tiu,tkp"


def skd(rules: dict) -> dict:
    return rules["stages"]["skd"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: skd(p).update(multipliers=5), "multipliers is unknown"),
        (lambda p: skd(p).pop("multiplier"), "multiplier is missing"),
        (lambda p: skd(p).update(multiplier=0), "whole number from 1"),
        (lambda p: skd(p).update(multiplier=True), "whole number from 1"),
        (lambda p: skd(p)["thresholds"].pop("papua"), "nothing for papua"),
        (lambda p: skd(p)["thresholds"]["umum"].update(twk=155), "above the maximum"),
        (lambda p: skd(p)["thresholds"]["umum"].update(twk="enam"), "is no number"),
        (lambda p: skd(p)["thresholds"].update(umum=[]), "not empty"),
        (lambda p: skd(p)["components"][0].update(decimals=4), "0, 1, 2 or 3"),
        (lambda p: p["codes"]["P/L"].update(advances=False), "only the code of inside advances"),
        (lambda p: p["codes"]["TL"].update(advances=True), "only the code of inside advances"),
        (lambda p: p["stages"]["akhir"].update(decimals=9), "0, 1, 2 or 3"),
        (lambda p: p.update(vectors=[]), "no test vector"),
        (lambda p: p.pop("vectors"), "vectors is missing"),
        (lambda p: p.update(note="x"), "note is unknown"),
        (lambda p: p.update(codes=[]), "codes: an object"),
        (lambda p: p.update(year=True), "year: a whole number"),
        (lambda p: p.update(decrees=["KepmenPANRB"]), "decrees.1: an object"),
        (lambda p: p["documents"][0].update(max_kb="200"), "documents.1.max_kb"),
        (lambda p: p["documents"].append(p["documents"][0]), "documents: ktp is named twice"),
        (lambda p: p["stages"].update(administrasi={"codes": {}}), "administrasi.kind: review or rank"),
        (lambda p: p["stages"]["administrasi"]["codes"].update(met="TMS"), "only the code of met advances"),
        (lambda p: skd(p)["components"][0].pop("max"), "components.1: the key max is missing"),
        (lambda p: skd(p)["components"][0].update(max=0), "twk.max: above 0"),
        (lambda p: skd(p)["components"][0].update(decimals=True), "0, 1, 2 or 3"),
        (lambda p: skd(p)["components"][0].update(key="final"), "another meaning"),
        (lambda p: skd(p)["components"][0].update(key="t w k"), "is no name"),
        (lambda p: skd(p)["components"].append(skd(p)["components"][0]), "twk is named twice"),
        (lambda p: skd(p).update(sums={"tiu": ["twk"]}), "tiu is named twice"),
        (lambda p: skd(p).update(sums={"both": []}), "empty, or an unknown"),
        (lambda p: skd(p).update(thresholds={}), "thresholds: an object with at least one key"),
        (lambda p: skd(p).update(order=["final", "tkp", "tkp"]), "order: tkp is named twice"),
        (lambda p: skd(p).update(zero_total_is_absent="no"), "true or false"),
        (lambda p: skd(p).update(decimals=2), "parts and decimals belong together"),
        (lambda p: p["stages"]["akhir"]["parts"][1].update(component="skd"), "parts: skd is named twice"),
        (lambda p: p["vectors"][0]["rows"][0].update(tkb=5), "tkb is unknown"),
        (lambda p: p["vectors"][0].update(stage="administrasi"), "no stage that is ranked"),
        (lambda p: p["vectors"][0].update(expect={}), "expect: an object with at least one key"),
        (lambda p: p["vectors"][0].update(expect={"nobody": {"rank": 1}}), "no row of that name"),
        (lambda p: p["vectors"][0]["expect"]["u"].update(place=1), "place is unknown"),
        (lambda p: p.update(skb=[{"test": "cat", "weight": "x"}]), "is no number"),
        (lambda p: p.update(skb=[{"test": "cat", "weight": 50}] * 2), "cat is named twice"),
    ],
)
def test_a_pack_with_a_hole_is_refused(change, words):
    rules = json.loads(CPNS.read_text())
    change(rules)

    with pytest.raises(pack.BadPack, match=words):
        pack.check(rules)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"schema": 1, "schema": 1}', "written twice"),
        ('{"schema": NaN}', "never as floats"),
        ("[]", "one JSON object"),
        ("{", "Expecting"),
        ("[" * 100000, "recursion"),
        ('{"year": ' + "9" * 5000 + "}", "digits"),
    ],
)
def test_a_file_that_is_no_pack_is_refused(tmp_path, text, words):
    path = tmp_path / "pack.json"
    path.write_text(text)

    with pytest.raises(pack.BadPack, match=words):
        pack.load(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (f"{HEADING}\na,F,umum,1,65,80\n".encode(), "not as many values"),
        (f"{HEADING}\na,F,umum,1,65,80,166,9\n".encode(), "not as many values"),
        (f"{HEADING},twk\na,F,umum,1,65,80,166,150\n".encode(), "column twk is there twice"),
        (HEADING.replace(",tkp", "").encode() + b"\n", "column tkp is missing"),
        (b"", "is missing"),
        (b"\xff\xfe", "not UTF-8"),
        (f'{HEADING}\n"a"b,F,umum,1,65,80,166\n'.encode(), "not CSV"),
    ],
)
def test_a_broken_score_file_leaves_no_result(tmp_path, capsys, content, words):
    scores, out = tmp_path / "scores.csv", tmp_path / "out.csv"
    scores.write_bytes(content)

    code = cli.main(["rank", str(CPNS), str(scores), "--out", str(out)])

    assert (code, out.exists()) == (2, False)
    assert words in capsys.readouterr().err


def _places(value, before=()):
    """Every place in nested JSON, as the keys that lead there."""
    found = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in found:
        yield (*before, key)
        yield from _places(item, (*before, key))


SMALL = json.loads((CPNS.parent / "jpt-pratama.json").read_text())


@given(
    st.sampled_from(list(_places(SMALL))),
    st.sampled_from([None, True, 0, -1, 100000, "", "x", "0.5", "1e3", "final", [], {}, ["x"], {"x": 1}, [None]]),
)
@settings(max_examples=400, deadline=None)
def test_a_pack_with_any_one_value_replaced_is_refused_in_words_or_works(place, value):
    rules = deepcopy(SMALL)
    inner = rules
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value

    try:
        pack.check(rules)
        found = cli.vector_differences(rules)
    except pack.BadPack as refusal:
        found = [str(refusal)]

    assert all(isinstance(line, str) and line for line in found)


def test_a_pack_of_the_wrong_shape_is_unusable_and_not_a_difference(tmp_path, capsys):
    path = tmp_path / "pack.json"
    path.write_text(json.dumps(SMALL | {"stages": []}))

    codes = [cli.main([command, str(path)]) for command in ("check-pack", "vectors")]

    assert codes == [2, 2]
    assert "stages: an object" in capsys.readouterr().err


def test_a_vector_that_cannot_be_ranked_is_named():
    rules = deepcopy(SMALL)
    rules["vectors"][1]["rows"][0]["asesmen"] = "101"

    with pytest.raises(pack.BadPack, match="vector 2: row 1 .half., asesmen: not between 0 and 100"):
        cli.vector_differences(rules)


def test_a_message_names_the_row_that_the_spreadsheet_shows(tmp_path, capsys):
    scores = tmp_path / "scores.csv"
    scores.write_text(f"{HEADING}\na,F,umum,1,65,80,166\n\nb,F,umum,1,65,80,999\n")

    code = cli.main(["rank", str(CPNS), str(scores)])

    assert code == 2
    assert "row 4 (b), tkp: not between 0 and 225: 999" in capsys.readouterr().err


def test_the_result_never_overwrites_its_input(tmp_path, capsys):
    scores = tmp_path / "scores.csv"
    scores.write_text(f"{HEADING}\na,F,umum,1,65,80,166\n")
    before = scores.read_text()

    code = cli.main(["rank", str(CPNS), str(scores), "--out", str(scores)])

    assert (code, scores.read_text()) == (2, before)
    assert "this is an input file" in capsys.readouterr().err


def test_a_byte_order_mark_spaces_and_useless_zeros_do_no_harm(tmp_path):
    scores, out = tmp_path / "scores.csv", tmp_path / "out.csv"
    scores.write_bytes(b"\xef\xbb\xbf" + f"{HEADING}\n a , F,umum ,1, 65.000,80,166\n".encode())

    code = cli.main(["rank", str(CPNS), str(scores), "--out", str(out)])

    assert code == 0
    assert out.read_text().splitlines()[1] == "a,F,311,311,1,P/L,all_fit"
