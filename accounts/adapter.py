"""What allauth asks the portal: where its mails lead, and that no answer tells who has an account."""

from types import SimpleNamespace
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.team_role import as_owner

LINKS = ("activate_url", "password_reset_url", "signup_url")


class Adapter(DefaultAccountAdapter):
    """Sign-up, sign-in and reset by e-mail."""

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """Links lead to the portal's own address and mails bear its name, whatever host a request names."""
        context = {name: self._own(value) if name in LINKS else value for name, value in context.items()}
        site = SimpleNamespace(
            name=f"Jabatan Terbuka {settings.INSTANCE['short_name']}", domain=urlsplit(settings.SITE_URL).netloc
        )
        super().send_mail(template_prefix, email, context | {"current_site": site})

    def send_account_already_exists_mail(self, email: str) -> None:
        """As slow as a new account, whose password is hashed: the clock must not tell who signed up before."""
        make_password("as slow as a new one")
        super().send_account_already_exists_mail(email)

    def set_password(self, user, password: str) -> None:
        """Called once the owner has proved who they are: by the old password or the link in a letter."""
        user.set_password(password)
        with as_owner(user):
            user.save(update_fields=["password"])

    @staticmethod
    def _own(url: str) -> str:
        return settings.SITE_URL + urlsplit(url).path
