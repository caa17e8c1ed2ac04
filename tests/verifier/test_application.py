"""The verifier as one file: the same bytes every time, and enough by itself."""

import os
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from lib import verifier_app
from tests.verifier import synthetic

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    target = tmp_path_factory.mktemp("dist") / "verifier.pyz"
    verifier_app.build(target)
    return target


def run(application, *arguments) -> subprocess.CompletedProcess:
    """As on a machine where nothing is installed: isolated, without site packages, in an empty folder."""
    command = [sys.executable, "-I", "-S", str(application), *map(str, arguments)]
    return subprocess.run(command, cwd=application.parent, capture_output=True, text=True, timeout=60)


def test_make_verifier_gives_the_same_bytes_every_time(application, tmp_path):
    copy = tmp_path / "verifier"
    copy.mkdir()
    for path in sorted((ROOT / "verifier").glob("*.*"), reverse=True):
        (copy / path.name).write_bytes(path.read_bytes())
        os.utime(copy / path.name, (1, 1))
    made = subprocess.run(
        ["make", "-s", "verifier"], cwd=ROOT, capture_output=True, text=True, env=os.environ | {"TZ": "Asia/Jakarta"}
    )

    again = verifier_app.build(tmp_path / "again.pyz", copy)

    assert made.stdout.split() == [again, "dist/verifier.pyz"], made.stderr
    assert (tmp_path / "again.pyz").read_bytes() == application.read_bytes() == verifier_app.TARGET.read_bytes()


def test_it_checks_record_announcement_and_receipt_with_the_standard_library_only(application, tmp_path):
    portal, persons = synthetic.story(tmp_path / "public")
    (tmp_path / "policy").write_text(synthetic.POLICY)
    (tmp_path / "receipt").write_bytes(synthetic.jcs(portal.result(persons[3], 8)))
    policy = ("--policy", tmp_path / "policy")
    commands = (
        ("record", portal.folder, *policy),
        ("announcement", portal.place({"number": "2026-2", "version": 2}), *policy),
        ("receipt", tmp_path / "receipt", *policy),
    )

    for command in commands:
        done = run(application, *command)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "Cocok" in done.stdout
    (portal.log / "tile" / "0" / "000.p" / "9").write_bytes(bytes(9 * 32))
    done = run(application, *commands[0])
    assert (done.returncode, "recorded with other content" in done.stdout) == (1, True)


def test_its_witness_cosigns_and_stops_in_good_order(application, tmp_path):
    portal, _persons = synthetic.story(tmp_path / "public")
    command = [sys.executable, "-I", "-S", "-u", str(application), "witness", "--state", str(tmp_path / "state")]
    command += ["--listen", "127.0.0.1:0", "--name", "univ.example/w9", "--log-key", synthetic.LOG.vkey]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        lines = [process.stdout.readline() for _ in range(2)]
        address = next(word.rstrip(";") for word in lines[1].split() if word.startswith("http"))
        request = urllib.request.Request(f"{address}/add-checkpoint", b"old 0\n\n" + portal.note())
        with urllib.request.urlopen(request, timeout=10) as answer:
            body = answer.read().decode()
    finally:
        process.terminate()
        started = time.monotonic()
        threading.Thread(target=process.stdout.read).start()
        code = process.wait(timeout=15)

    assert body.startswith("\u2014 univ.example/w9 ")
    assert (code, time.monotonic() - started < 10) == (0, True)
    assert lines[0].startswith("Witness univ.example/w9+")


@pytest.mark.parametrize("command", ["record", "announcement", "receipt", "witness", "rank"])
def test_each_command_explains_itself(application, command):
    done = run(application, command, "--help")

    assert (done.returncode, "usage: verifier" in done.stdout) == (0, True)
