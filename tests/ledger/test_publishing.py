"""The record is published as files that never change, signed last, and handed out without Django."""

import stat

import pytest
from django.conf import settings

from ledger import files, log, queries
from ledger.actions import publishing, recording, sequencer, signing
from ledger.models import Checkpoint, Entry
from ledger.tlog import policy, tiles, tree
from ledger.tlog.proofs import Proof, verify_proof
from portal.files import PublicFiles
from portal.grants import KEEPER, WORK
from tests.ledger.parts import grow, hold, path
from tests.parts import NOON
from tests.roles import working_as

pytestmark = pytest.mark.usefixtures("own_database")


def the_policy():
    return policy.parse_policy(path("policy").read_text())


def names() -> set[str]:
    return {str(one.relative_to(log.folder())) for one in log.folder().rglob("*") if one.is_file()}


def test_a_fact_is_public_with_its_tile_bundle_and_signed_checkpoint():
    fact = hold()

    assert recording.record_waiting(NOON) == 2

    fact.refresh_from_db()
    signed, _signers = the_policy().check(path().read_bytes())
    assert (signed.origin, signed.size, signed.root) == (settings.LOG_ORIGIN, 2, log.root(2))
    assert names() == {"checkpoint", "policy", "tile/0/000.p/2", "tile/entries/000.p/2"}
    assert tiles.parse_bundle(path("tile/entries/000.p/2").read_bytes())[1] == bytes(fact.body)
    assert queries.is_signed(fact)
    assert Checkpoint.objects.get().size == 2


def test_growth_writes_new_files_and_touches_no_old_one():
    grow(260)
    before = {name: (path(name).read_bytes(), path(name).stat().st_mtime_ns) for name in names() if "tile" in name}

    grow(10)

    assert (
        before.items() <= {name: (path(name).read_bytes(), path(name).stat().st_mtime_ns) for name in names()}.items()
    )
    assert names() - before.keys() == {"checkpoint", "policy", "tile/0/001.p/15", "tile/entries/001.p/15"}
    assert {"tile/0/000", "tile/entries/000", "tile/1/000.p/1"} < before.keys()


def test_published_files_cannot_be_written_by_mistake():
    grow(1)

    assert {stat.S_IMODE(path(name).stat().st_mode) for name in names() if "tile" in name} == {0o444}


def test_a_published_file_is_never_overwritten(tmp_path):
    assert files.put(tmp_path, [("tile/0/000.p/1", b"one")]) == 1
    assert files.put(tmp_path, [("tile/0/000.p/1", b"one")]) == 0

    with pytest.raises(files.Changed):
        files.put(tmp_path, [("tile/0/000.p/1", b"two")])

    assert (tmp_path / "tile/0/000.p/1").read_bytes() == b"one"
    assert [one.name for one in (tmp_path / "tile/0/000.p").iterdir()] == ["1"]


def test_an_entry_is_proved_from_the_files_alone():
    grow(300)
    checkpoint = path().read_bytes()
    size = the_policy().check(checkpoint)[0].size
    read = tiles.tile_reader(size, lambda *tile: files.hashes(log.folder(), *tile))

    for index in (0, 7, 255, 256, size - 1):
        proof = Proof(index, tuple(tree.prove_inclusion(index, size, read)), checkpoint)
        verify_proof(proof, bytes(Entry.objects.get(n=index).body), the_policy())


def test_nothing_new_signs_nothing(monkeypatch):
    grow(3)
    monkeypatch.setattr(signing, "ask", lambda *_: pytest.fail("asked the signer"))

    assert recording.record_waiting(NOON) == 0
    assert Checkpoint.objects.count() == 1


@pytest.mark.parametrize("broken", ["contents", "sign", "show"])
def test_a_crash_at_any_point_is_made_good_by_the_next_ring(broken, monkeypatch):
    hold()
    place = signing if broken == "sign" else publishing
    monkeypatch.setattr(place, broken, lambda *_: (_ for _ in ()).throw(RuntimeError("power cut")))
    with pytest.raises(RuntimeError):
        recording.record_waiting(NOON)
    assert not Checkpoint.objects.exists()
    monkeypatch.undo()
    hold()

    recording.record_waiting(NOON)

    assert Checkpoint.objects.get().size == 3
    assert the_policy().check(path().read_bytes())[0].size == 3


def test_a_crash_after_the_checkpoint_was_shown_is_made_good(monkeypatch):
    hold()
    monkeypatch.setattr(Checkpoint, "save", lambda *_a, **_k: (_ for _ in ()).throw(RuntimeError("power cut")))
    with pytest.raises(RuntimeError):
        recording.record_waiting(NOON)
    monkeypatch.undo()

    recording.record_waiting(NOON)

    assert Checkpoint.objects.get().size == 2


@pytest.mark.parametrize("role", [KEEPER, WORK])
def test_keeper_and_worker_may_publish(role):
    with working_as(role):
        grow(2)
    assert Checkpoint.objects.get().size == 3


def test_batches_are_published_one_by_one(monkeypatch):
    monkeypatch.setattr(sequencer, "BATCH", 4)
    monkeypatch.setattr(sequencer.sequence.__wrapped__, "__kwdefaults__", {"limit": 4})

    grow(10)

    assert list(Checkpoint.objects.values_list("size", flat=True)) == [4, 8, 11]


def ask(address: str, method: str = "GET"):
    found = {}

    def start(status, headers):
        found.update(status=int(status[:3]), headers=dict(headers))

    def behind(environ, start_response):
        start_response("599 Django", [])
        return [b""]

    body = b"".join(PublicFiles(behind, settings.PUBLIC_ROOT)({"REQUEST_METHOD": method, "PATH_INFO": address}, start))
    return found["status"], found["headers"], body


def test_the_record_is_handed_out_with_the_right_headers():
    grow(260)

    status, headers, body = ask("/log/checkpoint")
    assert (status, body) == (200, path().read_bytes())
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=5"
    for name in ("tile/0/000", "tile/entries/000", "tile/1/000.p/1", "tile/0/001.p/5"):
        status, headers, body = ask(f"/log/{name}")
        assert (status, body) == (200, path(name).read_bytes())
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Content-Encoding" not in headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert ask("/log/checkpoint")[1]["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "address",
    [
        "/log/", "/log/tile", "/log/tile/0", "/log/tile/0/999", "/log/tile/0/000.p/4", "/log/tile/00/000",
        "/log/tile/0/000/", "/log/tile/0/x000/000", "/log/tile/../checkpoint", "/log/.checkpoint", "/log/tile/0/.000",
        "/log//checkpoint", "/log/tile/0/000.p", "/log/checkpoint/x", "/log/tile/0/٠٠٠", "/log/secret",
    ],
)  # fmt: skip
def test_nothing_else_is_handed_out(address):
    grow(2)
    (log.folder() / "secret").write_text("x")

    assert ask(address)[0] == 599
