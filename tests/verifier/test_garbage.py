"""Whatever a file holds: a sentence and exit code 1, never a traceback."""

import json
import socket
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.verifier import synthetic
from tests.verifier.synthetic import jcs, story
from verifier import cli, notes, policy, proofs, source, strict, tiles, witness
from verifier.source import Folder, Unreachable, Web
from verifier.strict import NotVerified

SCARCE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("A" * 43 + "="),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return story(tmp_path_factory.mktemp("portal") / "public")


@pytest.fixture(scope="module")
def outside(told):
    """The folder of a reader: policy, receipt, audit, checkpoint."""
    portal, persons = told
    folder = portal.folder.parent
    files = {
        "policy": synthetic.POLICY.encode(),
        "receipt": jcs(portal.result(persons[3], 8)),
        "submission": jcs(portal.submission(persons[3], 2)),
        "seen": portal.note(),
        "audit": jcs(
            {
                "format": "jabatan-terbuka-audit-v1",
                "number": "2026-2",
                "version": 2,
                "seed": "0" * 64,
                "sample": 1,
                "opened": [],
            }
        ),
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


LIST = "public/pengumuman/2026-2/v2"
PLACES = {
    "policy": "record",
    "seen": "seen",
    "public/log/checkpoint": "record",
    "public/log/tile/0/000.p/9": "record",
    "public/log/tile/entries/000.p/9": "record",
    f"{LIST}/manifest.json": "announcement",
    f"{LIST}/data.json": "announcement",
    f"{LIST}/data.csv": "announcement",
    f"{LIST}/rows.jsonl": "announcement",
    f"{LIST}/hitung-ulang/rulepack.json": "announcement",
    f"{LIST}/hitung-ulang/scores.csv": "announcement",
    "public/pengumuman/2026-1/v1/rows.jsonl": "announcement",
    "audit": "audit",
    "receipt": "receipt",
    "submission": "submission",
}


def run(folder: Path, asks: str) -> int:
    believed = ["--policy", str(folder / "policy")]
    command = {
        "record": ["record", str(folder / "public")],
        "seen": ["record", str(folder / "public"), "--prev", str(folder / "seen")],
        "announcement": ["announcement", str(folder / LIST)],
        "audit": ["announcement", str(folder / LIST), "--audit", str(folder / "audit")],
        "receipt": ["receipt", str(folder / "receipt")],
        "submission": ["receipt", str(folder / "submission")],
    }[asks]
    return cli.main([*command, *believed])


def test_untouched_it_all_fits(outside):
    assert {asks: run(outside, asks) for asks in set(PLACES.values()) - {"audit"}} == dict.fromkeys(
        set(PLACES.values()) - {"audit"}, 0
    )


@pytest.mark.parametrize("name", PLACES)
@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_of_rubbish_ends_in_a_sentence(outside, capsys, name, data):
    path = outside / name
    honest = path.read_bytes()
    cut = st.integers(0, len(honest) - 1)
    rubbish = data.draw(
        st.one_of(
            st.binary(max_size=60),
            JSON.map(lambda value: json.dumps(value).encode()),
            cut.map(lambda at: honest[:at]),
            st.tuples(cut, st.integers(1, 255)).map(
                lambda m: honest[: m[0]] + bytes([honest[m[0]] ^ m[1]]) + honest[m[0] + 1 :]
            ),
            st.tuples(cut, st.binary(min_size=1, max_size=9)).map(lambda m: honest[: m[0]] + m[1] + honest[m[0] :]),
        )
    )
    path.write_bytes(rubbish)
    try:
        code = run(outside, PLACES[name])
    finally:
        path.write_bytes(honest)

    out = capsys.readouterr().out
    assert "Traceback" not in out
    # A policy may change in a comment or a name, a checkpoint in a line of a stranger: then all still fits.
    assert code == 1 or (code == 0 and name in ("policy", "seen", "public/log/checkpoint", "receipt", "submission")), (
        rubbish
    )
    assert out.strip()


@pytest.mark.parametrize("name", ["receipt", "submission", "audit"])
@given(st.data())
@SCARCE
def test_a_field_of_any_other_value_ends_in_a_sentence(outside, capsys, name, data):
    path = outside / name
    honest = path.read_bytes()
    fields = json.loads(honest)
    key = data.draw(st.sampled_from(sorted(fields)))
    value = data.draw(JSON.filter(lambda found: found != fields[key]))
    try:
        path.write_bytes(json.dumps(fields | {key: value}).encode())
        code = run(outside, PLACES[name])
    finally:
        path.write_bytes(honest)

    assert (code, "Traceback" in capsys.readouterr().out) == (1, False)


def replaced(value, path: list, other):
    """`value` with what stands at `path` replaced."""
    if not path:
        return other
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = replaced(value[path[0]], path[1:], other)
    return changed


def any_place(data, value) -> list:
    """A path to something inside `value`, however deep."""
    path = []
    while isinstance(value, dict | list) and value and (not path or data.draw(st.booleans())):
        step = data.draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
        path, value = [*path, step], value[step]
    return path


@pytest.mark.parametrize("name", ["data.json", "rows.jsonl", "manifest.json", "hitung-ulang/rulepack.json"])
@given(st.data())
@SCARCE
def test_another_value_anywhere_in_an_announcement_ends_in_a_sentence(outside, capsys, name, data):
    path = outside / LIST / name
    honest = path.read_bytes()
    whole = [json.loads(line) for line in (honest.splitlines() if name == "rows.jsonl" else [honest])]
    place = any_place(data, whole)
    whole = replaced(whole, place, data.draw(JSON)) if place else whole[:-1]
    try:
        path.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in whole))
        code = run(outside, "announcement")
    finally:
        path.write_bytes(honest)

    assert (code, "Traceback" in capsys.readouterr().out) == (1, False)


