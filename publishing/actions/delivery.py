"""Sending what is queued."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils.translation import gettext as _

from publishing.models import Delivery

logger = logging.getLogger(__name__)
MOST_ATTEMPTS = 8


def deliver_due(at, *, batch: int = 200) -> int:
    """Send up to `batch` queued messages that are due; returns how many left.

    Any number of processes may run it: each claims single rows with SKIP LOCKED. A process that dies
    between sending and marking repeats one message, with the same Message-ID.
    """
    sent = 0
    mailer = get_connection()
    for _turn in range(batch):
        outcome = _send_next(at, mailer)
        if outcome is None:
            break
        sent += outcome
    mailer.close()
    return sent


@transaction.atomic(durable=True)
def _send_next(at, mailer) -> bool | None:
    """Send one message and mark it; None when nothing is due. The row stays locked while it is sent."""
    delivery = (
        Delivery.objects.filter(state=Delivery.State.QUEUED, due_at__lte=at)
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
    except OSError as error:
        delivery.failure = f"{type(error).__name__}"[:300]
        delivery.due_at = at + timedelta(seconds=30 * 2**delivery.attempts)
        if delivery.attempts >= MOST_ATTEMPTS:
            delivery.state = Delivery.State.FAILED
        delivery.save(update_fields=["attempts", "failure", "due_at", "state"])
        logger.warning("delivery %s failed: %s", delivery.pk, delivery.failure)
        return False
    delivery.state, delivery.sent_at, delivery.proof, delivery.failure = "sent", at, message_id(delivery), ""
    delivery.save(update_fields=["attempts", "state", "sent_at", "proof", "failure"])
    return True


def message_id(delivery: Delivery) -> str:
    """The same for every attempt, so that a mailbox shows a repeated message once."""
    return f"<delivery-{delivery.pk}@{settings.SITE_URL.split('//')[-1].split(':')[0]}>"


def _message(delivery: Delivery, mailer) -> EmailMessage:
    publication, subscriber = delivery.publication, delivery.subscriber
    parts = [publication.body]
    headers = {"Message-ID": message_id(delivery)}
    if publication.url:
        parts.append(f"{settings.SITE_URL}{publication.url}")
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
