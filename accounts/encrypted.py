"""Encrypted columns, with keys of their own that rotate without touching SECRET_KEY."""

import base64
import hashlib
import hmac
import unicodedata

from django.conf import settings
from django.db import models
from encrypted_fields.fields import EncryptedFieldMixin


class EncryptedText(EncryptedFieldMixin, models.TextField):
    """Text, stored as Fernet ciphertext. Cannot be searched; '' is stored as NULL.

    `FIELD_KEYS` lists the keys: the first encrypts, all of them decrypt.
    """

    @property
    def keys(self) -> list[bytes]:
        return [base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()) for key in settings.FIELD_KEYS]


GOOGLE = ("gmail.com", "googlemail.com")  # one provider; it ignores dots


def nik_index(nik: str) -> str:
    """Keyed hash of a 16-digit NIK, in hex: tells equality, and nothing without the key.

    A plain hash of a NIK is recovered in a fraction of a second; the key is not in the database.
    """
    return hmac.new(settings.NIK_INDEX_KEY.encode(), nik.encode(), hashlib.sha256).hexdigest()


def address_index(address: str) -> str:
    """Keyed hash of an e-mail address, in hex, whatever its letters' case: finds it without reading it."""
    key = settings.NIK_INDEX_KEY.encode()
    return hmac.new(key, b"address:" + address.strip().lower().encode(), hashlib.sha256).hexdigest()


def mailbox_index(address: str) -> str:
    """Keyed hash, in hex, of the mailbox behind an e-mail address, as far as its spelling tells: for counting voices.

    Case, what follows a plus sign, and the dots that one large provider ignores make no other mailbox. Never used to
    find out where to write: on a server that knows no plus sign two people may share a voice, but never a letter.
    """
    local, _at, domain = unicodedata.normalize("NFKC", address).strip().lower().rpartition("@")
    domain = domain.rstrip(".")
    local = local.partition("+")[0] or local
    if domain in GOOGLE:
        local, domain = local.replace(".", ""), GOOGLE[0]
    key = settings.NIK_INDEX_KEY.encode()
    return hmac.new(key, f"mailbox:{local}@{domain}".encode(), hashlib.sha256).hexdigest()
