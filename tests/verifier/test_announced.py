import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.verifier import synthetic
from tests.verifier.synthetic import jcs, put, seal, sha256, story
from verifier import announced, cli


@pytest.fixture
def told(tmp_path):
    (tmp_path / "policy").write_text(synthetic.POLICY)
    return story(tmp_path / "public")


@pytest.fixture
def verify(told, tmp_path, capsys):
    def run(place, *more) -> tuple[int, str]:
        code = cli.main(["announcement", str(place), "--policy", str(tmp_path / "policy"), *map(str, more)])
        return code, capsys.readouterr().out

    return run


def place(portal, number="2026-2", version=2):
    return portal.place({"number": number, "version": version})


@pytest.mark.parametrize("which", [("2026-1", 1), ("2026-2", 1), ("2026-2", 2)])
def test_an_honest_announcement_fits_the_record(told, verify, which):
    code, out = verify(place(told[0], *which))

    assert code == 0, out
    assert f"announces number {which[0]}, version {which[1]}" in out
    assert ("Version 2 supersedes this one" in out) == (which == ("2026-2", 1))


def test_the_record_may_lie_elsewhere(told, verify, tmp_path):
    copy = tmp_path / "copy"
    for file in [one for one in place(told[0]).rglob("*") if one.is_file()]:
        put(copy / file.relative_to(place(told[0])), file.read_bytes())

    code, out = verify(copy)
    assert (code, "there is no record" in out) == (1, True)
    assert verify(copy, "--record", told[0].folder)[0] == 0
    assert cli.main(["announcement", str(copy), "--files-only"]) == 0


@pytest.mark.parametrize(
    "name", ["rows.jsonl", "announcement.pdf", "index.html", "data.csv", "hitung-ulang/scores.csv"]
)
def test_one_file_alone_is_found_in_the_record(told, verify, name):
    code, out = verify(place(told[0]) / name)

    assert code == 0, out
    assert f"This is the file {name} of the announcement number 2026-2, version 2" in out


def test_one_file_that_was_changed_is_in_no_announcement(told, verify):
    file = place(told[0]) / "announcement.pdf"
    file.write_bytes(file.read_bytes() + b"x")

    code, out = verify(file)

    assert code == 1
    assert "belongs to no announcement in the record" in out


def test_a_manifest_that_was_changed_vouches_for_no_file(told, verify):
    pdf = place(told[0]) / "announcement.pdf"
    pdf.write_bytes(b"another")
    seal(place(told[0]))

    assert verify(pdf)[0] == 1


def test_an_announcement_that_is_not_in_the_record_has_no_effect(told, verify):
    folder = place(told[0], "2026-7", 1)
    synthetic.write_announcement(folder, "2026-7", 1, "skd", "cpns-2026", told[1])

    code, out = verify(folder)

    assert code == 1
    assert "has no effect" in out


def test_a_correction_that_points_elsewhere_is_named(told, verify):
    portal, persons = told
    portal.announce("2026-2", 3, "skd", persons[:-2], supersedes=1)
    portal.publish()

    assert "does not point to what it supersedes" in verify(place(portal, version=3))[1]


def test_a_correction_may_point_by_place_and_leaf(told, verify):
    portal, persons = told
    portal.announce("2026-2", 3, "skd", persons[:-2], supersedes={"n": 8, "leaf": portal.leaves[8].hex()})
    portal.publish()

    code, out = verify(place(portal, version=3))
    assert code == 0, out


def test_somebody_who_was_in_no_earlier_list_is_named(told, verify):
    portal, persons = told
    ghost = synthetic.Person(999, (100, 100, 200))
    portal.announce("2026-2", 3, "skd", [*persons, ghost], supersedes=2)
    portal.publish()

    code, out = verify(place(portal, version=3))

    assert code == 1
    assert f"1 people are in no earlier list of the recruitment: {ghost.p}" in out


