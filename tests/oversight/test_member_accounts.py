"""An account of the team is changed by its owner: no form of the office and no statement of the web role does it."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.admin import UserAdmin
from accounts.models import User
from accounts.roles import Role
from accounts.team_role import as_team
from tests.accounts.test_roles import browser, make_manager
from tests.accounts.test_second_factor import code_of, remember
from tests.parts import enrol, make_team, make_user
from tests.roles import working_as

OLD, NEW = "kereta-hijau-lewat-sini", "perahu-biru-lewat-sana"
THEIRS = "(SELECT id FROM accounts_user WHERE email = 'oka@tim.example')"
STATEMENTS = [
    "UPDATE accounts_user SET email = 'milik@kota.example' WHERE email = 'oka@tim.example'",
    "UPDATE accounts_user SET password = 'x' WHERE email = 'oka@tim.example'",
    "UPDATE accounts_user SET is_active = false WHERE email = 'oka@tim.example'",
    "UPDATE accounts_user SET name = 'x' WHERE made_by_team",
    f"DELETE FROM mfa_authenticator WHERE user_id = {THEIRS}",
    f"""UPDATE mfa_authenticator SET data = '{{"secret": "x"}}' WHERE type = 'totp' AND user_id = {THEIRS}""",
    f"UPDATE mfa_authenticator SET data = data || '{{\"used_mask\": 0}}' WHERE type <> 'totp' AND user_id = {THEIRS}",
    f"UPDATE mfa_authenticator SET user_id = (SELECT id FROM accounts_user WHERE email = 'lama@kota.example') WHERE user_id = {THEIRS}",
    f"""INSERT INTO mfa_authenticator (user_id, type, data, created_at) VALUES ({THEIRS}, 'webauthn', '{{}}', now())""",
    f"""INSERT INTO account_emailaddress (user_id, email, verified, "primary")
        VALUES ({THEIRS}, 'milik@kota.example', true, false)""",
    f"UPDATE account_emailaddress SET email = 'milik@kota.example' WHERE user_id = {THEIRS}",
    f"DELETE FROM account_emailaddress WHERE user_id = {THEIRS}",
]


@pytest.fixture
def oka(own_database):
    user = enrol(make_user("oka@tim.example", Role.OVERSEER))
    user.set_password(OLD)
    user.save()
    codes = RecoveryCodes.activate(user)
    codes.validate_code(codes.get_unused_codes()[0])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    make_team(user)
    make_manager()
    make_user("lama@kota.example")
    return user


def signed_in(user) -> Client:
    client = browser(user)
    remember(client, user, "password")
    remember(client, user, "mfa")
    return client


def kept(user) -> tuple:
    """What somebody signs in with."""
    return (
        User.objects.filter(pk=user.pk).values_list("email", "password", "is_active", "name").get(),
        list(Authenticator.objects.filter(user=user).order_by("pk").values_list("pk", "type", "data")),
        list(EmailAddress.objects.filter(user=user).values_list("email", "verified")),
    )


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("role", ["portal_app", "portal_work", "portal_seq"])
def test_the_database_refuses_it_to_every_process_of_the_portal(oka, role):
    before = kept(oka)

    with working_as(role):
        for statement in STATEMENTS:
            with pytest.raises(DatabaseError, match="of the team|permission denied"):
                run(statement)

    assert kept(oka) == before


def test_twin_without_the_triggers_the_web_role_takes_the_account_over(oka):
    before = kept(oka)
    run("DROP TRIGGER pgtrigger_user_of_team_stays_850e0 ON accounts_user")
    run("DROP TRIGGER factor_of_team ON mfa_authenticator")
    run("DROP TRIGGER address_of_team ON account_emailaddress")

    with working_as("portal_app"):
        for statement in STATEMENTS:
            with transaction.atomic():
                run(statement)
                assert kept(oka) != before, statement
                transaction.set_rollback(True)


def test_a_form_of_the_registry_that_forgot_to_leave_the_team_out_changes_nothing(oka, monkeypatch):
    """The superuser's own form, with its first protection taken away: the second one is the database's."""
    monkeypatch.delattr(UserAdmin, "get_queryset")
    before, root = kept(oka), User.objects.get(is_superuser=True)
    form = {"email": "y@kota.example", "name": "Y", "public_label": "", "is_active": "", "requires_second_factor": "on"}

    with working_as("portal_app"):
        client = browser(root)
        client.raise_request_exception = False
        answer = client.post(f"/kelola/accounts/user/{oka.pk}/change/", form)

    assert answer.status_code == 500
    assert kept(oka) == before


def test_the_teams_role_changes_no_account_of_anybody_else(oka):
    vera = make_user("vera@kota.example", Role.VERIFIER)
    enrol(vera)

    for statement in (
        "UPDATE accounts_user SET password = 'x' WHERE NOT made_by_team",
        f"DELETE FROM mfa_authenticator WHERE user_id = {vera.pk}",
        f"INSERT INTO account_emailaddress (user_id, email, verified, \"primary\") VALUES ({vera.pk}, 'x@x.x', true, true)",
    ):
        with working_as("portal_app"), pytest.raises(DatabaseError), transaction.atomic(), as_team():
            run(statement)


def test_the_owner_replaces_a_forgotten_password_by_the_letter(oka):
    visitor = Client()
    with working_as("portal_app"):
        visitor.post("/akun/sandi/lupa/", {"email": oka.email})
        form = visitor.get(re.search(r"/akun/sandi/ganti/\S+", mail.outbox[-1].body)[0]).url
        visitor.post(form, {"password1": NEW, "password2": NEW})

    assert User.objects.get(pk=oka.pk).check_password(NEW)


def test_a_new_member_comes_in_by_the_letter_and_puts_the_factor_on(own_database):
    oki = make_user("oki@tim.example", Role.OVERSEER)
    make_team(oki)
    visitor = Client()
    with working_as("portal_app"):
        visitor.post("/akun/sandi/lupa/", {"email": oki.email})
        form = visitor.get(re.search(r"/akun/sandi/ganti/\S+", mail.outbox[-1].body)[0]).url
        visitor.post(form, {"password1": NEW, "password2": NEW})
        sign_in = {"login": oki.email, "password": NEW}
        if "/periksa/" in visitor.post("/akun/masuk/", sign_in).url:  # the address is confirmed once
            visitor.post(re.search(r"/akun/email/konfirmasi/\S+", mail.outbox[-1].body)[0])
            visitor.post("/akun/masuk/", sign_in)
        page = visitor.get("/akun/kode-kedua/pasang/")
        if page.status_code == 302:  # once more with the password
            visitor.post(page.url, {"password": NEW})
            page = visitor.get("/akun/kode-kedua/pasang/")
        secret = page.context["form"].secret
        code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
        visitor.post("/akun/kode-kedua/pasang/", {"code": code})
        assert visitor.get("/pengawasan/ruang/").status_code == 200

    assert {one.type for one in Authenticator.objects.filter(user=oki)} == {"totp", "recovery_codes"}


def test_the_owner_changes_the_password_and_the_address_stays(oka):
    """Another address is another account: the secretariat ends the term and takes the person on anew."""
    with working_as("portal_app"):
        client = signed_in(oka)
        client.post("/akun/sandi/", {"oldpassword": OLD, "password1": NEW, "password2": NEW})
        remember(client, User.objects.get(pk=oka.pk), "mfa")
        client.post("/akun/email/", {"action_add": "", "email": "oka@lembaga.example"})

    assert User.objects.get(pk=oka.pk).check_password(NEW)
    assert list(EmailAddress.objects.values_list("email", flat=True)) == [oka.email]


def test_the_owner_signs_in_with_a_code_and_with_a_reserve_code(oka):
    reserve = Authenticator.objects.get(user=oka, type="recovery_codes").wrap().get_unused_codes()[0]
    with working_as("portal_app"):
        for code in (code_of(oka), reserve):
            client = Client()
            client.post("/akun/masuk/", {"login": oka.email, "password": OLD})
            client.post("/akun/kode-kedua/masuk/", {"code": code})
            assert client.get("/pengawasan/ruang/").status_code == 200

    assert reserve not in Authenticator.objects.get(user=oka, type="recovery_codes").wrap().get_unused_codes()


def test_the_owner_makes_new_reserve_codes_and_takes_the_factor_off_and_puts_it_on(oka):
    with working_as("portal_app"):
        client = signed_in(oka)
        before = Authenticator.objects.get(user=oka, type="recovery_codes").pk
        client.post("/akun/kode-cadangan/buat/")
        assert Authenticator.objects.get(user=oka, type="recovery_codes").pk != before
        client.post("/akun/kode-kedua/lepas/")
        assert not Authenticator.objects.filter(user=oka).exists()
        secret = client.get("/akun/kode-kedua/pasang/").context["form"].secret
        client.post("/akun/kode-kedua/pasang/", {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})

    assert {one.type for one in Authenticator.objects.filter(user=oka)} == {"totp", "recovery_codes"}


def test_a_password_that_was_hashed_more_weakly_opens_and_is_left_to_its_owner(oka, settings):
    weak = "pbkdf2_sha256"
    settings.PASSWORD_HASHERS = ["accounts.hashers.Argon2id", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    from django.contrib.auth.hashers import make_password

    User.objects.filter(pk=oka.pk).update(password=make_password(OLD, hasher=weak))
    with working_as("portal_app"):
        client = Client()
        client.post("/akun/masuk/", {"login": oka.email, "password": OLD})
        client.post("/akun/kode-kedua/masuk/", {"code": code_of(oka)})
        assert client.get("/pengawasan/ruang/").status_code == 200

    assert User.objects.get(pk=oka.pk).password.startswith(weak)


def test_accounts_of_applicants_work_as_before(oka):
    alya = make_user("alya@contoh.example")
    alya.set_password(OLD)
    alya.save()
    with working_as("portal_app"):
        client = signed_in(alya)
        client.post("/akun/sandi/", {"oldpassword": OLD, "password1": NEW, "password2": NEW})
        secret = generate_totp_secret()
        Authenticator.objects.create(user=alya, type="totp", data={"secret": secret})
        Authenticator.objects.filter(user=alya).delete()

    assert User.objects.get(pk=alya.pk).check_password(NEW)
