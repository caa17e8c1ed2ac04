"""Time, memory, processor and the table they end up in."""

import os
import statistics
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Line:
    """One row of the report. `ratio` compares with the limit named in `limit`, measured in the same run."""

    what: str
    figure: str
    limit: str = ""
    ratio: str = ""
    memory: str = ""


@dataclass
class Taken:
    """Medians of several runs, and the highest peak of each process in MiB.

    `seconds` on the clock; `work` in processor time of this process and of all of the database: on a machine that
    others use too, it is the steadier of the two.
    """

    seconds: float
    work: float
    python: float
    backend: float

    @property
    def memory(self) -> str:
        return f"{self.python:.0f} / {self.backend:.0f} MiB"

    def times(self, limit: "Taken") -> str:
        """How much more this took than `limit`."""
        return f"{self.seconds / limit.seconds:.1f} × the time, {self.work / limit.work:.1f} × the processor time"


def taken(work: Callable[[int], object], runs: int) -> Taken:
    """Run `work(0)` … `work(runs - 1)` and watch this process and its database session."""
    return in_turn([work], runs)[0]


def in_turn(works: list[Callable[[int], object]], runs: int) -> list[Taken]:
    """Each of `works` in every round, so that what slows the machine down for a while meets all of them."""
    seen = [[] for _ in works]
    for run in range(runs):
        for place, work in enumerate(works):
            seen[place].append(_once(work, run))
    return [
        Taken(
            statistics.median(one[0] for one in rounds),
            statistics.median(one[1] for one in rounds),
            max(one[2] for one in rounds),
            max(one[3] for one in rounds),
        )
        for rounds in seen
    ]


def _once(work: Callable[[int], object], run: int) -> tuple[float, float, float, float]:
    session, database = _backend(), postmaster()
    for pid in (os.getpid(), session):
        _forget_peak(pid)
    used, started = processor(os.getpid(), database), time.perf_counter()
    work(run)
    seconds = time.perf_counter() - started
    return seconds, max(processor(os.getpid(), database) - used, 1 / TICKS), _peak(os.getpid()), _peak(session)


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _forget_peak(pid: int) -> None:
    with suppress(OSError):  # not ours to reset: the peak is then that of the whole life
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return float("nan")  # a database on another machine
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def postmaster() -> int:
    """The parent of the database's sessions; 0 where it runs on another machine."""
    try:
        return int(Path(f"/proc/{_backend()}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def processor(*roots: int) -> float:
    """Seconds of processor time that the trees under `roots` have used, with those of their children that ended."""
    waiting, total, seen = [pid for pid in roots if pid], 0, set()
    while waiting:
        pid = waiting.pop()
        if pid in seen:
            continue
        seen.add(pid)
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            children = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
        except OSError:
            continue
        total += sum(int(field) for field in fields[11:15])
        waiting += [int(child) for text in children for child in text.split()]
    return total / TICKS


def rate(count: float, seconds: float) -> str:
    return f"{count / seconds:,.0f}"


def table(lines: list[Line]) -> str:
    head = [
        "| what | figure | limit in the same run | ratio | peak memory, Python / database session |",
        "|---|---|---|---|---|",
    ]
    return "\n".join(head + [f"| {x.what} | {x.figure} | {x.limit} | {x.ratio} | {x.memory} |" for x in lines])