def test_an_earlier_list_that_is_gone_or_changed_is_named(told, verify):
    earlier = place(told[0], "2026-1", 1) / "rows.jsonl"
    lines = earlier.read_bytes().splitlines(keepends=True)

    earlier.write_bytes(b"".join(lines[1:]))
    assert "not the rows of entry 5" in verify(place(told[0]))[1]
    earlier.unlink()
    code, out = verify(place(told[0]))
    assert (code, "pengumuman/2026-1/v1/rows.jsonl is missing" in out) == (1, True)


def restate_rows(portal, lines: list[bytes]) -> None:
    """Record a last list of these lines: everything agrees, whatever the lines are."""
    index, body = portal.facts("announcement.frozen")[-1]
    folder = portal.place(body)
    rows = b"".join(line + b"\n" for line in lines)
    put(folder / "rows.jsonl", rows)
    meta = json.loads((folder / "data.json").read_bytes())
    put(
        folder / "data.json",
        jcs(meta | {"list": list(map(json.loads, lines)), "rows": len(lines), "rows_sha256": sha256(rows).hex()}),
    )
    (folder / "data.csv").unlink()
    (folder / "hitung-ulang" / "scores.csv").unlink()
    seal(folder)
    portal.restate(
        index, **portal.fields(folder, body["number"], body["version"], body["stage"], body["recruitment"], lines)
    )
    portal.publish()


def last_lines(portal) -> list[bytes]:
    return (place(portal) / "rows.jsonl").read_bytes().splitlines()


def test_rows_that_do_not_ascend_are_named_even_when_they_were_recorded_so(told, verify):
    lines = last_lines(told[0])
    restate_rows(told[0], [lines[1], lines[0], *lines[2:]])

    code, out = verify(place(told[0]))

    assert code == 1
    assert "not above the one before it" in out


def test_two_people_with_one_commitment_are_named(told, verify):
    first, second, *rest = map(json.loads, last_lines(told[0]))
    restate_rows(told[0], [jcs(first), jcs(second | {"c": first["c"]}), *map(jcs, rest)])

    code, out = verify(place(told[0]))

    assert code == 1
    assert "one commitment for two people" in out


def test_rules_that_were_never_bound_are_named(told, verify):
    portal, _persons = told
    index, body = portal.facts("rulepack.bound")[0]
    portal.restate(index, recruitment="another")
    portal.publish()

    assert "No rules were bound" in verify(place(portal))[1]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def address(told):
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=told[0].folder))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_announcement_and_its_record_are_read_from_the_web(told, verify, address, tmp_path):
    assert cli.main(["record", address, "--policy", str(tmp_path / "policy")]) == 0
    assert cli.main(["record", f"{address}/log/", "--policy", str(tmp_path / "policy")]) == 0
    assert verify(f"{address}/pengumuman/2026-2/v2/")[0] == 0
    assert verify(place(told[0]), "--record", address)[0] == 0

    (place(told[0]) / "index.html").unlink()
    code, out = verify(f"{address}/pengumuman/2026-2/v2")
    assert (code, "index.html is missing" in out) == (1, True)


def test_an_announcement_without_end_is_not_fetched_to_the_end(told, verify, address, monkeypatch):
    monkeypatch.setattr(announced, "LARGEST_ANNOUNCEMENT", 2000)

    code, out = verify(f"{address}/pengumuman/2026-2/v2")

    assert (code, "larger than 2000 bytes" in out) == (1, True)


def test_a_checkpoint_of_a_witness_is_compared_too(told, address, tmp_path):
    put(told[0].folder / "witness" / "checkpoint", told[0].note(7))

    code = cli.main(
        ["record", address, "--policy", str(tmp_path / "policy"), "--prev", f"{address}/witness/checkpoint"]
    )

    assert code == 0


def test_a_number_that_is_no_address_is_not_followed(told):
    portal, _persons = told
    fact = announced.chronicle.Fact(1, "announcement.frozen", portal.at, {"number": "../../etc", "version": 1})

    with pytest.raises(announced.NotVerified, match="cannot be an address"):
        announced.address(fact)
