"""Who may open a page. Guards stand above the view; finer questions are asked of `rules`."""

import time
from functools import wraps
from urllib.parse import urlencode

from allauth.account import app_settings
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse

from accounts.team_role import as_owner


def roles_required(*roles):
    """Only accounts with one of `roles`; others get 403, anonymous visitors the sign-in page."""

    def decorate(view):
        @wraps(view)
        @login_required
        def guarded(request, *args, **kwargs):
            if not request.user.has_role(*roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def second_factor_again(view):
    """Asks for a fresh code of the second factor when the last one in this session is older than ten minutes.

    For acts that cannot be taken back. A password alone, which somebody may have seen, is not enough. What was
    sent is kept and done after the code.
    """

    @wraps(view)
    @login_required
    def guarded(request, *args, **kwargs):
        if request.user.requires_second_factor and not _fresh_code(request):
            return suspend_request(request, reverse("mfa_reauthenticate"))
        return view(request, *args, **kwargs)

    return guarded


def second_factor_to_send(view):
    """The same for a page that colleagues read every day: only what is sent asks for the code."""
    asking = second_factor_again(view)

    @wraps(view)
    def guarded(request, *args, **kwargs):
        return (asking if request.method == "POST" else view)(request, *args, **kwargs)

    return guarded


def acts_as_owner(view):
    """What is sent changes how its sender signs in: an account of the team lets nobody else do that."""

    @wraps(view)
    @login_required
    def guarded(request, *args, **kwargs):
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with as_owner(request.user):
            return view(request, *args, **kwargs)

    return guarded


def _fresh_code(request) -> bool:
    since = time.time() - app_settings.REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" and record["at"] > since for record in records)


def public_page(seconds: int):
    """A page that is the same for everyone and may be kept by caches for `seconds`."""

    def decorate(view):
        @wraps(view)
        def cached(request, *args, **kwargs):
            response = view(request, *args, **kwargs)
            if response.status_code == 200 and "Cache-Control" not in response.headers:
                response.headers["Cache-Control"] = f"public, max-age={seconds}, stale-while-revalidate=300"
            return response

        return cached

    return decorate


def signed_in_or_leave(view):
    """An open page that asks by itself after its session ended goes to the sign-in page as a whole.

    Without this the sign-in page would be put into its middle, and the personal rest would stay on the screen.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        if request.htmx and not request.user.is_authenticated:
            return HttpResponse(
                headers={"HX-Redirect": f"{reverse('account_login')}?{urlencode({'next': request.path})}"}
            )
        return view(request, *args, **kwargs)

    return guarded
