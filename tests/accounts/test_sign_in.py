"""Signing up, in and out: nobody learns who has an account, and a shared phone keeps nothing."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import adapter as adapters
from accounts.hashers import Argon2id
from accounts.models import User
from tests.parts import make_user

PASSWORD, OTHER = "kata-sandi-panjang-7", "sandi-lain-panjang-8"  # noqa: S105
LINK = re.compile(r"https?://\S+/akun/\S+")


@pytest.fixture(autouse=True)
def no_limits_left_over(db):
    cache.clear()
    yield
    cache.clear()


def an_account(email="alya@pelamar.example", *, verified=True, **fields) -> User:
    user = make_user(email)
    user.set_password(PASSWORD)
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def sign_in(client, email="alya@pelamar.example", password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def sign_up(client, email, password=PASSWORD):
    return client.post(reverse("account_signup"), {"email": email, "password1": password, "password2": password})


def seen(answer, *, without=()) -> tuple:
    """What a stranger can tell from an answer: all but the address typed in and the form token."""
    text = answer.content.decode()
    for words in without:
        text = text.replace(words, "…")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    return answer.status_code, answer.headers.get("Location"), sorted(answer.cookies), text


@pytest.fixture
def hashes(monkeypatch):
    """How many passwords were hashed so far: what takes the time of a sign-in."""
    counted = []
    encode = Argon2id.encode
    verify = Argon2id.verify
    monkeypatch.setattr(Argon2id, "encode", lambda self, *a: counted.append(1) or encode(self, *a))
    monkeypatch.setattr(Argon2id, "verify", lambda self, *a: counted.append(1) or verify(self, *a))
    return counted


def test_signing_up_needs_the_link_in_the_mail(client, settings):
    answer = sign_up(client, "baru@pelamar.example")

    assert answer.url == reverse("account_email_verification_sent")
    assert sign_in(Client(), "baru@pelamar.example").url == reverse("account_email_verification_sent")
    (letter,) = mail.outbox
    link = LINK.search(letter.body)[0]
    assert link.startswith(f"{settings.SITE_URL}/akun/email/konfirmasi/")
    path = link.removeprefix(settings.SITE_URL)
    assert not EmailAddress.objects.get().verified
    client.get(path)
    assert not EmailAddress.objects.get().verified  # a mail scanner that opens links confirms nothing
    client.post(path)
    assert EmailAddress.objects.get().verified
    assert sign_in(Client(), "baru@pelamar.example").url == "/akun/"
    assert User.objects.get().password.startswith("argon2$argon2id$")


def test_signing_up_with_a_known_address_looks_the_same(settings, hashes):
    an_account()
    first, second = Client(), Client()
    start = len(hashes)
    fresh = sign_up(first, "baru@pelamar.example")
    middle = len(hashes)
    known = sign_up(second, "ALYA@pelamar.example")
    end = len(hashes)

    assert seen(fresh) == seen(known)
    assert middle - start == end - middle == 1
    names = ("baru@pelamar.example", "alya@pelamar.example", "ALYA@pelamar.example")
    pages = [one.get(reverse("account_email_verification_sent")) for one in (first, second)]
    assert seen(pages[0], without=names) == seen(pages[1], without=names)
    assert [one.to for one in mail.outbox] == [["baru@pelamar.example"], ["alya@pelamar.example"]]
    assert f"{settings.SITE_URL}/akun/sandi/lupa/" in mail.outbox[1].body
    assert User.objects.get(email="alya@pelamar.example").check_password(PASSWORD)


def test_without_the_extra_hash_the_clock_would_tell_who_signed_up(hashes, monkeypatch):
    """The twin."""
    an_account()
    monkeypatch.setattr(adapters, "make_password", lambda words: words)
    start = len(hashes)
    sign_up(Client(), "baru@pelamar.example")
    middle = len(hashes)
    sign_up(Client(), "alya@pelamar.example")

    assert len(hashes) - middle < middle - start


def test_a_refused_sign_in_looks_and_lasts_the_same_for_everybody(hashes):
    an_account("ada@pelamar.example")
    an_account("nonaktif@pelamar.example", is_active=False)
    an_account("belum@pelamar.example", verified=False)
    an_account("tanpa@pelamar.example", password=make_password(None))
    answers, counts = [], []

    for name in ("ada", "nonaktif", "belum", "tanpa", "tidak-ada"):
        email, before = f"{name}@pelamar.example", len(hashes)
        answers.append(seen(sign_in(Client(), email, "salah-salah-salah"), without=[email]))
        counts.append(len(hashes) - before)

    assert len({repr(one) for one in answers}) == 1, "the answers differ"
    assert len(set(counts)) == 1 and counts[0] > 0, counts


def test_asking_for_a_new_password_looks_the_same_for_everybody(settings):
    an_account()
    first, second = Client(), Client()
    known = first.post(reverse("account_reset_password"), {"email": "alya@pelamar.example"})
    unknown = second.post(reverse("account_reset_password"), {"email": "tidak@pelamar.example"})

    assert seen(known) == seen(unknown)
    assert seen(first.get(known.url)) == seen(second.get(unknown.url))
    assert len(mail.outbox) == 2
    assert all(LINK.search(one.body)[0].startswith(settings.SITE_URL) for one in mail.outbox)


def test_another_host_name_never_gets_into_a_mail(client, settings):
    an_account()
    settings.ALLOWED_HOSTS = ["*"]
    client.post(reverse("account_reset_password"), {"email": "alya@pelamar.example"}, headers={"host": "jahat.example"})
    client.post(
        reverse("account_reset_password"),
        {"email": "alya@pelamar.example"},
        headers={"x-forwarded-host": "jahat.example"},
    )

    assert len(mail.outbox) == 2
    assert all("jahat" not in one.body + one.subject for one in mail.outbox)


def reset_link(email="alya@pelamar.example") -> str:
    Client().post(reverse("account_reset_password"), {"email": email})
    return LINK.search(mail.outbox[-1].body)[0].partition("/akun/")[2]


def choose(client, link, password=OTHER):
    """Open the link of a reset mail and choose `password`."""
    page = client.get(f"/akun/{link}", follow=True)
    return client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def test_a_reset_link_works_once_and_ends_every_session(client):
    user = an_account()
    sign_in(client)
    link = reset_link()

    choose(Client(), link)
    user.refresh_from_db()
    assert user.check_password(OTHER)
    assert client.get("/akun/").status_code == 302
    choose(Client(), link, "yang-ketiga-panjang-9")
    user.refresh_from_db()
    assert user.check_password(OTHER)


@pytest.mark.parametrize("spoiled", [slice(0, -3), slice(1, None)])
def test_a_reset_link_with_a_changed_key_changes_nothing(spoiled):
    user = an_account()
    head, _, key = reset_link().rstrip("/").rpartition("/")
    choose(Client(), f"{head}/{key[spoiled]}/")

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_reset_link_dies_when_the_address_changes_and_after_half_an_hour(settings):
    user = an_account()
    link = reset_link()
    User.objects.update(email="lain@pelamar.example")
    choose(Client(), link)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)

    User.objects.update(email="alya@pelamar.example")
    assert settings.PASSWORD_RESET_TIMEOUT == 30 * 60
    settings.PASSWORD_RESET_TIMEOUT = -1
    choose(Client(), link)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_a_session_number_from_before_signing_in_is_worth_nothing(client, settings):
    an_account()
    planted = client.session
    planted["tanda"] = "penyerang"
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key

    sign_in(client)

    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted.session_key
    assert not Session.objects.filter(session_key=planted.session_key).exists()


def test_signing_out_ends_the_session_on_the_server_and_clears_the_phone(client, settings):
    an_account()
    sign_in(client)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value

    assert client.get(reverse("account_logout")).status_code == 200  # a link or picture elsewhere signs nobody out
    assert Session.objects.filter(session_key=key).exists()
    answer = client.post(reverse("account_logout"))

    assert not Session.objects.filter(session_key=key).exists()
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    assert thief.get("/akun/").status_code == 302


def test_a_new_password_ends_the_other_devices_and_is_told_by_mail(client):
    an_account()
    other = Client()
    sign_in(other)
    sign_in(client)

    answer = client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER}
    )

    assert answer.status_code == 302
    assert client.get("/akun/").status_code == 200
    assert other.get("/akun/").status_code == 302
    assert mail.outbox[-1].to == ["alya@pelamar.example"]


@pytest.mark.parametrize("password", ["pendek", "password1234", "alya@pelamar.example"])
def test_a_weak_password_is_refused(client, password):
    an_account()
    sign_in(client)

    client.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )

    assert User.objects.get().check_password(PASSWORD)


def test_a_phone_left_open_changes_nothing_without_the_password(client):
    an_account()
    sign_in(client)

    answer = client.post(reverse("account_email"), {"email": "pencuri@pelamar.example", "action_add": ""})
    client.post(reverse("account_change_password"), {"oldpassword": "x", "password1": OTHER, "password2": OTHER})

    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not EmailAddress.objects.filter(email="pencuri@pelamar.example").exists()
    assert User.objects.get().check_password(PASSWORD)


def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(client, settings):
    an_account()
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "baru@pelamar.example", "action_add": ""})
    assert User.objects.get().email == "alya@pelamar.example"
    letter = next(one for one in mail.outbox if one.to == ["baru@pelamar.example"])

    client.post(LINK.search(letter.body)[0].removeprefix(settings.SITE_URL))

    assert User.objects.get().email == "baru@pelamar.example"
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [
        ("baru@pelamar.example", True, True)
    ]
    assert any(one.to == ["alya@pelamar.example"] for one in mail.outbox)


def test_taking_anothers_address_looks_like_taking_a_free_one(client):
    an_account()
    an_account("budi@pelamar.example")
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    answers = []
    for email in ("bebas@pelamar.example", "budi@pelamar.example"):
        answers.append(seen(client.post(reverse("account_email"), {"email": email, "action_add": ""}), without=[email]))

    assert answers[0] == answers[1]
    assert EmailAddress.objects.get(email="budi@pelamar.example", verified=True).user.email == "budi@pelamar.example"


def test_guessing_is_slowed_with_words_and_the_owner_still_gets_in(settings):
    an_account()
    for number in range(60):
        sign_in(Client(), password=f"tebakan-nomor-{number}", REMOTE_ADDR=f"10.0.0.{number}")

    slowed = sign_in(Client(), REMOTE_ADDR="10.9.9.9")

    assert slowed.status_code == 200 and "Terlalu banyak" in slowed.content.decode()
    key = next(one for one in settings.ACCOUNT_RATE_LIMITS["login_failed"].split(",") if one.endswith("/key"))
    assert int(key.split("/")[1].removesuffix("s")) <= 30  # the owner waits this long at most
    cache.clear()  # the window is over
    assert sign_in(Client(), REMOTE_ADDR="10.9.9.9").url == "/akun/"


def test_too_many_sign_ups_from_one_place_get_words(client, settings):
    settings.ACCOUNT_RATE_LIMITS = {"signup": "2/m/ip"}
    answers = [sign_up(Client(), f"orang{number}@pelamar.example") for number in range(3)]

    assert [one.status_code for one in answers] == [302, 302, 429]
    assert "Tunggu satu menit" in answers[-1].content.decode()
    assert User.objects.count() == 2


def test_the_visitors_address_is_read_behind_our_proxy_and_cannot_be_made_up(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.ACCOUNT_RATE_LIMITS = {"signup": "1/m/ip"}

    def from_(forwarded, number):
        return Client().post(
            reverse("account_signup"),
            {"email": f"o{number}@pelamar.example", "password1": PASSWORD, "password2": PASSWORD},
            headers={"x-forwarded-for": forwarded},
        ).status_code  # fmt: skip

    assert from_("198.51.100.1", 1) == 302
    assert from_("198.51.100.2", 2) == 302  # two people behind one proxy are two people
    assert from_("203.0.113.9, 198.51.100.2", 3) == 429  # the made-up part in front counts for nothing


@pytest.mark.parametrize("target", ["https://jahat.example/", "//jahat.example/", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client, target):
    an_account()

    answer = client.post(f"{reverse('account_login')}?next={target}", {"login": "alya@pelamar.example", "password": PASSWORD, "next": target})  # fmt: skip

    assert answer.url == "/akun/"
