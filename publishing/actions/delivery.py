"""Sending what is queued."""

import logging
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
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.utils.translation import gettext as _

from publishing.models import Delivery

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)  # about 13 hours for all attempts


class ServerTrouble(Exception):
    """The mail server is not there or does not answer as it should: no use in trying the next letter now."""


def deliver_due(at, *, batch: int = 200) -> int:
    """Send up to `batch` queued letters that are due; returns how many left.

    Any number of processes may run it: each claims single rows with SKIP LOCKED. A process that dies
    between sending and marking repeats one message, with the same Message-ID. A server that is in trouble
    ends the round: the others wait for the next ring, and lose no attempt.
    """
    if not _due(at).exists():
        return 0
    mailer = get_connection()
    sent = 0
    _commits_wait_for_disk(False)
    try:
        mailer.open()
        for _turn in range(batch):
            outcome = _send_next(at, mailer)
            if outcome is None:
                break
            sent += outcome
    except (ServerTrouble, OSError) as error:
        logger.warning("the mail server is in trouble, letters wait: %s", error)
    finally:
        with suppress(OSError):
            mailer.close()
        _commits_wait_for_disk(True)
    return sent


def _commits_wait_for_disk(wait: bool) -> None:
    """Whether this session waits until a mark is on the disk. A worker that is killed loses no mark either way; a
    database that loses its power may repeat the letters of half a second, with their Message-IDs.
    """
    with connection.cursor() as cursor:
        cursor.execute("RESET synchronous_commit" if wait else "SET synchronous_commit = off")


def _due(at):
    return Delivery.objects.filter(state=Delivery.State.QUEUED, due_at__lte=at)


def _send_next(at, mailer) -> bool | None:
    """Send one letter and mark it; None when nothing is due. The row stays locked while it is sent."""
    with transaction.atomic(durable=True):
        delivery = (
            _due(at)
            .select_related("publication", "recipient", "subscriber")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .order_by("due_at", "id")
            .first()
        )
        if delivery is None:
            return None
        delivery.attempts += 1
        try:
            _message(delivery, mailer).send()
        except OSError as error:  # every error of smtplib is one
            trouble = error
        else:
            delivery.state, delivery.sent_at, delivery.proof, delivery.failure = "sent", at, message_id(delivery), ""
            delivery.save(update_fields=["attempts", "state", "sent_at", "proof", "failure"])
            return True
        _mark_failed(delivery, trouble, at)
    if _is_of_server(trouble):
        raise ServerTrouble(type(trouble).__name__)
    return False


def _mark_failed(delivery: Delivery, trouble: OSError, at) -> None:
    delivery.failure = _words(trouble)
    delivery.due_at = at + min(FIRST_PAUSE * 2 ** (delivery.attempts - 1), LONGEST_PAUSE)
    if _is_final(trouble) or delivery.attempts >= MOST_ATTEMPTS:
        delivery.state = Delivery.State.FAILED
    delivery.save(update_fields=["attempts", "failure", "due_at", "state"])
    logger.warning("delivery %s failed: %s", delivery.pk, delivery.failure)


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


def _message(delivery: Delivery, mailer) -> EmailMessage:
    publication, subscriber = delivery.publication, delivery.subscriber
    body, url = publication.body, publication.url
    if subscriber:  # the reader's own key and code are in no row, only in the letter
        body = body.replace("{code}", subscriber.code(publication.source))
        url = url.replace("{token}", subscriber.token())
    parts = [body]
    headers = {"Message-ID": message_id(delivery)}
    if url:
        parts.append(f"{settings.SITE_URL}{url}")
    if subscriber:
        parts.append(_("Atur, berhenti, atau hapus semua data Anda: %(link)s") % {"link": subscriber.link()})
        # RFC 8058: the mailbox offers one button to leave.
        headers["List-Unsubscribe"] = f"<{subscriber.link()}berhenti/>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    parts.append(f"Periksa keaslian kabar ini di situs resmi kami: {settings.SITE_URL}/pengumuman/")
    parts.append(f"{settings.INSTANCE['office']}\n")
    return EmailMessage(
        publication.subject,
        "\n\n".join(parts),
        settings.DEFAULT_FROM_EMAIL,
        [subscriber.address if subscriber else delivery.recipient.email],
        headers=headers,
        connection=mailer,
    )
