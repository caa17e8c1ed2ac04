"""A draft is the team's own: the web role cannot read it, the team reads and writes it."""

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.team_role import as_team
from oversight.actions import finding
from oversight.models import Confirmation, Finding
from tests.oversight.story import NOON
from tests.parts import enrol
from tests.roles import working_as

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def findings(watch):
    """One of each: a draft, a confirmed one, a sent one."""
    return watch.draft(title="Rancangan"), watch.confirmed(title="Dikonfirmasi"), watch.sent(title="Terkirim")


def titles() -> set[str]:
    return set(Finding.objects.values_list("title", flat=True))


@pytest.mark.parametrize("role", ["portal_app", "portal_work", "portal_seq"])
def test_a_role_that_is_not_the_team_sees_what_was_sent_and_nothing_else(findings, role):
    with working_as(role):
        assert titles() == {"Terkirim"}
        with pytest.raises(ProgrammingError, match="permission denied"):
            Confirmation.objects.count()


def test_the_team_sees_all_of_them(findings):
    with working_as("portal_app"), transaction.atomic(), as_team():
        assert titles() == {"Rancangan", "Dikonfirmasi", "Terkirim"}
        assert Confirmation.objects.count() == 4


def test_without_the_row_level_security_the_web_role_reads_drafts(findings):
    """The twin: the same question with the protection off."""
    connection.cursor().execute("ALTER TABLE oversight_finding DISABLE ROW LEVEL SECURITY")

    with working_as("portal_app"):
        assert titles() == {"Rancangan", "Dikonfirmasi", "Terkirim"}


def test_the_web_role_cannot_touch_a_draft_either(findings):
    draft = findings[0]

    with working_as("portal_app"):
        assert Finding.objects.filter(pk=draft.pk).update(review_id=None) == 0
        assert Finding.objects.filter(number=findings[2].number).update(review_id=None) == 1


def test_the_rooms_pages_show_drafts_to_members_and_the_public_pages_do_not(watch, findings, client):
    omar = enrol(watch.omar)  # a member's second factor is nobody's but the member's own
    with working_as("portal_app"):
        public = client.get("/pengawasan/").content.decode()
        client.force_login(omar, backend=BACKEND)
        room = client.get("/pengawasan/ruang/")
        page = client.get(f"/pengawasan/ruang/temuan/{findings[0].number}/")
        posted = client.post(f"/pengawasan/ruang/temuan/{findings[0].number}/konfirmasi/")

    assert "Rancangan" not in public and "Rancangan" in room.content.decode()
    assert page.status_code == 200 and "Belum ada yang mengonfirmasi isi ini." in page.content.decode()
    assert posted.status_code == 302 and findings[0].confirmations.count() == 1


def test_a_draft_takes_the_next_number_though_others_are_hidden(watch, findings):
    with working_as("portal_app"):
        made = finding.draft(watch.stage, title="x", body="x", severity="minor", by=watch.oka, at=NOON)

    assert made.number == "TMN-2026-4"
