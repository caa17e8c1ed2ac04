"""The pages of an open selection: the office's desk, an assessor's sheet, the official's choice, and what everybody reads."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import FileAccess
from accounts.roles import Role
from tests.parts import NOON, enrol, make_recruitment, make_stage, make_user
from tests.workforce.panels import Selection
from workforce.models import Choice, Panel, PanelScore, ScoreSheet

pytestmark = pytest.mark.usefixtures("own_database")
REASON = "Rekam jejaknya di layanan kesehatan paling panjang dan rencananya paling terukur menurut panitia."


def browser(user, *, fresh: bool = True) -> Client:
    """`user` signed in; `fresh` with the code of the second factor typed just now."""
    if not Authenticator.objects.filter(user=user).exists():
        enrol(user)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    if fresh:
        session = client.session
        session["account_authentication_methods_user"] = str(user.pk)
        session["account_authentication_methods"] = [{"method": "mfa", "at": time.time(), "type": "totp"}]
        session.save()
    return client


def test_officers_write_a_panel_and_another_seals_it():
    pia, rudi = make_user("pia@pansel.example", Role.PREPARER), make_user("rudi@pansel.example", Role.PUBLISHER)
    recruitment = make_recruitment(kind="jpt", rulepack="jpt-pratama", published_by=rudi)
    make_stage(recruitment, "test", 2, rule="makalah", slug="makalah")
    desk, page = browser(pia), reverse("panel_desk", args=[recruitment.pk])

    assert recruitment.name in desk.get(reverse("panel_desk_list")).content.decode()
    answer = desk.post(page, {"do": "write", "write-decree": "", "write-outlier_points": "0"})
    assert answer.status_code == 422 and "Ada yang perlu diperbaiki" in answer.content.decode()
    desk.post(page, {"do": "write", "write-decree": "Kep. 12/2026", "write-outlier_points": "15"})
    found = Panel.objects.get(recruitment=recruitment)

    answer = desk.post(page, {"do": "member", "member-email": "siapa@x.example", "member-kind": "panel", "member-name": "Siapa",
                              "member-post": "Univ", "member-chosen": ["makalah"]})  # fmt: skip
    assert answer.status_code == 422
    assert "Tidak ada akun penilai" in answer.content.decode() and 'value="Siapa"' in answer.content.decode()
    assert desk.post(page, {"do": "seal"}).status_code == 403
    asked = browser(rudi, fresh=False).post(page, {"do": "seal"})
    assert (asked.status_code, reverse("mfa_reauthenticate") in asked["Location"]) == (302, True)
    assert desk.post(page, {"do": "lain"}).status_code == 404
    assert "5, 7, atau 9" in browser(rudi).post(page, {"do": "seal"}, follow=True).content.decode()
    assert found.sealed_at is None


def test_a_recruitment_of_another_kind_has_no_panel():
    rudi = make_user("rudi@pansel.example", Role.PUBLISHER)
    recruitment = make_recruitment(published_by=rudi)

    assert browser(rudi).get(reverse("panel_desk", args=[recruitment.pk])).status_code == 404
    assert Client().get(reverse("panel_detail", args=[recruitment.slug])).status_code == 404


def test_an_assessor_declares_fills_and_locks_and_sees_numbers_alone_on_the_sheet():
    story = Selection()
    judge = story.judges[0]
    desk = browser(judge.user)
    declaration = reverse("assessment_declaration", args=[judge.pk])
    sheet = reverse("assessment_sheet", args=[judge.pk, story.paper.pk, "makalah"])

    assert "belum diisi" in desk.get(reverse("assessment_list")).content.decode()
    assert "Nyatakan dahulu" in desk.get(sheet).content.decode()
    assert "Nama Uji" in desk.get(declaration).content.decode()
    assert FileAccess.objects.filter(by=judge.user).count() == len(story.people)
    desk.post(declaration, {"number": [story.numbers[3]]})

    page = desk.get(sheet)
    assert "Nama Uji" not in page.content.decode() and story.numbers[3] not in page.content.decode()
    assert page.headers["Cache-Control"] == "private, no-store"
    cells = {f"n-{one}": "80,5" for one in story.numbers[:3]}
    answer = desk.post(sheet, cells | {f"n-{story.numbers[1]}": "seratus", "do": "lock"})
    assert answer.status_code == 422 and 'value="seratus"' in answer.content.decode()
    assert not PanelScore.objects.exists()

    desk.post(sheet, cells | {"do": "lock"})
    found = ScoreSheet.objects.get()
    assert found.locked_at and found.digest[:16] in desk.get(sheet).content.decode()
    comparison = reverse("panel_comparison", args=[story.paper.pk, "makalah"])
    assert "4 lembar belum dikunci" in desk.get(comparison).content.decode()
    assert "80.50" not in desk.get(comparison).content.decode()

    desk.post(sheet, {"do": "again", "again-reason": "Salah baca."})
    assert ScoreSheet.objects.count() == 2


def test_sheets_of_others_and_comparisons_of_other_panels_are_closed():
    story, other = Selection().declare(), Selection()
    stranger = browser(other.judges[0].user)

    assert (
        stranger.get(reverse("assessment_sheet", args=[story.judges[0].pk, story.paper.pk, "makalah"])).status_code
        == 404
    )
    assert stranger.get(reverse("assessment_declaration", args=[story.judges[0].pk])).status_code == 404
    assert stranger.get(reverse("panel_comparison", args=[story.paper.pk, "makalah"])).status_code == 403
    assert browser(story.judges[0].user).get(reverse("panel_desk", args=[story.recruitment.pk])).status_code == 403
    assert browser(story.rudi).get(reverse("choice_desk_list")).status_code == 403
    assert browser(story.wali).get(reverse("assessment_list")).status_code == 403


def test_everybody_reads_who_judges_how_far_apart_and_why_the_chosen_was_taken(django_assert_max_num_queries):
    story = Selection(objection_days=0)
    page = reverse("panel_detail", args=[story.recruitment.slug])
    before = Client().get(page).content.decode()
    assert story.judges[0].name in before and "0 / 5" in before and "35%" in before
    assert "Belum diumumkan." in before

    story.judged()
    official = browser(story.wali)
    assert "Pilih dan tulis" in official.get(reverse("choice_desk_list")).content.decode()
    choose = reverse("choice_new", args=[story.formation.pk])
    short = official.post(choose, {"number": story.numbers[0], "reason": "Cocok."})
    assert short.status_code == 422 and "paling sedikit 80" in short.content.decode()
    assert (
        browser(story.wali, fresh=False).post(choose, {"number": story.numbers[0], "reason": REASON}).status_code == 302
    )
    assert not Choice.objects.exists()
    official.post(choose, {"number": story.numbers[0], "reason": REASON})
    assert Choice.objects.get().by == story.wali

    with django_assert_max_num_queries(20):
        after = Client().get(page)
    text = after.content.decode()
    assert REASON in text and "(dipilih)" in text and "5 / 5" in text
    assert "peringkat 1" not in text  # this panel decided to show no scores
    assert after.headers["Cache-Control"].startswith("public")
    assert "Nama Uji" not in text and str(NOON.year) in text


def test_before_the_sealing_the_public_page_names_nobody():
    story = Selection(sealed=False)

    text = Client().get(reverse("panel_detail", args=[story.recruitment.slug])).content.decode()

    assert "belum dibentuk atau belum dikunci" in text and story.judges[0].name not in text
