"""The life of one post on one outside channel, in one table."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PostState(TextChoices):
    QUEUED = "queued", _("Menunggu dikirim")
    SENDING = "sending", _("Sedang dikirim")
    SENT = "sent", _("Terkirim")
    FAILED = "failed", _("Gagal")
    UNKNOWN = "unknown", _("Belum pasti")


NEXT: dict[str, frozenset[str]] = {
    PostState.QUEUED: frozenset({PostState.SENDING}),
    PostState.SENDING: frozenset({PostState.QUEUED, PostState.SENT, PostState.FAILED, PostState.UNKNOWN}),
    PostState.FAILED: frozenset({PostState.QUEUED}),  # a person asks for another try
    PostState.UNKNOWN: frozenset({PostState.SENT, PostState.QUEUED}),  # a person looked, and says which
}

FINAL = frozenset(PostState) - NEXT.keys()


def allows(old: str, new: str) -> bool:
    return new in NEXT.get(old, ())
