"""What must be true after every fault, said in words when it is not; and a reader who never looks away."""

import hashlib
import http.client
import json
import threading
import time
from collections import defaultdict
from urllib.parse import urlsplit

from ledger.models import Pending
from publishing.models import Publication
from selection.actions.announcement import prepared_folder, public_folder, source_of
from selection.models import Announcement
from selection.rendering import folder as folders


def complaints(stages) -> list[str]:
    """Everything that is wrong with the announcements of `stages`; empty when each is public once and whole."""
    found = []
    frozen = Pending.objects.filter(kind="announcement.frozen")
    facts = [bytes(body).decode() for body in frozen.values_list("body", flat=True)]
    for stage in stages:
        name = f"{stage.recruitment.slug}/{stage.slug}"
        ours = list(Announcement.objects.filter(stage=stage))
        if len(ours) != 1:
            found.append(f"{name}: {len(ours)} announcements")
        for one in ours[:1]:
            told = Publication.objects.filter(source=source_of(one)).count()
            recorded = sum(f'"recruitment":"{stage.recruitment.slug}"' in fact for fact in facts)
            if told != 1:
                found.append(f"{name}: told {told} times")
            if recorded != 1:
                found.append(f"{name}: recorded {recorded} times")
            if one.public_at is None:
                found.append(f"{name}: not open")
            place = public_folder(one.number, one.version)
            if not folders.is_intact(place, one.digest):
                found.append(f"{name}: files are not whole")
            pointer = place.parent / "current.json"
            if not pointer.exists() or json.loads(pointer.read_bytes())["version"] != one.version:
                found.append(f"{name}: the pointer does not point to it")
    return found


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
