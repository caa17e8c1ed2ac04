"""What came of sending one message to an outside channel."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from threading import Thread

SECONDS = 30  # for one message, whatever the other side does


class Verdict(Enum):
    ARRIVED = auto()
    NOT_TAKEN = auto()  # certainly not there, and may be tried again
    REFUSED = auto()  # certainly not there, and trying again is no use
    IN_DOUBT = auto()  # sent, and nobody said whether it arrived


@dataclass(frozen=True)
class Answer:
    """A verdict, and in words for staff why; for ARRIVED the proof. Never holds an address or a key."""

    verdict: Verdict
    words: str


def of_status(status: int) -> Answer:
    """What an HTTP status says. A gateway that breaks after taking the message leaves it in doubt."""
    words = f"HTTP {status}"
    if 200 <= status < 300:
        return Answer(Verdict.ARRIVED, words)
    if status in (408, 425, 429, 503):
        return Answer(Verdict.NOT_TAKEN, words)
    if status >= 500:
        return Answer(Verdict.IN_DOUBT, words)
    return Answer(Verdict.REFUSED, words)


def within(send: Callable[[], Answer], seconds: float = SECONDS) -> Answer:
    """What `send` answers, or IN_DOUBT after `seconds`: a server that answers drop by drop holds nobody up."""
    answers: list[Answer] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(send())
        except BaseException as error:
            failures.append(error)

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise failures[0]
    return answers[0] if answers else Answer(Verdict.IN_DOUBT, "no answer in time")
