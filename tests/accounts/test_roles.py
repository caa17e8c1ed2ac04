"""Who may give whom which role; what the database says to somebody who gets past the pages."""

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from accounts.actions import roles
from accounts.models import RoleChange, User
from accounts.roles import TEAM_ROLES, Role
from tests.parts import NOON, enrol, make_team, make_user
from tests.roles import working_as

BACKEND = "django.contrib.auth.backends.ModelBackend"


def make_manager(email="root@contoh.example") -> User:
    return enrol(User.objects.create_superuser(email, None, name="Root"))


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def fields(user, *names: Role, **changes) -> dict:
    given = {
        "email": user.email, "name": user.name, "public_label": "", "is_active": "on", "is_staff": "on",
        "requires_second_factor": "on", "groups": [Group.objects.get_or_create(name=name)[0].pk for name in names],
    }  # fmt: skip
    return given | changes


def save(manager, user, *names: Role, **changes):
    address = reverse("admin:accounts_user_change", args=[user.pk])
    return browser(manager).post(address, fields(user, *names, **changes))


def held(user) -> set[str]:
    return set(User.objects.get(pk=user.pk).groups.values_list("name", flat=True))


def test_a_role_that_is_given_is_written_down_for_the_team(db):
    manager, vera = make_manager(), make_user("vera@contoh.example", Role.VERIFIER)

    save(manager, vera, Role.PUBLISHER)

    assert held(vera) == {Role.PUBLISHER}
    assert set(RoleChange.objects.values_list("role", "given", "by")) == {
        ("publisher", True, manager.pk),
        ("verifier", False, manager.pk),
    }
    oka = enrol(make_user("oka@contoh.example", Role.OVERSEER))
    make_team(oka)
    assert "Pengesah (oleh Root)" in browser(oka).get(reverse("team_workspace")).content.decode()


def test_nobody_gives_a_role_to_oneself(db):
    manager = make_manager()

    save(manager, manager, Role.PREPARER, Role.PUBLISHER)

    assert held(manager) == set()
    with pytest.raises(roles.NotGiven):
        roles.give_roles(manager, {Role.PUBLISHER}, by=manager, at=NOON)
    with pytest.raises(DatabaseError, match="nobody_changes_own_roles"), transaction.atomic():
        RoleChange.objects.create(user=manager, role=Role.PUBLISHER, given=True, by=manager, at=NOON)


def test_another_manager_gets_no_working_role_either(db):
    manager, other = make_manager(), make_manager("lain@contoh.example")

    save(manager, other, Role.PUBLISHER)

    assert held(other) == set()
    with pytest.raises(roles.NotGiven):
        roles.give_roles(other, {Role.PUBLISHER}, by=manager, at=NOON)


@pytest.mark.parametrize("role", sorted(TEAM_ROLES))
def test_the_office_makes_no_member_of_the_team(db, role):
    manager, vera = make_manager(), make_user("vera@contoh.example", Role.VERIFIER)

    answer = save(manager, vera, Role.VERIFIER, role)

    assert answer.status_code == 200  # the form comes back: this choice is not one
    assert held(vera) == {Role.VERIFIER}
    with pytest.raises(roles.NotGiven):
        roles.give_roles(vera, {role}, by=manager, at=NOON)


def test_an_account_of_the_team_is_out_of_reach(db):
    manager, oka = make_manager(), make_user("oka@contoh.example", Role.OVERSEER)

    answer = save(manager, oka, Role.PUBLISHER, is_active="")

    assert answer.status_code == 302 and answer.headers["Location"] == reverse("admin:index")
    assert User.objects.get(pk=oka.pk).is_active and held(oka) == {Role.OVERSEER}


def test_the_address_by_which_somebody_signs_in_is_not_the_managers_to_move(db):
    manager, vera = make_manager(), make_user("vera@contoh.example", Role.VERIFIER)

    save(manager, vera, Role.VERIFIER, email="milik-root@contoh.example")

    assert User.objects.get(pk=vera.pk).email == "vera@contoh.example"


def test_no_account_is_deleted_and_staff_without_that_duty_see_none(db):
    manager, vera = make_manager(), enrol(make_user("vera@contoh.example", Role.VERIFIER))

    assert (
        browser(manager).post(reverse("admin:accounts_user_delete", args=[vera.pk]), {"post": "yes"}).status_code == 403
    )
    assert browser(vera).get(reverse("admin:accounts_user_changelist")).status_code == 403


@pytest.mark.parametrize(
    "attempt",
    [
        lambda vera, _root: User.objects.filter(pk=vera.pk).update(is_superuser=True),
        lambda vera, _root: User.objects.filter(pk=vera.pk).update(is_staff=False, made_by_team=True),
        lambda _vera, _root: User.objects.create_superuser("baru@contoh.example", None),
        lambda vera, _root: vera.groups.add(Group.objects.get(name=Role.OVERSEER)),
        lambda _vera, root: root.groups.add(Group.objects.get(name=Role.PUBLISHER)),
        lambda _vera, _root: User.objects.get(email="oka@contoh.example").groups.add(
            Group.objects.get(name=Role.PUBLISHER)
        ),
        lambda _vera, _root: User.objects.filter(email="oka@contoh.example").update(made_by_team=False),
        lambda _vera, _root: RoleChange.objects.update(by=1),
        lambda _vera, _root: RoleChange.objects.all().delete(),
        lambda _vera, _root: User.objects.filter(email="vera@contoh.example")._raw_delete("default"),
    ],
)
def test_the_database_refuses_it_to_the_web_process_too(own_database, attempt):
    vera, root = make_user("vera@contoh.example", Role.VERIFIER), make_manager()
    make_user("oka@contoh.example", Role.OVERSEER)
    Group.objects.get_or_create(name=Role.PUBLISHER)
    RoleChange.objects.create(user=vera, role=Role.VERIFIER, given=True, by=root, at=NOON)

    with working_as("portal_app"), pytest.raises(DatabaseError), transaction.atomic():
        attempt(vera, root)


def test_the_web_process_may_give_what_a_manager_may_give(own_database):
    vera, root = make_user("vera@contoh.example", Role.VERIFIER), make_manager()
    Group.objects.get_or_create(name=Role.PUBLISHER)

    with working_as("portal_app"):
        save(root, vera, Role.PUBLISHER)

    assert held(vera) == {Role.PUBLISHER}