@given(JSON)
@SCARCE
def test_an_entry_of_any_value_ends_in_a_sentence(tmp_path_factory, value):
    portal = synthetic.Portal(tmp_path_factory.mktemp("any"))
    for kind in ("announcement.frozen", "applications.batch", "rulepack.bound"):
        said = json.loads(synthetic.entry(kind, portal.at, {}))
        portal.entries.append(json.dumps(said | {"body": value}, sort_keys=True).encode())
    portal.entries.append(json.dumps(value).encode())
    portal.publish(at=portal.at)

    assert cli.main(["record", str(portal.folder)]) == 1


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")))
@settings(max_examples=300, deadline=None)
def test_the_readings_refuse_in_words_only(text):
    readings = (
        strict.decimal,
        strict.base64,
        notes.key,
        notes.checkpoint,
        lambda t: strict.json_of(t.encode("utf-8", "surrogatepass")),
        lambda t: strict.loose_json(t.encode("utf-8", "surrogatepass")),
        lambda t: notes.note(t.encode("utf-8", "surrogatepass")),
        lambda t: policy.read(t.encode("utf-8", "surrogatepass")),
        lambda t: proofs.read(t.encode("utf-8", "surrogatepass")),
        lambda t: tiles.entries(t.encode("utf-8", "surrogatepass"), 1),
    )
    for reading in readings:
        try:
            reading(text)
        except NotVerified as refusal:
            assert str(refusal)
    assert witness.decide(text.encode("utf-8", "surrogatepass"), [], {}).status in (400, 404)


@pytest.mark.parametrize(
    "text",
    [
        "log x+00000000+AAAA\nquorum none\n",
        "quorum none\nquorum none\n",
        "",
        "quorum nobody\n",
        f"witness none {synthetic.WITNESSES['ngo'].vkey}\nquorum none\n",
        f"witness a {synthetic.LOG.vkey}\nquorum a\n",
        f"log {synthetic.WITNESSES['ngo'].vkey}\nquorum none\n",
        f"log {synthetic.LOG.vkey}\nlog {synthetic.LOG.vkey}\nquorum none\n",
        f"witness a {synthetic.WITNESSES['ngo'].vkey}\ngroup g 2 a\nquorum g\n",
        f"witness a {synthetic.WITNESSES['ngo'].vkey}\ngroup g 0 a\nquorum g\n",
        f"witness a {synthetic.WITNESSES['ngo'].vkey}\ngroup g all a a\nquorum g\n",
        f"witness a {synthetic.WITNESSES['ngo'].vkey}\ngroup g any a\ngroup h any a\nquorum g\n",
        f"witness a {synthetic.WITNESSES['ngo'].vkey}\ngroup g any none\nquorum g\n",
        f"witness a {synthetic.WITNESSES['ngo'].vkey}\ngroup a any a\nquorum a\n",
        f"witness a {synthetic.WITNESSES['ngo'].vkey}\nwitness b {synthetic.WITNESSES['ngo'].vkey}\nquorum a\n",
        f"log {synthetic.LOG.vkey} https://a https://b\nquorum none\n",
        "quorum none\x00\n",
        "quorum none\r\n",
    ],
    ids=range(18),
)
def test_a_policy_with_a_hole_is_refused(text):
    with pytest.raises(NotVerified):
        policy.read(text.encode())


