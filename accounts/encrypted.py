"""Encrypted columns, with keys of their own that rotate without touching SECRET_KEY."""

import base64
import hashlib
import hmac

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


def nik_index(nik: str) -> str:
    """Keyed hash of a 16-digit NIK, in hex: tells equality, and nothing without the key.

    A plain hash of a NIK is recovered in a fraction of a second; the key is not in the database.
    """
    return hmac.new(settings.NIK_INDEX_KEY.encode(), nik.encode(), hashlib.sha256).hexdigest()


def address_index(address: str) -> str:
    """Keyed hash of an e-mail address, in hex, whatever its letters' case: finds it without reading it."""
    key = settings.NIK_INDEX_KEY.encode()
    return hmac.new(key, b"address:" + address.strip().lower().encode(), hashlib.sha256).hexdigest()
