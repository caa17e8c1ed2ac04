"""The applicant's pages when things go crosswise: two tabs, old links, strangers."""

import pytest
from django.urls import reverse
from django.utils import timezone

from publishing.actions import publication
from selection.actions import application as actions
from selection.tracking import journey
from selection.views import applicant
from tests.parts import make_user
from tests.selection.applying import Vacancy, a_pdf, as_file

NIK = "9901011505950001"


@pytest.fixture
def draft(db, client):
    alya = make_user("alya@contoh.example")
    client.force_login(alya, backend="django.contrib.auth.backends.ModelBackend")
    return Vacancy().draft(alya, nik=NIK)


@pytest.mark.parametrize(
    "name", ["application_documents", "application_check", "application_withdraw", "application_section"]
)
def test_an_old_link_to_a_withdrawn_draft_leads_to_its_page(draft, client, name):
    actions.withdraw(draft, by=draft.user, at=timezone.now())

    answer = client.get(reverse(name, args=[draft.ref, "pendidikan"] if name == "application_section" else [draft.ref]))

    assert answer.status_code == 302
    assert answer.url == reverse("application_tracking", args=[draft.ref])


def test_saving_in_one_tab_what_was_sent_in_another_is_told_and_changes_nothing(draft, client, monkeypatch):
    """The other tab sends between this tab's look at the draft and its save."""
    save = applicant.SECTIONS["accommodation"]["save"]

    def sent_meanwhile(application, cleaned, **rest):
        actions.submit(application, by=draft.user)
        save(application, cleaned, **rest)

    monkeypatch.setitem(applicant.SECTIONS["accommodation"], "save", sent_meanwhile)

    answer = client.post(
        reverse("application_section", args=[draft.ref, "penyesuaian"]), {"accommodation": "Kursi roda"}
    )

    assert answer.url == reverse("application_tracking", args=[draft.ref])
    assert "tidak dapat diubah lagi" in client.get(answer.url).content.decode()
    draft.answers.refresh_from_db()
    assert not draft.answers.accommodation


def test_a_document_for_a_sent_application_is_refused_in_words(draft, client):
    actions.submit(draft, by=draft.user)
    wanted = actions.documents_wanted(draft).first()

    answer = client.post(reverse("document_upload", args=[draft.ref, wanted.pk]), {"file": as_file(a_pdf())})

    assert answer.url == reverse("application_tracking", args=[draft.ref])
    assert draft.documents.count() == 2


def test_messages_about_another_announcement_are_not_mine(draft):
    """2026-1 is the beginning of 2026-12, and still another number."""
    actions.submit(draft, by=draft.user)
    for number in ("2026-12", "2026-1"):
        made = publication.publish(
            source=f"announcement:{number}:v1", subject=number, body="", url="/", at=timezone.now()
        )
        publication.queue_for(made, type(draft.user).objects.filter(pk=draft.user.pk), at=timezone.now())

    told = [one.words for one in journey(draft, timezone.now()).messages]

    assert not {"2026-1", "2026-12"} & set(told)
    assert len(told) == 1
