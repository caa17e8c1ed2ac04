"""The second factor: obligatory for staff and the oversight team, with no setting to turn it off."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.utils.functional import cached_property

from accounts.encrypted import EncryptedText


def has_second_factor(user) -> bool:
    """Whether `user` has enrolled an authenticator app."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


class Adapter(DefaultMFAAdapter):
    """Keeps the secrets of authenticators encrypted with the field keys."""

    @cached_property
    def _fernet(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in EncryptedText().keys])

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._fernet.decrypt(encrypted_text.encode()).decode()
