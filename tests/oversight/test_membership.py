"""The team takes its own people on; the office cannot, not even in SQL."""

import re
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from oversight import rules
from oversight.actions import hold, membership
from oversight.models import Membership, Team
from publishing.actions import delivery
from tests.parts import DAY, NOON, enrol, make_team, make_user
from tests.roles import working_as

pytestmark = pytest.mark.usefixtures("own_database")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def nia():
    """The secretariat of a team."""
    user = make_user("nia@tim.example", Role.SECRETARIAT)
    Membership.objects.create(
        team=make_team(), user=user, role="secretariat", affiliation="Universitas", since=NOON - DAY
    )
    return user


def appoint(by, email="oki@lembaga.example", **fields):
    fields = {"person": "Oki", "affiliation": "Lembaga", "role": "overseer", "at": NOON, **fields}
    return membership.appoint(email=email, by=by, **fields)


def test_the_secretariat_takes_somebody_on_who_may_then_act_for_the_team(nia):
    with working_as("portal_app"):
        made = appoint(nia)

    assert made.user.made_by_team and made.user.requires_second_factor and not made.user.is_staff
    assert not made.user.has_usable_password()
    assert rules.membership_of(made.user, NOON) == made


def test_the_new_member_is_told_and_chooses_a_password(nia):
    appoint(nia)
    delivery.deliver_due(NOON)
    letter = mail.outbox.pop()
    assert letter.to == ["oki@lembaga.example"] and "/akun/sandi/lupa/" in letter.body

    visitor = Client()
    asked = visitor.post("/akun/sandi/lupa/", {"email": "oki@lembaga.example"})
    assert asked.status_code == 302, asked.content.decode()
    address = re.search(r"/akun/sandi/ganti/\S+", mail.outbox[-1].body)[0]
    form = visitor.get(address).url
    visitor.post(form, {"password1": "kata-sandi-panjang-9", "password2": "kata-sandi-panjang-9"})

    assert User.objects.get(email="oki@lembaga.example").check_password("kata-sandi-panjang-9")


@pytest.mark.parametrize("role", [Role.OVERSEER, Role.PUBLISHER, Role.APPLICANT])
def test_nobody_else_takes_anybody_on(nia, role):
    other = make_user(f"{role}@lain.example", role)
    if role == Role.OVERSEER:
        Membership.objects.create(
            team=Team.objects.get(), user=other, role="overseer", affiliation="Lembaga", since=NOON - DAY
        )

    with pytest.raises(membership.NotAllowed):
        appoint(other)

    assert not User.objects.filter(email="oki@lembaga.example").exists()


def test_an_account_of_the_office_or_of_an_applicant_does_not_become_one_of_the_team(nia):
    make_user("vera@kota.example", Role.VERIFIER)

    with pytest.raises(membership.NotPossible, match="sudah punya akun"):
        appoint(nia, email="Vera@kota.example")


def test_a_page_of_the_office_that_is_taken_over_makes_no_account_of_the_team():
    make_user("vera@kota.example")

    with working_as("portal_app"):
        for statement in (
            "UPDATE accounts_user SET made_by_team = true, requires_second_factor = true",
            "INSERT INTO accounts_user (password, is_superuser, is_staff, is_active, date_joined, email, name,"
            " public_label, requires_second_factor, made_by_team)"
            " VALUES ('', false, false, true, now(), 'x@x.example', '', '', true, true)",
        ):
            with pytest.raises(DatabaseError, match="made by the team"), transaction.atomic():
                connection.cursor().execute(statement)


def test_without_the_trigger_the_same_page_makes_one():
    make_user("vera@kota.example")
    connection.cursor().execute("DROP TRIGGER pgtrigger_user_made_by_team_9bcce ON accounts_user")

    with working_as("portal_app"):
        connection.cursor().execute("UPDATE accounts_user SET made_by_team = true, requires_second_factor = true")

    assert User.objects.get(email="vera@kota.example").made_by_team


