"""Processes that announce what is due, killed where a test says, or with a protection taken away.

`python -m tests.faults.publishers` loads the portal once and forks a process for each order that it reads: a
line of JSON with `at`, `processes`, `without`, `kill` (a point) and `kill_after` (seconds). It answers with
the list of their exit codes, negative for a signal. Everything that runs in them is the portal's own code.
"""

import json
import os
import shutil
import signal
import sys
import time
import traceback
from datetime import datetime
from pathlib import Path

import django


def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def kill_at(point: str) -> None:
    """Have this process killed at one of the points between the due time and the mails."""
    from publishing.actions import publication
    from selection.actions import announcement
    from selection.models import Announcement
    from selection.rendering import folder, pointer

    def after(owner, name, when=lambda *_, **__: True):
        real = getattr(owner, name)

        def run(*args, **kwargs):
            found = real(*args, **kwargs)
            if when(*args, **kwargs):
                die()
            return found

        setattr(owner, name, run)

    def half(source, target, **_):
        files = [path for path in sorted(source.rglob("*")) if path.is_file()]
        for path in files[: len(files) // 2]:
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, place)
        die()

    {
        "in the freezing transaction": lambda: after(announcement.record, "append"),
        "frozen": lambda: after(announcement, "_freeze"),
        "half copied": lambda: setattr(folder.shutil, "copytree", half),
        "copied": lambda: setattr(folder.os, "rename", die),
        "in place": lambda: after(folder.os, "rename"),
        "in the opening transaction": lambda: after(
            Announcement, "save", lambda *_, update_fields=(), **__: "public_at" in update_fields
        ),
        "open": lambda: after(announcement, "_open"),
        "page written, pointer not": lambda: after(pointer, "write_whole"),
        "pointer written": lambda: after(announcement, "write_pointer"),
        "in the queueing of mails": lambda: after(publication, "queue_for"),
    }[point]()


POINTS = (
    "in the freezing transaction",
    "frozen",
    "half copied",
    "copied",
    "in place",
    "in the opening transaction",
    "open",
    "page written, pointer not",
    "pointer written",
    "in the queueing of mails",
)


def take_away(what: str) -> None:
    """Slow something down, or take one protection out of the portal's own code."""
    from django.db.models import QuerySet

    from selection.actions import announcement
    from selection.rendering import folder

    def slow_copy(source, target, **_):
        for path in sorted(source.rglob("*")):
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                content, step = path.read_bytes(), max(1, path.stat().st_size // 10)
                with open(place, "wb", buffering=0) as file:
                    for begin in range(0, len(content), step):
                        file.write(content[begin : begin + step])
                        time.sleep(0.02)

    real_unsettled = announcement.unsettled

    def slow_look(*args):
        found = real_unsettled(*args)
        time.sleep(0.4)
        return found

    real_publish = announcement.publication.publish

    def slow_end(**given):
        """Long before the commit, so that nobody sees what the others wrote."""
        found = real_publish(**given)
        time.sleep(0.4)
        return found

    def slow_processor():
        announcement.unsettled, announcement.publication.publish = slow_look, slow_end

    def in_place(source: Path, target: Path):
        if not target.exists():
            folder.shutil.copytree(source, target)

    {
        "a quick disk": lambda: setattr(folder.shutil, "copytree", slow_copy),
        "a quick processor": slow_processor,
        "the row lock": lambda: setattr(QuerySet, "select_for_update", lambda self, **_: self.all()),
        "the transaction": lambda: setattr(announcement, "_freeze", announcement._freeze.__wrapped__),
        "the rename": lambda: setattr(folder, "put_in_place", in_place),
    }[what]()


def publish(order: dict, gate: int) -> None:
    """What one forked process does; it starts when the gate is closed by the one that forked it."""
    from selection.actions import announcement

    for what in order["without"]:
        take_away(what)
    if order["kill"]:
        kill_at(order["kill"])
    os.read(gate, 1)
    announcement.announce_due(datetime.fromisoformat(order["at"]))


def obey(order: dict) -> list[int]:
    from django.db import connections

    connections.close_all()
    gate, opener = os.pipe()
    children = []
    for _ in range(order["processes"]):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(opener)
                publish(order, gate)
                code = 0
            except BaseException:
                traceback.print_exc()
            os._exit(code)
        children.append(child)
    time.sleep(0.05)
    os.close(opener)
    os.close(gate)
    if order["kill_after"] is not None:
        time.sleep(order["kill_after"])
        for child in children:
            os.kill(child, signal.SIGKILL)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


if __name__ == "__main__":
    django.setup()
    from selection.actions import announcement, keeping  # noqa: F401 - loaded once, before the forks

    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(obey(json.loads(line))), flush=True)
