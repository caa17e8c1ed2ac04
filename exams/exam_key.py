"""Which device sits at a seat: it holds a key, in a cookie of these pages alone. The database holds the key's digest."""

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from exams.actions.sitting import digest_of
from exams.models import Sitting

PATH = "/ujian/"
SALT = "exams.seat"
A_DAY = 86_400
NEEDS = (
    "blueprint",
    "seat__application__formation",
    "seat__test__blueprint",
    "seat__test__session__stage__recruitment",
)


def new() -> str:
    return secrets.token_urlsafe(32)


def handed_out(response: HttpResponse, key: str) -> HttpResponse:
    response.set_cookie(
        settings.EXAM_COOKIE_NAME, signing.dumps(key, salt=SALT), max_age=A_DAY, path=PATH, secure=settings.SECURE,
        httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


def taken_back(response: HttpResponse) -> HttpResponse:
    """The browser forgets the key."""
    response.delete_cookie(settings.EXAM_COOKIE_NAME, path=PATH, samesite="Lax")
    return response


def of(request: HttpRequest) -> str:
    """The key that the browser holds; empty where there is none, or one that was not given out here."""
    try:
        return signing.loads(request.COOKIES.get(settings.EXAM_COOKIE_NAME, ""), salt=SALT, max_age=A_DAY)
    except signing.BadSignature:
        return ""


def current(request: HttpRequest) -> Sitting | None:
    """The sitting of the seat whose device this is."""
    key = of(request)
    if not key:
        return None
    return Sitting.objects.filter(seat__key_digest=digest_of(key)).select_related(*NEEDS).first()