def test_groups_of_groups_count_as_they_say():
    keys = synthetic.WITNESSES
    believed = policy.read(
        f"# who\n\n log {synthetic.LOG.vkey} https://portal.example \n"
        f"witness u {keys['univ'].vkey}\nwitness n {keys['ngo'].vkey}\twitness-url\nwitness p {keys['press'].vkey}\n"
        "group outside any n p\ngroup both all u outside\nquorum both\n".encode()
    )
    univ, ngo, press = (believed.witnesses[name] for name in "unp")

    met = [believed.is_met("both", by) for by in ({univ}, {ngo, press}, {univ, ngo}, {univ, press}, set())]

    assert met == [False, False, True, True, False]


@pytest.mark.parametrize("bad", ["../policy", "link", "folder", "none", "a\0b"])
def test_nothing_outside_a_folder_is_read(tmp_path, bad):
    inside = tmp_path / "inside"
    (inside / "folder").mkdir(parents=True)
    (tmp_path / "policy").write_text("secret")
    (inside / "link").symlink_to(tmp_path / "policy")

    with pytest.raises(NotVerified):
        Folder(inside).read(bad, 100)


def test_a_file_beyond_its_limit_is_refused(tmp_path):
    (tmp_path / "large").write_bytes(bytes(11))

    assert len(Folder(tmp_path).read("large", 11)) == 11
    with pytest.raises(NotVerified, match="larger than 10 bytes"):
        Folder(tmp_path).read("large", 10)


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "a\\b", "c:x", "", ".", "a\nb"])
def test_a_manifest_that_names_a_file_elsewhere_is_refused(outside, name, capsys):
    path = outside / LIST / "manifest.json"
    honest = path.read_bytes()
    try:
        path.write_bytes(jcs({"files": {name: {"sha256": "0" * 64}}}))
        code = run(outside, "announcement")
    finally:
        path.write_bytes(honest)

    assert (code, "outside the announcement" in capsys.readouterr().out) == (1, True)


def test_nobody_writes_lines_of_his_own_into_the_verdict(outside, capsys):
    person = synthetic.Person(3, (1, 1, 1))
    person.who["name"] = "Budi\nEverything agrees."
    portal = synthetic.Portal(outside / "own")
    portal.batches[0] = []
    portal.batch([person])
    (outside / "own-receipt").write_bytes(jcs(portal.submission(person, 0)))

    code = cli.main(["receipt", str(outside / "own-receipt"), "--policy", str(outside / "policy")])

    out = capsys.readouterr().out
    assert (code, "Budi?Everything agrees." in out, out.count("\nEverything agrees.")) == (0, True, 1)


def serve(answer: bytes):
    """A server that says these bytes to everybody, whatever is asked."""
    listening = socket.create_server(("127.0.0.1", 0))

    def loop():
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

    threading.Thread(target=loop, daemon=True).start()
    return listening, Web(f"http://127.0.0.1:{listening.getsockname()[1]}")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", source.Missing),
        (b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n", Unreachable),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort", Unreachable),
        (b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", Unreachable),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes(200), NotVerified),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", NotVerified),
        (b"nonsense", Unreachable),
        (b"", Unreachable),
    ],
    ids=range(8),
)
def test_a_strange_server_gets_no_further(answer, kind):
    listening, web = serve(answer)
    with listening, pytest.raises(kind):
        web.read("checkpoint", 100)


def test_a_packed_answer_is_unpacked_up_to_its_limit():
    import gzip

    packed = gzip.compress(bytes(1000))
    listening, web = serve(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + packed)
    with listening:
        assert web.read("tile", 1000) == bytes(1000)
        with pytest.raises(NotVerified, match="larger than 999"):
            web.read("tile", 999)


def test_an_address_that_does_not_answer_proves_nothing(capsys):
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    listening.close()

    assert cli.main(["record", f"http://127.0.0.1:{port}"]) == 2
    assert "Belum diperiksa" in capsys.readouterr().err
    assert cli.main(["record", "ftp://127.0.0.1"]) == 1
    assert cli.main(["record", "/nowhere/at/all"]) == 1
