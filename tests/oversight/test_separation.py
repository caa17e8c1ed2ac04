"""Whoever runs the office's side of the portal makes no member, no finding and no hold, and changes none."""

import pytest
from django.apps import apps
from django.contrib import admin

from accounts.models import User
from accounts.roles import Role
from oversight.models import Finding, Interest, Membership
from portal import grants
from selection.models import Hold
from tests.oversight.story import NOON
from tests.parts import enrol, make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"
TEAMS_OWN = [*apps.get_app_config("oversight").get_models(), Hold]


@pytest.fixture
def root(watch, client):
    """Signed in as the superuser of the office, with every role that staff can have."""
    user = make_user("root@kota.example", Role.PREPARER, Role.PUBLISHER, Role.SUPERVISOR)
    user.is_superuser = True
    user.save()
    client.force_login(enrol(user), backend=BACKEND)
    return user


def everything() -> dict:
    return {
        "users": set(User.objects.filter(made_by_team=True).values_list("pk", "email", "is_active", "password")),
        "memberships": set(Membership.objects.values_list("pk", "user_id", "role", "until")),
        "findings": set(Finding.objects.values_list("pk", "state", "title")),
        "holds": set(Hold.objects.values_list("pk", "confirmed_at", "lifted_at")),
        "interests": set(Interest.objects.values_list("pk", "until")),
    }


@pytest.mark.parametrize("model", TEAMS_OWN, ids=lambda model: model._meta.label)
def test_nothing_of_the_team_is_in_the_admin(root, client, model):
    meta = model._meta

    assert model not in admin.site._registry
    for address in (f"/kelola/{meta.app_label}/{meta.model_name}/", f"/kelola/{meta.app_label}/{meta.model_name}/add/"):
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "x"}).status_code == 404


def test_no_account_of_the_team_is_made_or_changed_there(watch, root, client):
    before = everything()
    overseer = list(Role).index(Role.OVERSEER) + 1

    client.post(
        "/kelola/accounts/user/add/",
        {"email": "x@x.example", "name": "X", "is_active": "on", "made_by_team": "on", "groups": [overseer]},
    )
    page = client.get(f"/kelola/accounts/user/{watch.oka.pk}/change/")
    client.post(f"/kelola/accounts/user/{watch.oka.pk}/change/", {"email": "y@x.example", "name": "Y"})
    client.post(f"/kelola/accounts/user/{watch.oka.pk}/password/", {"password1": "x" * 20, "password2": "x" * 20})

    assert page.status_code == 302, "as if there were no such account"
    assert watch.oka.email not in client.get("/kelola/accounts/user/").content.decode()
    assert everything() == before


def test_the_teams_room_is_closed_to_the_superuser_and_its_buttons_do_nothing(watch, root, client):
    draft, sent = watch.draft(), watch.sent()
    placed = Hold.objects.create(
        stage=watch.stage, reason="x", placed_by=watch.oka, placed_at=NOON, lapses_at=NOON.replace(year=2030)
    )
    before = everything()
    room = "/pengawasan/ruang"
    steps = ["bukti", "konfirmasi", "kirim", "versi-umum", "kembalikan", "nilai", "teruskan", "tutup", "ubah"]
    addresses = [f"{room}/temuan/{one.number}/{step}/" for one in (draft, sent) for step in steps]
    addresses += [f"{room}/tahap/{watch.stage.pk}/temuan/", f"{room}/tahap/{watch.stage.pk}/tahan/"]
    addresses += [f"{room}/tahanan/{placed.pk}/konfirmasi/", f"{room}/tahanan/{placed.pk}/cabut/"]
    addresses += [f"{room}/anggota/angkat/", f"{room}/anggota/kepentingan/"]
    given = {"title": "x", "body": "x", "severity": "minor", "text": "x", "email": "x@x.example", "person": "X",
             "affiliation": "X", "role": "overseer", "adequate": "ya"}  # fmt: skip

    answers = {address: client.post(address, given).status_code for address in addresses}

    assert set(answers.values()) == {403}, answers
    for page in ("", "anggota/", f"tahap/{watch.stage.pk}/", f"temuan/{draft.number}/"):
        assert client.get(f"{room}/{page}").status_code == 403
    assert everything() == before


def test_the_grants_let_the_web_role_write_nothing_of_the_team_but_an_answer_and_an_override():
    """What the database says, table by table; test_grants holds the database against this table."""
    rights, web = grants.rights(), grants.WEB
    tables = {model._meta.db_table for model in TEAMS_OWN if not model._meta.model_name.startswith("report")}

    writes = {table: set(rights.get((table, web), "")) - {"R"} for table in tables}

    assert {table: letters for table, letters in writes.items() if letters} == {
        "oversight_response": {"I"},
        "oversight_auditcommitment": {"I"},  # the office's own secret of a draw that both sides commit to
        "oversight_auditreveal": {"I"},
    }
    assert {place: names for place, names in grants.COLUMNS.items() if place[0] in tables and place[1] == web} == {
        ("oversight_finding", web): ("state", "review_id"),
        ("selection_hold", web): ("lifted_by_id", "lifted_at", "lifted_as", "lift_reason"),
    }
