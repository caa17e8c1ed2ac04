"""What keeps the stack of `make run` together: children that end, fall, refuse to end, or outlive their parent."""

import fcntl
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devtools.children import Child, stop
from devtools.commands import only_one
from tests.portal.running import ROOT

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def child(tmp_path, code, **fields) -> Child:
    return Child("anak", [sys.executable, "-c", code], tmp_path / "anak.log", **fields)


def wait_for(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_who_falls_is_started_again_later_each_time_and_nobody_waits_for_it(tmp_path, capsys):
    falling = child(tmp_path, "raise SystemExit(7)").start()
    starts, pauses = {falling.process.pid}, []

    for _ in range(3):
        wait_for(falling.has_ended)
        before = time.monotonic()
        falling.look_after()
        assert time.monotonic() - before < 0.1
        pauses.append(falling.again_at - before)
        falling.again_at = before  # the pause is over
        falling.look_after()
        starts.add(falling.process.pid)

    assert len(starts) == 4
    assert pauses == sorted(pauses) and pauses[2] > 3 * pauses[0]
    assert capsys.readouterr().out.count("anak ended (7)") == 3
    stop([falling])


def test_who_refuses_to_stop_is_killed_in_time(tmp_path):
    stubborn = child(tmp_path, STUBBORN).start()
    wait_for(lambda: (tmp_path / "anak.log").read_text() == "up\n")

    before = time.monotonic()
    stop([stubborn], within=0.5)

    assert time.monotonic() - before < 3
    assert stubborn.process.returncode == -signal.SIGKILL


def test_a_child_dies_when_its_parent_is_killed(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from devtools.children import Child\n"
        "one = Child('anak', [sys.executable, '-c', 'import time; time.sleep(60)'], Path(sys.argv[1])).start()\n"
        "print(one.process.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "log")], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    pid = int(parent.stdout.readline())

    parent.kill()
    parent.wait()

    wait_for(lambda: not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text())


def test_the_next_run_waits_for_what_a_killed_one_left_behind(tmp_path):
    with open(tmp_path / ".lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        left = child(tmp_path, "import time; time.sleep(1)", hold=lock.fileno()).start()

    with only_one(tmp_path):
        assert left.has_ended()


def test_a_second_run_from_the_same_folder_says_so_at_once(tmp_path):
    code = "import time; print('up', flush=True); time.sleep(60)"
    with open(tmp_path / ".lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = subprocess.Popen(
            [sys.executable, "-c", code, "dev.py"], pass_fds=[lock.fileno()], stdout=subprocess.PIPE
        )
        other.stdout.readline()
        lock.write(str(other.pid))
    try:
        with pytest.raises(SystemExit, match="already runs"), only_one(tmp_path):
            pass
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("sig", [signal.SIGINT, signal.SIGKILL])
def test_make_asked_to_stop_alone_stops_what_it_started(tmp_path, sig):
    """A SIGINT sent to `make` only does not reach its recipe; a killed make tells nobody."""
    program = (
        "import time, os; from pathlib import Path; from devtools.commands import Caller\n"
        "caller = Caller(); Path('up').write_text(str(os.getpid()))\n"
        "while not caller.has_stopped(): time.sleep(0.05)\n"
        "Path('down').touch()"
    )
    (tmp_path / "program.py").write_text(program)
    (tmp_path / "Makefile").write_text(
        f"export PYTHONPATH := {ROOT}\nrun:\n\t@{shlex.quote(sys.executable)} program.py\n"
    )
    make = subprocess.Popen(["make", "run"], cwd=tmp_path, start_new_session=True)
    wait_for(lambda: (tmp_path / "up").exists() and (tmp_path / "up").read_text())
    time.sleep(0.3)
    assert not (tmp_path / "down").exists()

    os.kill(make.pid, sig)

    make.wait(10)
    wait_for((tmp_path / "down").exists)