def test_a_term_that_ended_opens_nothing_any_more(nia):
    made = appoint(nia)

    membership.end(made, by=nia, at=NOON + DAY)

    assert rules.membership_of(made.user, NOON + DAY - timedelta(seconds=1))
    assert rules.membership_of(made.user, NOON + DAY) is None
    with pytest.raises(membership.NotAllowed, match="sudah berakhir"):
        membership.end(made, by=nia, at=NOON + 2 * DAY)


def test_a_term_with_a_last_day_ends_by_itself(nia):
    made = appoint(nia, until=NOON + DAY)

    assert rules.membership_of(made.user, NOON + DAY) is None
    with pytest.raises(membership.NotPossible, match="Periksa tanggalnya"):
        appoint(nia, email="lain@lembaga.example", until=NOON)


def test_the_team_keeps_a_secretariat(nia):
    own = Membership.objects.get(user=nia)
    with pytest.raises(membership.NotPossible, match="penggantinya"):
        membership.end(own, by=nia, at=NOON)

    appoint(nia, role="secretariat")
    membership.end(own, by=nia, at=NOON + DAY)

    assert rules.membership_of(nia, NOON + DAY) is None


def test_one_teams_secretariat_ends_no_term_in_another(nia):
    stranger = make_user("oka@lain.example", Role.OVERSEER)
    theirs = make_team(stranger).memberships.get()

    with pytest.raises(membership.NotAllowed):
        membership.end(theirs, by=nia, at=NOON)


def test_a_team_is_founded_at_the_server_and_once(capsys):
    arguments = ["nia@tim.example", "--person=Nia", "--affiliation=Universitas", "--team=Tim A", "--mandate=SK 1"]

    call_command("found_team", *arguments, "--contact=tim@tim.example")

    first = Membership.objects.get()
    assert (first.role, first.user.email, first.team.name) == ("secretariat", "nia@tim.example", "Tim A")
    with pytest.raises(CommandError, match="sudah ada"):
        call_command("found_team", *arguments, "--contact=tim@tim.example")


def sign_in(user) -> Client:
    client = Client()
    client.force_login(enrol(user), backend=BACKEND)
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session.save()
    return client


def test_the_page_takes_on_and_ends(nia):
    client = sign_in(nia)
    form = {"person": "Oki", "email": "oki@lembaga.example", "affiliation": "Lembaga", "role": "overseer"}

    client.post("/pengawasan/ruang/anggota/angkat/", form)
    made = Membership.objects.get(user__email="oki@lembaga.example")
    refused = client.post("/pengawasan/ruang/anggota/angkat/", form)
    client.post(f"/pengawasan/ruang/anggota/{made.pk}/akhiri/")

    assert refused.status_code == 422 and "sudah punya akun" in refused.content.decode()
    made.refresh_from_db()
    assert made.until is not None
    assert "Sudah berakhir" in client.get("/pengawasan/ruang/anggota/").content.decode()


def test_a_member_reads_the_list_and_changes_nothing(nia):
    oka = make_user("oka@tim.example", Role.OVERSEER)
    Membership.objects.create(team=Team.objects.get(), user=oka, role="overseer", affiliation="LSM", since=NOON - DAY)
    client = sign_in(oka)

    page = client.get("/pengawasan/ruang/anggota/")
    form = {"person": "X", "email": "x@x.example", "affiliation": "Y", "role": "overseer"}
    refused = client.post("/pengawasan/ruang/anggota/angkat/", form)

    assert "Sekretariat tim mengangkat anggota" in page.content.decode()
    assert refused.status_code == 403
    assert not User.objects.filter(email="x@x.example").exists()


def test_an_appointed_member_holds_a_publication(nia):
    from tests.selection.story import DUE, Stage

    story = Stage().ready()
    made = appoint(nia)

    hold.place(story.stage, reason="Daftar tidak cocok.", by=made.user, at=DUE - timedelta(hours=1))

    assert story.stage.holds.count() == 1
