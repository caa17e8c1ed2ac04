"""Accounts that sign in through the real pages: with a password, and staff and team with a second factor."""

import time

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from accounts.roles import Role
from tests.parts import make_user

PASSWORD = "kata-sandi-panjang-7"  # noqa: S105


def an_account(email: str, *roles: Role, name: str = ""):
    """An account with a confirmed address; whoever needs a second factor has none yet."""
    return with_password(make_user(email, *roles, name=name))


def a_colleague(email: str, *roles: Role, name: str = ""):
    """An account of staff or team with an authenticator app; its secret is kept beside it."""
    return with_app(make_user(email, *roles, name=name))


def with_password(user):
    """`user` can sign in: a password and a confirmed address."""
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def with_app(user):
    """`user` can sign in with an authenticator app; its secret is kept beside the account."""
    with_password(user)
    user.secret = generate_totp_secret()
    TOTP.activate(user, user.secret)
    return user


def code(secret: str) -> str:
    """What the authenticator app shows; in the last seconds of a code a person waits for the next one, too."""
    left = 30 - time.time() % 30
    if left < 6:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_password(page, email: str) -> None:
    page.goto("/akun/masuk/")
    page.get_by_label("Alamat e-mail").fill(email)
    page.get_by_label("Kata sandi").fill(PASSWORD)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda url: not url.endswith("/akun/masuk/"))


def sign_in(page, user) -> None:
    """The whole way in, the second factor too where the account has one."""
    give_password(page, user.email)
    if hasattr(user, "secret"):
        page.get_by_label("Kode enam angka atau kode cadangan").fill(code(user.secret))
        page.get_by_role("button", name="Masuk", exact=True).click()
        page.wait_for_url(lambda url: "/kode-kedua/" not in url)
