import secrets

from django.conf import settings
from django.core import signing
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText

SALT = "subscriber"
ROOM = "/lowongan/kabari"  # where the link leads; the page shows everything kept about the address


def new_nonce() -> str:
    return secrets.token_hex(16)


class Subscriber(models.Model):
    """An e-mail address that asked for news, without an account. Nothing else about its owner is known.

    Whoever holds the signed link may see, change and delete everything kept about it. A letter for an address that
    never answered the first one is sent once a day at most, and the row goes after a week.
    """

    address = EncryptedText(_("alamat e-mail"))
    address_index = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=32, default=new_nonce)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pelanggan kabar")
        verbose_name_plural = _("pelanggan kabar")

    def __str__(self) -> str:
        return f"pelanggan {self.pk}"

    def token(self) -> str:
        """What the link carries: signed, without the address, and worth nothing once the row is gone."""
        return signing.dumps([self.pk, self.nonce], salt=SALT)

    def code(self, purpose: str) -> str:
        """Six digits that only a letter to this address tells; another for each purpose."""
        mac = salted_hmac("subscriber-code", f"{self.pk}:{self.nonce}:{purpose}", algorithm="sha256").digest()
        return f"{int.from_bytes(mac[:8]) % 1_000_000:06d}"

    def link(self) -> str:
        return f"{settings.SITE_URL}{ROOM}/{self.token()}/"


def of_token(token: str) -> Subscriber | None:
    """The subscriber a link belongs to; None for a link that was never given out, or whose row is gone."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Subscriber.objects.filter(pk=pk, nonce=nonce).first()
