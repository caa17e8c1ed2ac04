"""Sending what is queued."""

import logging
import time
from contextlib import suppress
from datetime import timedelta
from smtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPHeloError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from django.conf import settings
from django.core.mail import get_connection
from django.db import connection

from publishing.actions import claiming
from publishing.models import Delivery
from publishing.rendering.letter import letter

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)  # about 13 hours for all attempts
A_CLAIM = 50  # letters in hand at once: as many wait for the end of the claim when a process is killed
A_ROUND = 8.0  # seconds; beat rings every ten


class ServerTrouble(Exception):
    """The mail server is not there or does not answer as it should: no use in trying the next letter now."""


class Watch:
    """The time of a round: `at`, and what passed since by this machine's steady clock."""

    def __init__(self, at):
        self.at, self.began = at, time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def now(self):
        return self.at + timedelta(seconds=self.seconds)


def deliver_due(at, *, most: int | None = None, seconds: float = A_ROUND) -> int:
    """Send queued letters that are due, over one connection, for `seconds` or up to `most`; returns how many left.

    Any number of processes may run it: each claims a few letters, sends them outside of any transaction, and marks each
    before the next leaves. A process that dies between sending and marking repeats one message, with the same
    Message-ID; what else it had in hand leaves when its claim lapses. A server that is in trouble ends the round: the
    others wait for the next ring, and lose no attempt.
    """
    if not claiming.anything_due(at):
        return 0
    watch, claims, mailer, sent = Watch(at), claiming.Claims(), get_connection(), 0
    _commits_wait_for_disk(False)
    try:
        mailer.open()
        while watch.seconds < seconds and (most is None or sent < most):
            letters = claims.take(watch.now(), A_CLAIM if most is None else min(A_CLAIM, most - sent))
            if not letters:
                break
            for left in _send(letters, mailer, watch, seconds):
                sent += left
    except (ServerTrouble, OSError) as error:
        logger.warning("the mail server is in trouble, letters wait: %s", error)
    finally:
        with suppress(OSError):
            mailer.close()
        _commits_wait_for_disk(True)
    return sent


def _send(letters: list[Delivery], mailer, watch: Watch, seconds: float):
    """Send what was claimed, one after the other; yields for each whether it left.

    Before each the database is asked whether it may still leave. What did not is given back.
    """
    try:
        may_leave = claiming.may_leave(letters[0])
        for one, following in zip(letters, [*letters[1:], None], strict=True):
            if watch.seconds >= seconds:
                break
            left = may_leave and claiming.in_time(one, watch.now()) and _left(one, mailer, watch)
            if left:
                may_leave = claiming.mark_sent(one, message_id(one), watch.now(), following=following)
            else:
                may_leave = claiming.may_leave(following)
            yield left
    finally:
        claiming.release(letters)


def _left(delivery: Delivery, mailer, watch: Watch) -> bool:
    """Hand one letter to the server; one that it does not take is marked with the reason."""
    subscriber = delivery.subscriber
    address = subscriber.address if subscriber else delivery.recipient.email
    try:
        letter(delivery.publication, address, message_id(delivery), subscriber=subscriber, mailer=mailer).send()
    except OSError as error:  # every error of smtplib is one
        _mark_failed(delivery, _words(error), watch.at, final=_is_final(error))
        if _is_of_server(error):
            raise ServerTrouble(type(error).__name__) from error
        return False
    except Exception as error:  # a letter that cannot be written does not hold up those behind it
        _mark_failed(delivery, type(error).__name__, watch.at, final=True)
        return False
    return True


def _mark_failed(delivery: Delivery, words: str, at, *, final: bool) -> None:
    attempts = delivery.attempts + 1
    over = final or attempts >= MOST_ATTEMPTS
    Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.QUEUED).update(
        state=Delivery.State.FAILED if over else Delivery.State.QUEUED,
        attempts=attempts,
        failure=words,
        due_at=at + min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE),
        claimed_until=None,
    )
    logger.warning("delivery %s failed: %s", delivery.pk, words)


def _commits_wait_for_disk(wait: bool) -> None:
    """Whether this session waits until a mark is on the disk. A worker that is killed loses no mark either way; a
    database that loses its power may repeat the letters of half a second, with their Message-IDs.
    """
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit" if wait else "SET synchronous_commit = off")


def _codes(trouble: OSError) -> list[int]:
    """The answers of the server about this letter (RFC 5321); none when it broke off."""
    if isinstance(trouble, SMTPRecipientsRefused):
        return [code for code, _said in trouble.recipients.values()]
    if isinstance(trouble, SMTPResponseException):
        return [trouble.smtp_code]
    return []


def _is_final(trouble: OSError) -> bool:
    """A 5xx about this letter or its recipient: the same letter would be refused again."""
    codes = _codes(trouble)
    return bool(codes) and not _is_of_server(trouble) and all(code >= 500 for code in codes)


def _is_of_server(trouble: OSError) -> bool:
    """The server broke off, shuts down, or does not let us in: it is not about this letter."""
    if isinstance(trouble, SMTPAuthenticationError | SMTPConnectError | SMTPHeloError):
        return True
    codes = _codes(trouble)
    return not codes or 421 in codes


def _words(trouble: OSError) -> str:
    """Why, without what the server wrote: it may repeat the address."""
    codes = " ".join(str(code) for code in _codes(trouble))
    return f"{type(trouble).__name__} {codes}".strip()[:300]


def message_id(delivery: Delivery) -> str:
    """The same for every attempt, so that a mailbox shows a repeated message once."""
    return f"<delivery-{delivery.pk}@{settings.SITE_URL.split('//')[-1].split(':')[0]}>"
