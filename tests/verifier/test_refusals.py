"""What the verifier will not read: packs with a hole in them and files that are not what they seem."""

import json
from pathlib import Path

import pytest

from verifier import cli, pack

ROOT = Path(__file__).resolve().parents[2]
CPNS = ROOT / "selection" / "rulepacks" / "cpns-2024.json"
HEADING = "row_id,formasi_id,kebutuhan,kuota,twk,tiu,tkp"


def skd(rules: dict) -> dict:
    return rules["stages"]["skd"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda p: skd(p).update(multiplyer=5), "multiplyer is unknown"),
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


def test_a_byte_order_mark_spaces_and_useless_zeros_do_no_harm(tmp_path):
    scores, out = tmp_path / "scores.csv", tmp_path / "out.csv"
    scores.write_bytes(b"\xef\xbb\xbf" + f"{HEADING}\n a , F,umum ,1, 65.000,80,166\n".encode())

    code = cli.main(["rank", str(CPNS), str(scores), "--out", str(out)])

    assert code == 0
    assert out.read_text().splitlines()[1] == "a,F,311,311,1,P/L,all_fit"
