"""Who may open a page. Guards stand above the view; finer questions are asked of `rules`."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied


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
