"""A publication as a letter to one address."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from publishing.models import Publication, Subscriber


def text(publication: Publication, subscriber: Subscriber | None = None) -> str:
    """The whole letter as its reader sees it. A subscriber's own key and code are in no row, only in the letter."""
    body, url = publication.body, publication.url
    if subscriber:
        body = body.replace("{code}", subscriber.code(publication.source))
        url = url.replace("{token}", subscriber.token())
    parts = [body]
    if url:
        parts.append(f"{settings.SITE_URL}{url}")
    if subscriber:
        parts.append(_("Atur, berhenti, atau hapus semua data Anda: %(link)s") % {"link": subscriber.link()})
    parts.append(f"Periksa keaslian kabar ini di situs resmi kami: {settings.SITE_URL}/pengumuman/")
    parts.append(f"{settings.INSTANCE['office']}\n")
    return "\n\n".join(parts)


def letter(publication: Publication, address: str, identifier: str, *, subscriber=None, mailer=None) -> EmailMessage:
    """The message to `address`, with `identifier` as its Message-ID."""
    headers = {"Message-ID": identifier}
    if subscriber:
        # RFC 8058: the mailbox offers one button to leave.
        headers["List-Unsubscribe"] = f"<{subscriber.link()}berhenti/>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(
        publication.subject,
        text(publication, subscriber),
        settings.DEFAULT_FROM_EMAIL,
        [address],
        headers=headers,
        connection=mailer,
    )
