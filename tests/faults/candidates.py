"""People in a test, as its page's script: every answer waits until it is acknowledged, and is sent again in its order."""

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core import signing

from exams import exam_key
from exams.actions import sitting as sittings
from exams.models import Sitting

SECRET = "k" * 32
PLACES = 9


@dataclass(frozen=True)
class Acknowledged:
    mark: str
    place: int
    letter: str
    number: int


class Candidate(threading.Thread):
    """Answers one place after the other, with another letter each time round, until told to stop."""

    def __init__(self, address: str, sitting: Sitting, pause: float):
        super().__init__(daemon=True)
        self.host, self.sitting, self.pause = urlsplit(address).netloc, sitting, pause
        key = signing.dumps(f"kunci-{sitting.seat_id}", salt=exam_key.SALT)
        self.cookie = f"{settings.EXAM_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={SECRET}"
        self.stopped, self.line = threading.Event(), None
        self.kept: list[Acknowledged] = []
        self.sent_again = 0
        self.refused: list[int] = []

    def run(self) -> None:
        n = 0
        while not self.stopped.is_set() and not self.refused:
            self.deliver(f"{self.sitting.pk}-{n}", n % PLACES + 1, "ABCDE"[n // PLACES % 5])
            n += 1
            time.sleep(self.pause)

    def deliver(self, mark: str, place: int, letter: str) -> None:
        """Send it until the server says that it is saved."""
        while True:
            try:
                status, said = self.ask("POST", f"/ujian/soal/{place}/", {"tanda": mark, "jawaban": letter})
            except (OSError, http.client.HTTPException):
                status = 0
            if status == 200:
                self.kept.append(Acknowledged(mark, place, letter, said["number"]))
                return
            if 400 <= status < 500:
                self.refused.append(status)
                return
            self.sent_again += 1
            self.line = None
            time.sleep(0.1)

    def ask(self, method: str, path: str, fields: dict):
        if self.line is None:
            self.line = http.client.HTTPConnection(self.host, timeout=5)
        body = urlencode({"csrfmiddlewaretoken": SECRET} | fields)
        headers = {
            "Accept": "application/json",
            "Cookie": self.cookie,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if answer.status == 200 else None


class Room:
    """Everybody at once."""

    def __init__(self, address: str, sat: list[Sitting], pause: float = 0.1):
        self.people = [Candidate(address, one, pause) for one in sat]

    def __enter__(self):
        for one in self.people:
            one.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def saved(self) -> int:
        return sum(len(one.kept) for one in self.people)

    def go_on(self, more: int, within: float = 40) -> None:
        """Wait until `more` answers have been acknowledged from now on."""
        wanted, deadline = self.saved() + more, time.monotonic() + within
        while self.saved() < wanted:
            refused = [status for one in self.people for status in one.refused]
            assert not refused, f"refused: {refused}"
            assert time.monotonic() < deadline, f"only {self.saved()} of {wanted} answers were saved in {within} s"
            time.sleep(0.02)

    def stop(self) -> None:
        """Nobody answers anew; what waits is sent until it is acknowledged."""
        for one in self.people:
            one.stopped.set()
        for one in self.people:
            one.join(40)

    def complaints(self) -> list[str]:
        """Answers that were acknowledged and are gone, doubled, other, or in another order; people with another time."""
        found = []
        for one in self.people:
            if one.refused or one.is_alive():
                found.append(f"{one.sitting.pk}: not served")
            now = Sitting.objects.get(pk=one.sitting.pk)
            if (now.starts_at, now.ends_at) != (one.sitting.starts_at, one.sitting.ends_at):
                found.append(f"{now.pk}: another time")
            there = list(now.answers.order_by("number"))
            times = Counter(answer.mark for answer in there)
            found += [f"{mark}: doubled" for mark, count in times.items() if count > 1]
            by_mark = {answer.mark: answer for answer in there}
            versions = {place.position: place.version for place in now.items.select_related("version__item")}
            for kept in one.kept:
                answer = by_mark.get(kept.mark)
                if answer is None:
                    found.append(f"{kept.mark}: gone")
                elif answer.value != sittings.meant(versions[kept.place], now.seed, [kept.letter]):
                    found.append(f"{kept.mark}: another answer")
                elif (answer.position, answer.number) != (kept.place, kept.number):
                    found.append(f"{kept.mark}: another place or number")
            order = [answer.mark for answer in there]
            if order != [kept.mark for kept in one.kept] and not found:
                found.append(f"{now.pk}: another order, or answers that nobody was told of")
        return found
