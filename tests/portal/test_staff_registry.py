"""What the registry under /kelola/ does not hold, and that its lists cost the same whatever their length."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import FileAccess
from accounts.roles import Role
from selection.actions import announcement
from tests.accounts.test_roles import make_manager
from tests.parts import NOON, enrol, make_user
from tests.selection.story import DUE, Stage

BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(user) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def test_no_evidence_can_be_edited_in_the_registry_by_anybody():
    """Scores, reviews, results, announcements, findings, holds and the record have no form at all."""
    apps = {model._meta.app_label for model in admin.site._registry}

    assert apps == {"accounts", "publishing", "vacancies"}
    assert {model._meta.object_name for model in admin.site._registry if model._meta.app_label == "publishing"} == {
        "Board",
        "Channel",
    }
    assert {model._meta.object_name for model in admin.site._registry if model._meta.app_label == "accounts"} == {
        "User",
        "FileAccess",
    }


@pytest.mark.parametrize("act", ["add", "change", "delete"])
def test_who_looked_at_a_file_is_not_rewritten_by_whoever_manages_accounts(db, act):
    vera = make_user("vera@contoh.example", Role.VERIFIER)
    look = FileAccess.objects.create(subject="LMR-1", by=vera, role="verifier", purpose="Uji", at=NOON)
    address = reverse(f"admin:accounts_fileaccess_{act}", args=[] if act == "add" else [look.pk])

    assert browser(make_manager()).post(address, {"purpose": "Lain", "post": "yes"}).status_code == 403
    assert FileAccess.objects.get().purpose == "Uji"


def test_the_account_manager_does_none_of_the_work(own_database):
    """Every act of the office refuses an account that only manages accounts, whatever it sends."""
    story = Stage(people=3).score().rank().prepare()
    root = browser(make_manager())
    acts = {
        "score_upload": [story.stage.pk],
        "score_batch": [story.stage.batches.get().pk],
        "stage_result": [story.stage.pk],
        "stage_preparation": [story.stage.pk],
        "preparation_approval": [story.preparation.pk],
        "review_take": [story.stage.pk],
        "recruitment_publication": [story.recruitment.slug],
    }

    answers = {
        name: root.post(reverse(name, args=given), {"decision": "approve"}).status_code for name, given in acts.items()
    }

    assert set(answers.values()) == {403}, answers
    story.preparation.refresh_from_db()
    assert story.preparation.approved_at is None
    with pytest.raises(announcement.NotAllowed):
        announcement.approve(story.preparation, by=story.pia, at=NOON)
    assert not story.stage.announcements.exists() and DUE > NOON


@pytest.mark.parametrize("name", ["admin:accounts_user_changelist", "admin:accounts_fileaccess_changelist"])
def test_the_lists_of_the_manager_ask_as_much_for_two_rows_as_for_thirty(db, name):
    root = browser(make_manager())
    vera = make_user("vera@contoh.example", Role.VERIFIER)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert root.get(reverse(name)).status_code == 200
        return len(found)

    FileAccess.objects.create(subject="LMR-0", by=vera, role="verifier", purpose="Uji", at=NOON)
    asked()
    few = asked()
    for number in range(30):
        make_user(f"p{number}@contoh.example", Role.VERIFIER)
        FileAccess.objects.create(subject=f"LMR-{number}", by=vera, role="verifier", purpose="Uji", at=NOON)

    assert asked() == few


def test_the_list_of_score_files_asks_as_much_for_one_file_as_for_ten(own_database):
    story = Stage(people=2).score()
    pia = browser(enrol(story.pia))

    def asked(name: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert pia.get(reverse(name, args=[story.stage.pk])).status_code == 200
        return len(found)

    for name in ("score_batch_list", "stage_desk"):
        asked(name)
    few = asked("score_batch_list"), asked("stage_desk")
    for number in range(9):
        story.score(reason="Koreksi", p0=60 + number)

    assert (asked("score_batch_list"), asked("stage_desk")) == few
