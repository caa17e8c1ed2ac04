"""Staff work with a second factor or not at all, whichever door they try."""

import time

import pytest
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.middleware import RequireSecondFactor
from accounts.roles import Role
from oversight import untraced
from tests.parts import enrol, make_user

PASSWORD = "kereta-hijau-lewat-sini"
ENROL = "/akun/kode-kedua/pasang/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def vera(db):
    user = make_user("vera@contoh.example", Role.VERIFIER, Role.PUBLISHER, Role.ADJUDICATOR)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(user) -> Client:
    """A browser that gave the password on the sign-in page."""
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def code_of(user) -> str:
    secret = get_adapter().decrypt(Authenticator.objects.get(user=user, type="totp").data["secret"])
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def paths(resolver=None, start="/") -> set[str]:
    """Every address of the portal that takes no argument, and with 1 or a word for one."""
    found = set()
    for entry in (resolver or get_resolver()).url_patterns:
        here = start + str(entry.pattern).lstrip("^").rstrip("$")
        if isinstance(entry, URLResolver):
            found |= paths(entry, here)
        elif isinstance(entry, URLPattern) and "(" not in here and "\\" not in here:
            parts = [("1" if "int:" in part else "kata") if part.startswith("<") else part for part in here.split("/")]
            found.add("/".join(parts))
    return found


def opened(client, *, beside: set[str]) -> set[str]:
    """The addresses that lead elsewhere than to the enrolment, by GET or POST; `beside` is not tried."""
    wrong = set()
    for path in paths() - beside:
        for answer in (client.get(path), client.post(path)):
            if not (answer.status_code == 302 and answer.headers["Location"] == ENROL):
                wrong.add(path)
    return wrong


def test_without_a_second_factor_every_address_leads_to_the_enrolment(vera):
    client = Client()
    client.force_login(vera, backend=BACKEND)
    allowed = {reverse(name) for name in RequireSecondFactor.OPEN} | {"/akun/email/konfirmasi/kata/"}
    allowed |= {reverse(name) for name in untraced.NAMES}  # whoever reports is nobody there, signed in or not
    assert len([path for path in paths() if path.startswith("/kelola/")]) > 40

    assert opened(client, beside=allowed) == set()


def test_twin_without_the_protection_the_staff_pages_open(vera, settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.endswith("RequireSecondFactor")]
    client = Client()
    client.force_login(vera, backend=BACKEND)

    assert client.get("/kelola/").status_code == 200


def test_the_admins_own_sign_in_is_no_way_around_the_code(vera):
    enrol(vera)
    client = Client()

    answer = client.post("/kelola/login/", {"username": vera.email, "password": PASSWORD, "next": "/kelola/"})

    assert answer.status_code == 302 and answer.headers["Location"].startswith("/akun/masuk/")
    assert client.get("/kelola/").headers["Location"].startswith("/kelola/login/")


def test_the_password_alone_opens_nothing_once_enrolled(vera):
    enrol(vera)
    client = sign_in(vera)

    assert client.get("/kelola/").status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_of(vera)})
    assert client.get("/kelola/").status_code == 200


def test_a_session_from_before_the_enrolment_ends_with_it(vera):
    thief, owner = sign_in(vera), sign_in(vera)
    assert thief.get("/kelola/").headers["Location"] == ENROL
    page = owner.get(ENROL)
    if page.status_code == 302:  # the sign-in was long enough ago: once more with the password
        owner.post(page.headers["Location"], {"password": PASSWORD})
        page = owner.get(ENROL)
    secret = page.context["form"].secret

    owner.post(ENROL, {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})

    assert owner.get("/kelola/").status_code == 200
    answer = thief.get("/kelola/")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("/kelola/login/")


@pytest.mark.parametrize("name", ["mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes"])
def test_the_password_alone_does_not_take_the_factor_off(vera, name):
    enrol(vera)
    client = Client()
    client.force_login(vera, backend=BACKEND)
    remember(client, vera, "password")

    answer = client.post(reverse(name))

    assert answer.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert Authenticator.objects.filter(user=vera, type="totp").exists()


def remember(client, user, method: str) -> None:
    """Write into the session of `client` that `user` has just proved who they are by `method`."""

    class Request:
        session = client.session

    Request.user = user
    record_authentication(Request, user, method=method, reauthenticated=True)
    Request.session.save()


@pytest.mark.parametrize(
    "name",
    ["score_batch", "preparation_approval", "review_shadow", "recruitment_publication", "attestation_detail",
     "erasure_approval", "redaction_approval", "reopening_detail", "objection_case", "objection_confirmation",
     "employee_import", "circular_approval", "employee_erasure_approval"],
)  # fmt: skip
def test_acts_that_cannot_be_taken_back_ask_for_a_fresh_code(vera, name):
    enrol(vera)
    client = Client()
    client.force_login(vera, backend=BACKEND)
    address = reverse(
        name, args=["kata" if name in ("recruitment_publication", "employee_erasure_approval") else 999_999]
    )

    remember(client, vera, "password")
    asked = client.post(address)
    remember(client, vera, "mfa")
    after = client.post(address)

    assert asked.headers["Location"].startswith(reverse("mfa_reauthenticate"))
    assert after.status_code == 404


def test_whoever_manages_accounts_cannot_take_a_factor_or_an_address_away(db):
    registered = {model._meta.label for model in admin.site._registry}

    assert registered.isdisjoint(
        {"mfa.Authenticator", "account.EmailAddress", "usersessions.UserSession", "auth.Group", "accounts.Person"}
    )
