"""A phone that several people use: whoever comes next sees nothing of the one before."""

import pytest

from tests.journeys.people import an_account, sign_in
from tests.selection.applying import Vacancy

SECRET = "Jalan Mawar 1"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_going_back_after_signing_out_shows_nothing_personal(browse, javascript):
    alya = an_account("alya-ponsel@pelamar.example")
    draft = Vacancy(documents=False).draft(alya, nik="9901011505950001")
    page = browse(javascript=javascript)
    sign_in(page, alya)
    page.goto(f"/lamaran/{draft.ref}/periksa/")
    assert page.get_by_text(SECRET).is_visible()

    page.get_by_role("button", name="Keluar").first.click()
    if "/keluar/" in page.url:
        page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/")
    page.go_back()

    assert SECRET not in page.content() and alya.email not in page.content()


def test_an_open_tracking_page_leaves_when_another_tab_signs_out(browse):
    alya = an_account("alya-tab@pelamar.example")
    draft = Vacancy(documents=False).draft(alya, nik="9901011505950001")
    page = browse()
    sign_in(page, alya)
    page.goto(f"/lamaran/{draft.ref}/pantau/")

    page.context.clear_cookies()

    page.wait_for_url("**/akun/masuk/?next=*", timeout=15_000)
    assert draft.participant_number not in page.content()
