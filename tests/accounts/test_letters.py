"""The letters about an account: plain Indonesian, one link, nothing about the visitor's device."""

import re
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import mail
from django.template.loader import render_to_string
from django.test import Client

from tests.parts import make_user

PASSWORD = "kata-sandi-panjang-7"  # noqa: S105
BROWSER = "Peramban Alya/1.0"
pytestmark = pytest.mark.django_db


@pytest.fixture
def address(request):
    """One of its own for each test: a second letter to one address waits for minutes."""
    return f"o'neil-{request.node.name[-20:]}@contoh.example"


def visitor() -> Client:
    return Client(HTTP_USER_AGENT=BROWSER, REMOTE_ADDR="203.0.113.9")


def an_account(address: str):
    user = make_user(address)
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=True)
    return user


def letter():
    assert len(mail.outbox) == 1
    found = mail.outbox.pop()
    text = f"{found.subject}\n{found.body}"
    assert settings.INSTANCE["phone"] in text and "tidak dipungut biaya" in text
    assert not re.search(
        r"&#|testserver!|\b(You|your|Hello|link)\b|(?<!/)\bemail\b|203\.0\.113\.9|Peramban Alya", text
    ), text
    return found


def test_who_signs_up_gets_one_link_to_confirm(address):
    visitor().post("/akun/daftar/", {"email": address, "password1": PASSWORD, "password2": PASSWORD})

    found = letter()

    assert found.subject == "Konfirmasi alamat e-mail Anda"
    assert len(re.findall(r"/akun/email/konfirmasi/\S+", found.body)) == 1


def test_who_signs_up_twice_is_told_in_the_letter_alone(address):
    an_account(address)

    visitor().post("/akun/daftar/", {"email": address, "password1": PASSWORD, "password2": PASSWORD})

    found = letter()
    assert found.subject == "Alamat e-mail ini sudah punya akun"
    assert address in found.body and "/akun/sandi/lupa/" in found.body


def test_a_forgotten_password_is_replaced_through_the_link_and_the_owner_hears_of_it(address):
    user = an_account(address)
    client = visitor()

    client.post("/akun/sandi/lupa/", {"email": address})
    link = re.search(r"/akun/sandi/ganti/\S+", letter().body)[0]
    form = client.get(link).url
    client.post(form, {"password1": "kata-sandi-lain-88", "password2": "kata-sandi-lain-88"})

    user.refresh_from_db()
    assert user.check_password("kata-sandi-lain-88")
    assert letter().subject == "Kata sandi Anda berubah"
    assert client.get(link, follow=True).context["token_fail"]  # the link works once


def test_an_unknown_address_gets_a_letter_and_the_page_says_the_same(address):
    unknown = visitor().post("/akun/sandi/lupa/", {"email": f"bukan-{address}"})
    assert letter().subject == "Alamat e-mail ini belum punya akun"

    an_account(address)
    known = visitor().post("/akun/sandi/lupa/", {"email": address})

    assert (unknown.status_code, unknown.url) == (known.status_code, known.url)


def test_every_letter_that_is_sent_about_an_account_is_ours():
    theirs = Path(allauth.__file__).parent / "templates"
    unused = re.compile(r"login_code|password_reset_code|webauthn|_signup_|base_")  # signup: includes the other one
    names = [
        str(path.relative_to(theirs))
        for folder in ("account/email", "mfa/email")
        for path in sorted((theirs / folder).glob("*.txt"))
        if not unused.search(path.name)
    ]

    assert len(names) > 20
    assert [name for name in names if not (Path(settings.BASE_DIR) / "templates" / name).exists()] == []
    assert "kode kedua" in render_to_string("mfa/email/totp_deactivated_message.txt", {"instance": settings.INSTANCE})
