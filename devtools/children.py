"""Child processes that end with their parent, are started again when they fall, and are stopped in time."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1
STEADY = 60  # seconds after which a start counts as a good one
LONGEST_PAUSE = 30


def dies_with_parent(sig: int = signal.SIGTERM, *, own_group: bool = True):
    """A preexec function: the child gets `sig` when this process dies, however it dies.

    In a group of its own it does not hear the Ctrl-C of the terminal: its parent says when to stop.
    """

    def prepare() -> None:
        if own_group:
            os.setpgrp()
        LIBC.prctl(PR_SET_PDEATHSIG, sig)

    return prepare


@dataclass
class Child:
    """One program: `stop_with` is the signal that ends it in order; `hold` a descriptor it keeps open while it lives."""

    name: str
    command: list[str]
    log: Path
    stop_with: int = signal.SIGTERM
    environment: dict[str, str] | None = None
    cwd: Path | None = None
    hold: int | None = None
    process: subprocess.Popen | None = None
    started: float = 0.0
    falls: int = 0
    again_at: float | None = None

    def start(self) -> "Child":
        with open(self.log, "ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                pass_fds=() if self.hold is None else (self.hold,),
                preexec_fn=dies_with_parent(self.stop_with),
            )
        self.started, self.again_at = time.monotonic(), None
        return self

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def look_after(self) -> None:
        """Start it again when it ended by itself, later each time unless it had run well; never waits."""
        now = time.monotonic()
        if not self.has_ended():
            return
        if self.again_at is None:
            self.falls = 1 if now - self.started > STEADY else self.falls + 1
            self.again_at = now + min(2**self.falls / 4, LONGEST_PAUSE)
            print(f"{self.name} ended ({self.process.returncode}); it is started again. Log: {self.log}", flush=True)
        elif now >= self.again_at:
            self.start()


def stop(children: Iterable[Child], *, within: float = 5) -> None:
    """Ask all of them to stop at once; who still runs after `within` seconds is killed with its group."""
    children = [child for child in children if child.process is not None]
    for child in children:
        if not child.has_ended():
            child.process.send_signal(child.stop_with)
    deadline = time.monotonic() + within
    for child in children:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()
