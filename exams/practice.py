"""Whose practice is it: an account's, or that of the browser which holds the key. The key is in a cookie of these pages alone."""

import secrets

from django.conf import settings
from django.core import signing
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse

from exams.actions.sitting import digest_of
from exams.models import Sitting

PATH = "/latihan-cat/"
SALT = "exams.practice"


def new_key() -> str:
    return secrets.token_urlsafe(32)


def hand_out(response: HttpResponse, key: str, seconds: int) -> None:
    """Give the key to the browser, for as long as the practice and its result are kept."""
    response.set_cookie(
        settings.PRACTICE_COOKIE_NAME,
        signing.dumps(key, salt=SALT),
        max_age=seconds + settings.PRACTICE_KEPT_DAYS * 86_400,
        path=PATH,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def take_back(response: HttpResponse) -> None:
    """The browser forgets the key."""
    response.delete_cookie(settings.PRACTICE_COOKIE_NAME, path=PATH, samesite="Lax")


def held(request: HttpRequest) -> Sitting | None:
    """The practice of the key that this browser holds, whoever is signed in."""
    key = key_of(request)
    return Sitting.objects.filter(key_digest=digest_of(key), blueprint__practice=True).first() if key else None


def key_of(request: HttpRequest) -> str:
    """The key that the browser holds; empty where there is none, or one that was not given out here."""
    try:
        return signing.loads(request.COOKIES.get(settings.PRACTICE_COOKIE_NAME, ""), salt=SALT)
    except signing.BadSignature:
        return ""


def current(request: HttpRequest) -> Sitting | None:
    """The practice that runs, else the last one, of this account or browser. Nobody else's."""
    whose = Q()
    if key := key_of(request):
        whose |= Q(key_digest=digest_of(key))
    if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        whose |= Q(user=request.user)
    if not whose:
        return None
    found = Sitting.objects.filter(whose, blueprint__practice=True).select_related("blueprint")
    return found.order_by(F("ended_at").desc(nulls_first=True), "-pk").first()
