import json
import os
import socket
import stat
import threading
import urllib.error
import urllib.request
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from verifier import ed25519, notes, policy, witness, witness_server
from verifier.strict import NotVerified
from verifier.witness import Witness

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "tlog_vectors.json").read_bytes())
KEYS = {one["use"]: one for one in VECTORS["keys"]}
LOG = notes.key(KEYS["log"]["vkey"])
EXCHANGES = VECTORS["witness"]["exchanges_in_order"]
FIRST, GROWTH, REPLAY, _SMALLER, FORK, *_REST = [one["request_text"].encode() for one in EXCHANGES]
NAME = "witness.university.example/w1"


@pytest.fixture
def univ(tmp_path):
    return Witness(tmp_path, NAME, [LOG])


def test_the_exchanges_of_the_vectors(univ):
    for exchange in EXCHANGES:
        answer = univ.add_checkpoint(exchange["request_text"].encode(), time=1772445660)

        assert answer.status == exchange["status"], exchange["why"]
        assert answer.content_type.startswith(exchange["content_type"]), exchange["why"]
        if exchange["body_text"] is not None:
            assert answer.body == exchange["body_text"]


def test_its_cosignature_is_the_one_of_the_vectors(tmp_path):
    (tmp_path / "key").write_bytes(bytes.fromhex(KEYS["univ"]["seed_hex"]))
    univ = Witness(tmp_path, NAME, [LOG])
    checkpoint = VECTORS["checkpoints"][0]

    answer = univ.add_checkpoint(FIRST, time=checkpoint["time"])

    assert univ.vkey == KEYS["univ"]["vkey"]
    assert answer.body in checkpoint["signed_text"]
    assert univ.cosigned(sha256(LOG.name.encode()).hexdigest()).decode() == "".join(
        checkpoint["signed_text"].rsplit("\u2014", 1)[0]
    )


def test_a_policy_with_its_key_counts_its_cosignature(univ):
    answer = univ.add_checkpoint(FIRST, time=5)
    believed = policy.read(f"log {KEYS['log']['vkey']}\nwitness u {univ.vkey}\nquorum u\n".encode())

    found = policy.vouched(believed, notes.note(FIRST.partition(b"\n\n")[2] + answer.body.encode()))

    assert (found.quorum, found.times) == (True, {"u": 5})


def test_the_same_checkpoint_again_gets_a_fresh_time(univ):
    univ.add_checkpoint(FIRST, time=5)

    again = univ.add_checkpoint(FIRST.replace(b"old 0", b"old 5"), time=900)

    assert again.status == 200
    assert univ.latest[LOG.name].size == 5


def test_it_remembers_over_a_restart_and_never_goes_back(tmp_path):
    Witness(tmp_path, NAME, [LOG]).add_checkpoint(FIRST, time=5)
    Witness(tmp_path, None, [LOG]).add_checkpoint(GROWTH, time=6)

    later = Witness(tmp_path, None, [LOG])

    assert later.add_checkpoint(REPLAY, time=7).status == 409
    assert later.add_checkpoint(FORK, time=7).status == 422
    assert later.add_checkpoint(FIRST, time=7).body == "7\n"


def test_a_fork_is_kept_as_evidence(univ, tmp_path):
    univ.add_checkpoint(FIRST, time=5)
    univ.add_checkpoint(GROWTH, time=6)
    univ.add_checkpoint(FORK, time=7)
    univ.add_checkpoint(FORK, time=8)

    (kept,) = (tmp_path / "evidence").iterdir()
    assert kept.read_bytes() == FORK


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    first, again = Witness(tmp_path, NAME, [LOG]), Witness(tmp_path, NAME, [LOG])

    assert first.vkey == again.vkey
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_a_changed_memory_or_name_stops_the_witness(tmp_path):
    Witness(tmp_path, NAME, [LOG]).add_checkpoint(FIRST, time=5)
    (memory,) = [path for path in tmp_path.iterdir() if len(path.name) == 64]

    with pytest.raises(NotVerified, match="is called"):
        Witness(tmp_path, "other.example/w1", [LOG])
    memory.write_bytes(memory.read_bytes().replace(b"\n5\n", b"\n4\n"))
    with pytest.raises(NotVerified):
        Witness(tmp_path, NAME, [LOG])


def test_a_witness_without_a_name_or_a_sound_key_does_not_start(tmp_path):
    with pytest.raises(NotVerified, match="needs a --name"):
        Witness(tmp_path, None, [LOG])
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(NotVerified, match="is not the key"):
        Witness(tmp_path, NAME, [LOG])


def test_nothing_is_cosigned_that_was_not_written_down(univ, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(witness, "_write", full)

    with pytest.raises(OSError, match="no space"):
        univ.add_checkpoint(FIRST, time=5)
    assert univ.latest == {}


def test_the_new_state_is_on_the_disk_before_the_answer(univ, monkeypatch):
    order = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("fsync"), real(handle)))

    univ.add_checkpoint(FIRST, time=5)
    order.append("answer")

    assert order == ["fsync", "fsync", "answer"]  # the file, then the folder that names it


class Twin(Witness):
    """The same steps, without the lock around them."""

    class _Open:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return False

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.lock = self._Open()


