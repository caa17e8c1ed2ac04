"""What holds for every request: private unless said otherwise, and no staff page without a second factor."""

from django.conf import settings
from django.shortcuts import redirect
from django.urls import reverse

from accounts.second_factor import has_second_factor


class PrivateByDefault:
    """A response is `private, no-store` unless its view said that it is public."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class RequireSecondFactor:
    """Sends accounts that need a second factor to the enrolment page until they have one."""

    OPEN_PREFIXES = ("/akun/", "/static/")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path.startswith(self.OPEN_PREFIXES) or not self._lacks_factor(request):
            return self.get_response(request)
        return redirect(reverse("mfa_activate_totp"))

    @staticmethod
    def _lacks_factor(request) -> bool:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return False  # anonymous public pages ask the database nothing
        user = request.user
        return user.is_authenticated and user.requires_second_factor and not has_second_factor(user)
