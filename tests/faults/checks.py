"""What must be true after every fault, said in words when it is not; and a reader who never looks away."""

import hashlib
import http.client
import threading
import time
from collections import defaultdict
from datetime import timedelta
from urllib.parse import urlsplit

from oversight.invariants import INVARIANTS, look
from selection.actions.announcement import prepared_folder


def complaints(stages, at=None) -> list[str]:
    """Everything that is wrong at `at`, by the checks of production; and each of `stages` is public by now.

    `at` is three minutes after the last of `stages` was due where none is given.
    """
    at = at or max(stage.announce_at for stage in stages) + timedelta(minutes=3)
    found = [
        f"{stage.recruitment.slug}/{stage.slug}: not public"
        for stage in stages
        if not stage.announcements.public().exists()
    ]
    sights = {name: look(name, at) for name in INVARIANTS}
    return found + [f"{name}: {', '.join(sight.examples)}" for name, sight in sights.items() if sight.offending]


class Reader:
    """Asks for the page and the tables of announcements over HTTP, again and again, and keeps what it saw."""

    FILES = ("index.html", "data.csv", "v1/index.html", "v1/data.csv")

    def __init__(self, address: str, numbers: list[str]):
        self.host = urlsplit(address).netloc
        self.paths = [f"/pengumuman/{number}/{name}" for number in numbers for name in ("", *self.FILES)]
        self.seen: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.stopped, self.thread = threading.Event(), threading.Thread(target=self.read)

    def read(self) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=10)
        last_round = False
        while True:
            for path in self.paths:
                connection.request("GET", path)
                answer = connection.getresponse()
                sight = answer.status, hashlib.sha256(answer.read()).hexdigest()
                if answer.status != 200:
                    sight = answer.status, ""
                if not self.seen[path] or self.seen[path][-1] != sight:
                    self.seen[path].append(sight)
            if last_round:
                return
            time.sleep(0.005)  # the same two cores have to publish meanwhile
            last_round = self.stopped.is_set()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        """Look once more at everything, then stop."""
        self.stopped.set()
        self.thread.join()

    def complaints(self, stages) -> list[str]:
        """Lists that were seen in part, and sights of nothing after the first sight of something."""
        found = []
        for stage in stages:
            announced = list(stage.announcements.public().order_by("version"))
            number = announced[0].number
            for path in (path for path in self.paths if path.startswith(f"/pengumuman/{number}/")):
                name = path.removeprefix(f"/pengumuman/{number}/")
                statuses = [status for status, _digest in self.seen[path]]
                digests = [digest for status, digest in self.seen[path] if status == 200]
                if statuses[-1] != 200:
                    found.append(f"{path}: never seen")
                if 404 in statuses[statuses.index(200) if 200 in statuses else 0 :] and 200 in statuses:
                    found.append(f"{path}: gone after it was seen")
                if set(statuses) - {200, 404}:
                    found.append(f"{path}: answered {sorted(set(statuses))}")
                whole = _whole(announced, name) if name else []
                if name and [digest for digest in digests if digest not in whole]:
                    found.append(f"{path}: seen in part")
                if name and digests != [digest for digest in whole if digest in digests]:
                    found.append(f"{path}: versions out of order")
        return found


def _whole(announced, name: str) -> list[str]:
    """SHA-256 of the file `name` as each version announced it, oldest first."""
    if name.startswith("v1/"):
        announced, name = announced[:1], name.removeprefix("v1/")
    digests = []
    for one in announced:
        digest = hashlib.sha256((prepared_folder(one.digest) / name).read_bytes()).hexdigest()
        if digest not in digests:
            digests.append(digest)
    return digests
