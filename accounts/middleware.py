"""What holds for every request: private unless said otherwise, and no staff page without a second factor."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.second_factor import has_second_factor
from lib.indonesian_text import size


class PrivateByDefault:
    """A response is `private, no-store` unless its view said that it is public."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class BodyLimit:
    """Refuses a body that is too large before anything reads it: an upload is spooled to disk while it is parsed.

    Score files of staff may be large; everything else on the portal is a form or one document.
    """

    STAFF, EVERYBODY = 1100 * 1024 * 1024, 4 * 1024 * 1024

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        length = request.META.get("CONTENT_LENGTH") or ""
        if not length.isdigit():
            if request.META.get("HTTP_TRANSFER_ENCODING"):
                return self._refuse(411, _("Ukuran kiriman tidak diketahui. Coba lagi dengan peramban lain."))
            return self.get_response(request)
        most = self.STAFF if request.path.startswith("/kelola/") else self.EVERYBODY
        if int(length) > most:
            words = _("Kiriman Anda lebih besar dari %(most)s. Kembali, perkecil berkasnya, lalu kirim lagi.")
            return self._refuse(413, words % {"most": size(most)})
        return self.get_response(request)

    @staticmethod
    def _refuse(status: int, words: str) -> HttpResponse:
        """Words alone: a page of the portal would read the session first."""
        return HttpResponse(words + "\n", status=status, content_type="text/plain; charset=utf-8")


class RequireSecondFactor:
    """Shows accounts that need a second factor the enrolment page, and nothing else, until they have one.

    Open beside it: what enrolling needs (sign in again, confirm the address), signing out, and style sheets.
    """

    OPEN = frozenset(
        {
            "mfa_activate_totp",
            "account_reauthenticate",
            "account_email_verification_sent",
            "account_login",
            "account_logout",
        }
    )
    OPEN_PREFIXES = ("/akun/email/konfirmasi/", "/static/")

    def __init__(self, get_response):
        self.get_response = get_response
        self.open_paths = frozenset(reverse(name) for name in self.OPEN)

    def __call__(self, request):
        path = request.path_info
        if path in self.open_paths or path.startswith(self.OPEN_PREFIXES) or not self._lacks_factor(request):
            return self.get_response(request)
        return redirect(reverse("mfa_activate_totp"))

    @staticmethod
    def _lacks_factor(request) -> bool:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return False  # anonymous public pages ask the database nothing
        user = request.user
        return user.is_authenticated and user.requires_second_factor and not has_second_factor(user)