def race(kind, folder, monkeypatch):
    """What is decided about two requests at once, both from size 5; each decision waits a moment for the other."""
    folder.mkdir()
    univ = kind(folder, NAME, [LOG])
    univ.add_checkpoint(FIRST, time=5)
    both, decided, real = threading.Barrier(2), [], witness.decide

    def decide(*arguments):
        answer = real(*arguments)
        decided.append(answer.status)
        with suppress(threading.BrokenBarrierError):
            both.wait(timeout=0.5)
        return answer

    def ask_it():
        with suppress(FileNotFoundError):  # without the lock even the files get into each other's way
            univ.add_checkpoint(GROWTH, time=6)

    monkeypatch.setattr(witness, "decide", decide)
    threads = [threading.Thread(target=ask_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(decided)


def test_two_requests_at_once_are_decided_one_after_the_other(tmp_path, monkeypatch):
    assert race(Witness, tmp_path / "real", monkeypatch) == [200, 409]


def test_the_twin_without_the_lock_decides_both_on_the_same_memory(tmp_path, monkeypatch):
    assert race(Twin, tmp_path / "twin", monkeypatch) == [200, 200]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"", 400),
        (b"\xff", 400),
        (b"old 0\n", 400),
        (b"old 00\n\n" + FIRST.partition(b"\n\n")[2], 400),
        (b"old 0\n" + b"A" * 43 + b"=\n\n" + FIRST.partition(b"\n\n")[2], 422),
        (b"old 0\n" + (b"A" * 43 + b"=\n") * 64 + b"\n" + FIRST.partition(b"\n\n")[2], 400),
        (b"old 0\nAAAA\n\n" + FIRST.partition(b"\n\n")[2], 400),
        (FIRST + b"x" * 400_000, 400),
        (FIRST.replace(b"old 0", b"old 9"), 400),
        (FIRST.replace(b"\n5\n", b"\n6\n"), 403),
    ],
    ids=str,
)
def test_what_is_not_right_gets_the_status_that_says_so(univ, request_, status):
    assert univ.add_checkpoint(request_, time=1).status == status
    assert univ.latest == {}


@pytest.fixture
def running(tmp_path):
    server = witness_server.server(tmp_path / "state", "127.0.0.1", 0, NAME, [LOG])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server, f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def ask(address, body=None, **headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(address, body, headers), timeout=5) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read().decode()


def test_it_speaks_the_protocol_over_http(running):
    server, address = running
    for exchange in EXCHANGES:
        status, kind, body = ask(f"{address}/add-checkpoint", exchange["request_text"].encode())
        assert (status, kind.startswith(exchange["content_type"])) == (exchange["status"], True)
        assert exchange["body_text"] in (None, body)

    status, _kind, body = ask(f"{address}/{sha256(LOG.name.encode()).hexdigest()}/checkpoint")

    assert (status, notes.checkpoint(notes.note(body.encode()).text).size) == (200, 7)
    assert notes.signers(notes.note(body.encode()), [LOG, server.witness.key]).keys() == {LOG, server.witness.key}
    assert ask(f"{address}/")[2] == f"{server.witness.vkey}\n"


@pytest.mark.parametrize("path", ["/key", "/../key", "/name", f"/{'0' * 64}/checkpoint", "/evidence"])
def test_it_shows_nothing_else(running, path):
    assert ask(running[1] + path)[0] == 404


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("POST /add-checkpoint HTTP/1.1\r\nContent-Length: 400000", 413),
        ("POST /add-checkpoint HTTP/1.1\r\nContent-Length: 99999999999999999999", 411),
        ("POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1", 411),
        ("POST /add-checkpoint HTTP/1.1\r\nContent-Length: \u0663", 411),
        ("POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", 411),
        ("POST /add-checkpoint HTTP/1.1", 411),
        ("POST /elsewhere HTTP/1.1\r\nContent-Length: 5", 404),
        ("PUT /add-checkpoint HTTP/1.1\r\nContent-Length: 5", 501),
    ],
)
def test_what_cannot_be_a_request_is_refused_before_it_is_read(running, head, status):
    with socket.create_connection(running[0].server_address, timeout=5) as connection:
        connection.sendall(head.encode() + b"\r\nHost: x\r\n\r\n")
        first = connection.makefile("rb").readline().decode()

    assert int(first.split()[1]) == status


def test_a_full_disk_is_said_and_nothing_is_cosigned(running, monkeypatch):
    def full(*_):
        raise OSError("no space left")

    monkeypatch.setattr(witness, "_write", full)

    status, _kind, body = ask(f"{running[1]}/add-checkpoint", FIRST)

    assert (status, "nothing was cosigned" in body) == (503, True)


def test_two_witnesses_never_share_a_memory(running, tmp_path):
    with pytest.raises(NotVerified, match="another witness"):
        witness_server.server(tmp_path / "state", "127.0.0.1", 0, NAME, [LOG])


def test_only_keys_of_logs_are_watched(tmp_path):
    with pytest.raises(NotVerified, match="keys of logs"):
        witness_server.server(tmp_path, "127.0.0.1", 0, NAME, [notes.key(KEYS["univ"]["vkey"])])


def test_it_signs_without_cryptography_too(univ, monkeypatch):
    monkeypatch.setattr(ed25519.sign, "__kwdefaults__", {"fast": False})

    line = univ.add_checkpoint(FIRST, time=5).body

    signed = notes.note(FIRST.partition(b"\n\n")[2] + line.encode())
    assert notes.signers(signed, [univ.key]) == {univ.key: 5}
