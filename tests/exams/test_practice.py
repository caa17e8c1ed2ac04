"""Practice through its pages: nobody gains time, nobody sees what is right before the end, everybody sees it after."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exams import practice
from exams.actions import keeping
from exams.actions import sitting as sittings
from exams.models import Answer, Blueprint, Sitting
from tests.exams.sitting_down import a_bank, a_format, letter_of, long_ago
from tests.parts import make_user

BACKEND = "django.contrib.auth.backends.ModelBackend"
JSON = {"Accept": "application/json"}
COOKIE = "latihan"


@pytest.fixture
def bank(db):
    cache.clear()
    a_bank()
    return a_format()


def start(client: Client, slug: str = "uji") -> Sitting:
    """Press the button; the practice that this browser has now."""
    client.post(reverse("practice_start", args=[slug]))
    key = signing.loads(client.cookies[COOKIE].value, salt=practice.SALT)
    return Sitting.objects.get(key_digest=sittings.digest_of(key))


def save(client: Client, n: int, letter: str = "A", mark: str = "m", **more):
    return client.post(reverse("practice_question", args=[n]), {"jawaban": letter, "tanda": mark, **more}, headers=JSON)


def right_letters(sat: Sitting) -> dict[int, str]:
    return {place.position: letter_of(place, sat, "a") for place in sat.items.select_related("version__item")}


def test_from_start_to_explanation_without_javascript_and_without_account(bank, client):
    sat = start(client)
    assert client.cookies[COOKIE]["path"] == "/latihan-cat/" and client.cookies[COOKIE]["httponly"]

    for n, letter in right_letters(sat).items():
        page = client.get(reverse("practice_question", args=[n]))
        assert f"Soal {n} dari 9" in page.content.decode()
        mark = re.search(r'name="tanda" value="([^"]+)"', page.content.decode())[1]
        goes = client.post(
            reverse("practice_question", args=[n]), {"jawaban": letter, "tanda": mark, "ke": str(min(n + 1, 9))}
        )
        assert goes.url == reverse("practice_question", args=[min(n + 1, 9)])
    assert "Semua soal sudah dijawab" in client.get(reverse("practice_finish")).content.decode()
    client.post(reverse("practice_finish"))

    result = client.get(reverse("practice_result")).content.decode()
    assert "Nilai Anda 45 dari 45" in result
    assert result.count("tercapai") == 4 and "belum tercapai" not in result
    assert "Karena a." in result and "Yang terbaik bernilai 5." in result
    assert re.findall(r'<th scope="row">(\w+)</th>', result) == ["TWK", "TIU", "TKP"]
    assert re.findall(r"<li><strong>(\w+)</strong>", result) == ["TWK", "TIU", "TKP", "Jumlah"]


def test_what_is_saved_is_acknowledged_and_shown_again(bank, client):
    start(client)

    said = save(client, 3, "B", ragu="on").json()

    assert said["number"] == 1 and 0 < said["left"] <= 600_000 and re.fullmatch(r"\d\d\.\d\d\.\d\d", said["at"])
    page = client.get(reverse("practice_question", args=[3])).content.decode()
    assert re.search(r'value="B" checked', page) and re.search(r'id="ragu" checked', page)
    assert client.get(reverse("practice_state"), headers=JSON).json()["answers"] == {"3": [["B"], True]}


class TestNobodyGainsTime:
    def test_by_a_clock_of_ones_own(self, bank, client):
        """1. What the browser says about time is not read at all."""
        sat = start(client)
        before = sat.ends_at
        save(client, 1, left="99999999", ends_at="2099-01-01", starts_at="2099-01-01")
        sat.refresh_from_db()
        assert sat.ends_at == before

        long_ago(sat, timedelta(minutes=10))
        late = save(client, 2, mark="late", at="2020-01-01T00:00:00Z")

        assert (late.status_code, late.json()) == (409, {"over": True})
        assert Answer.objects.count() == 1

    def test_by_sending_an_old_answer_again(self, bank, client):
        """2. A replay neither writes nor wins over a newer answer."""
        sat = start(client)
        save(client, 1, "A", mark="old")
        save(client, 1, "B", mark="new")

        assert save(client, 1, "A", mark="old").json()["number"] == 1
        assert sittings.latest(sat)[1].mark == "new"

    def test_by_a_second_practice_beside_the_first(self, bank, client):
        """3. One at a time: the first goes on."""
        sat = start(client)
        again = client.post(reverse("practice_start", args=["uji"]))

        assert again.status_code == 409 and "masih berjalan" in again.content.decode()
        assert Sitting.objects.get() == sat

    def test_with_an_account_on_two_machines(self, bank):
        """4. An account has one practice, wherever it signs in, with one clock."""
        alya = make_user("alya@uji.example")
        one, two = Client(), Client()
        for browser in (one, two):
            browser.force_login(alya, backend=BACKEND)
            browser.post(reverse("practice_start", args=["uji"]))
        sat = Sitting.objects.get()

        save(one, 1, "A", mark="one")
        save(two, 1, "B", mark="two")

        assert sittings.latest(sat)[1].mark == "two"
        long_ago(sat, timedelta(minutes=10))
        assert [save(browser, 2, mark="x").status_code for browser in (one, two)] == [409, 409]

    def test_by_answering_when_it_is_over(self, bank, client):
        """5. A queue that arrives late changes nothing, whatever its order."""
        sat = long_ago(start(client), timedelta(minutes=10))

        assert [save(client, n, mark=f"q{n}").status_code for n in (1, 2, 3)] == [409, 409, 409]
        sat.refresh_from_db()
        assert sat.ended_at == sat.ends_at and sat.score["total"]["points"] == 0

    def test_with_tabs_side_by_side(self, bank, client):
        """6. Every tab answers to the same clock, and the last answer counts."""
        sat = start(client)
        tabs = [Client(), Client()]
        for tab in tabs:
            tab.cookies = client.cookies
        lefts = [save(tab, 1, letter, mark=letter).json()["left"] for tab, letter in zip(tabs, "AB", strict=True)]

        assert lefts[1] <= lefts[0] <= 600_000
        assert [one.number for one in sat.answers.order_by("number")] == [1, 2]

    @pytest.mark.parametrize(
        "forged",
        ["", "x", "x:y:z", signing.dumps("other", salt="other")],
        ids=["nothing", "a letter", "three parts", "signed for something else"],
    )
    def test_by_changing_the_key(self, bank, client, forged):
        """7. A key that was not given out here opens nothing."""
        start(client)
        client.cookies[COOKIE] = forged

        assert save(client, 1).status_code == 404
        assert client.get(reverse("practice_question", args=[1])).url == reverse("practice_home")
        assert not Answer.objects.exists()

    def test_with_a_key_of_right_form_that_nobody_has(self, bank, client):
        """7, too: signed here, but of no practice."""
        start(client)
        client.cookies[COOKIE] = signing.dumps("geraten", salt=practice.SALT)

        assert save(client, 1).status_code == 404

    def test_by_opening_again_what_was_ended(self, bank, client):
        """8. The button ends it for good."""
        sat = start(client)
        client.post(reverse("practice_finish"))
        first = Sitting.objects.get().ended_at

        assert client.get(reverse("practice_question", args=[1])).url == reverse("practice_result")
        assert client.post(reverse("practice_finish")).url == reverse("practice_result")
        assert client.get(reverse("practice_questions"), headers=JSON).status_code == 409
        sat.refresh_from_db()
        assert sat.ended_at == first

    def test_by_changing_answers_after_the_explanation(self, bank, client):
        """9. Whoever has seen what is right answers nothing any more."""
        sat = start(client)
        client.post(reverse("practice_finish"))
        client.get(reverse("practice_result"))

        assert save(client, 1, right_letters(sat)[1]).status_code == 409
        assert not Answer.objects.exists()

    @pytest.mark.parametrize("place", ["0", "10", "99999", "-1"])
    def test_by_a_place_that_was_not_drawn(self, bank, client, place):
        """10. There are as many places as were drawn, counted from one."""
        start(client)

        answer = client.post(f"/latihan-cat/soal/{place}/", {"jawaban": "A", "tanda": "m"}, headers=JSON)

        assert answer.status_code == (404 if place == "-1" else 422)
        assert not Answer.objects.exists()

    @pytest.mark.parametrize("letter", ["F", "-1", "a", "AB", "0"])
    def test_by_an_option_that_is_not_shown(self, bank, client, letter):
        start(client)

        assert save(client, 1, letter).status_code == 422
        assert not Answer.objects.exists()


def test_a_refused_answer_leads_back_to_its_question_with_words_without_javascript(bank, client):
    start(client)

    answer = client.post(reverse("practice_question", args=[1]), {"jawaban": "F"}, follow=True)

    assert answer.redirect_chain == [(reverse("practice_question", args=[1]), 302)]
    assert "Pilih salah satu yang tampil." in answer.text
    assert not Answer.objects.exists()


@pytest.mark.parametrize("mark", ["", "x" * 37, "a\x00b", "<b>"])
def test_a_mark_of_wrong_form_is_replaced(bank, client, mark):
    start(client)

    assert save(client, 1, mark=mark).status_code == 200
    assert Answer.objects.get().mark != mark


def test_a_place_so_large_that_no_table_holds_it_is_refused_like_any_other(bank, client):
    start(client)

    assert save(client, 10**30).status_code == 422


def everything_before_the_end(client: Client) -> str:
    """All that a reader gets while the practice runs: bodies, headers, cookies."""
    pages = [reverse("practice_question", args=[n]) for n in range(1, 10)]
    pages += [reverse(name) for name in ("practice_home", "practice_questions", "practice_state", "practice_finish")]
    pages += ["/latihan-cat/soal/1/gambar/", "/latihan-cat/hasil/"]
    answers = [client.get(page) for page in pages]
    answers += [save(client, n, letter, mark=f"{n}{letter}") for n in (1, 9) for letter in "ABCDE"]
    return "\n".join(
        answer.content.decode()
        + str(sorted((key, value) for key, value in answer.headers.items() if key != "Set-Cookie"))
        for answer in answers
    )


def test_nothing_says_what_is_right_before_the_end(bank, client):
    sat = start(client)

    seen = everything_before_the_end(client)

    assert "Karena" not in seen and "Yang terbaik" not in seen  # explanations
    assert "points" not in seen and '"right"' not in seen and "score" not in seen.replace("underscore", "")
    assert "ETag" not in seen
    assert sat.seed not in seen
    assert client.get(reverse("practice_result")).url == reverse("practice_current")


def test_a_right_answer_is_acknowledged_like_a_wrong_one(bank, client):
    sat = start(client)
    right = right_letters(sat)[1]
    wrong = next(letter for letter in "ABCDE" if letter != right)

    answers = [save(client, 1, letter, mark=letter) for letter in (right, wrong)]

    assert len({answer.status_code for answer in answers}) == 1
    assert [sorted(answer.json()) for answer in answers] == [["at", "left", "number"]] * 2
    assert len({len(answer.content) for answer in answers}) <= 2  # but for the digits of the time left


def test_the_explanation_of_another_is_nobodys(bank, client):
    start(client)
    client.post(reverse("practice_finish"))

    assert Client().get(reverse("practice_result")).url == reverse("practice_home")


def test_a_practice_begun_with_an_account_stays_with_it_on_a_shared_phone(bank, client):
    alya = make_user("alya@uji.example")
    client.force_login(alya, backend=BACKEND)
    client.post(reverse("practice_start", args=["uji"]))
    assert COOKIE not in client.cookies
    client.logout()

    assert client.get(reverse("practice_question", args=[1])).url == reverse("practice_home")


def test_a_practice_survives_a_new_browser_window_and_a_restart_of_the_server(bank, client):
    start(client)
    save(client, 2, "C")
    other = Client()
    other.cookies = client.cookies
    cache.clear()  # nothing of it lives in a process or a cache

    assert re.search(r'value="C" checked', other.get(reverse("practice_question", args=[2])).content.decode())


def test_one_address_begins_so_many_practices_and_no_more(bank, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"practice": "3/h/ip"}
    answers = [Client().post(reverse("practice_start", args=["uji"])).status_code for _n in range(5)]

    assert answers == [302, 302, 302, 429, 429]
    assert Sitting.objects.count() == 3


def test_a_form_from_elsewhere_begins_nothing(bank):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(reverse("practice_start", args=["uji"])).status_code == 403
    assert not Sitting.objects.exists()


@pytest.mark.parametrize("slug", ["tidak-ada", "rahasia", "lama"])
def test_only_an_offered_practice_is_begun(bank, client, slug):
    a_format("rahasia", practice=False)
    Blueprint.objects.filter(pk=a_format("lama").pk).update(offered=False)

    assert client.post(reverse("practice_start", args=[slug])).status_code == 404


def test_pages_cost_the_same_for_few_and_many_questions(db, client):
    a_bank(twk=40)
    counts = []
    for size in (3, 40):
        a_format(f"f{size}", twk=size)
        start(client, f"f{size}")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(reverse("practice_question", args=[1]))
        client.post(reverse("practice_finish"))
        with CaptureQueriesContext(connection) as after:
            client.get(reverse("practice_result"))
        counts.append((len(seen), len(after)))

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 8


def test_who_leaves_is_scored_by_the_duty_and_finds_the_result(bank, client):
    sat = start(client)
    save(client, 1, right_letters(sat)[1])
    long_ago(sat, timedelta(minutes=11))
    keeping.keep(timezone.now())

    page = client.get(reverse("practice_question", args=[2]), follow=True).content.decode()

    assert "Nilai Anda 5 dari 45" in page


def test_the_questions_for_the_script_are_what_the_pages_show(bank, client):
    sat = start(client)
    found = json.loads(client.get(reverse("practice_questions")).content)

    assert [sorted(one) for one in found["questions"]] == [
        ["chosen", "component", "doubtful", "image", "kind", "n", "options", "stem"]
    ] * sat.items.count()
    for one in found["questions"]:
        page = client.get(reverse("practice_question", args=[one["n"]])).content.decode()
        assert all(text in page for _letter, text in one["options"])


def test_the_next_page_of_the_explanation_keeps_the_kind_of_need_and_what_is_shown(db, client):
    a_bank(tiu=40)
    a_format(tiu=40)
    start(client)
    client.post(reverse("practice_finish"))
    chosen = {"kebutuhan": "papua", "tampil": "salah"}

    page = client.get(reverse("practice_result"), chosen)
    [forward] = re.findall(r'rel="next" href="([^"]+)"', page.text)
    after = client.get(reverse("practice_result") + html.unescape(forward))

    assert (after.context["need"], after.context["only_wrong"], after.context["page"].number) == ("papua", True, 2)
    assert '<input type="hidden" name="tampil" value="salah">' in page.text
    [all_of_them] = re.findall(r'href="([^"]+)#pembahasan"', page.text)
    assert client.get(reverse("practice_result") + all_of_them).context["need"] == chosen["kebutuhan"]


@pytest.mark.parametrize("asked", ["tidak-ada", "a&tampil=salah", "<b>"])
def test_a_kind_of_need_that_is_not_there_is_not_carried_on(bank, client, asked):
    start(client)
    client.post(reverse("practice_finish"))

    assert client.get(reverse("practice_result"), {"kebutuhan": asked}).context["query"] == ""


def test_who_chose_a_kind_of_need_without_threshold_here_may_choose_another(db, client):
    a_bank()
    a_format(twk=3)
    start(client)
    client.post(reverse("practice_finish"))

    page = client.get(reverse("practice_result"), {"kebutuhan": "papua"}).text

    assert "Untuk kebutuhan Putra/putri Papua tidak ada ambang batas" in page and 'value="umum"' in page


class TestOnASharedDevice:
    def test_a_practice_without_account_is_forgotten_and_its_key_opens_nothing(self, bank, client):
        start(client)
        client.post(reverse("practice_finish"))
        assert "bersihkan perangkat ini" in client.get(reverse("practice_result")).text
        copied = Client()
        copied.cookies[COOKIE] = client.cookies[COOKIE].value

        page = client.post(reverse("practice_leave"), follow=True)

        assert page.redirect_chain == [(reverse("practice_leave"), 302)]
        assert "sudah terhapus" in page.text and "tidak dapat dibuka lagi" in page.text
        assert client.cookies[COOKIE].value == "" and client.cookies[COOKIE]["path"] == practice.PATH
        assert not Sitting.objects.exists()
        assert [one.get(reverse("practice_result")).url for one in (client, copied)] == [reverse("practice_home")] * 2

    def test_a_practice_that_runs_is_ended_first(self, bank, client):
        sat = start(client)
        assert client.get(reverse("practice_leave")).url == reverse("practice_current")

        answer = client.post(reverse("practice_leave"), follow=True)

        assert answer.redirect_chain == [(reverse("practice_finish"), 302)] and "masih berjalan" in answer.text
        assert Sitting.objects.get() == sat and save(client, 1).status_code == 200

    def test_one_whose_time_is_over_is_forgotten_though_nobody_ended_it(self, bank, client):
        long_ago(start(client), timedelta(minutes=11))

        assert client.post(reverse("practice_leave")).url == reverse("practice_leave")
        assert not Sitting.objects.exists()

    def test_what_an_account_practised_stays_with_it(self, bank, client):
        client.force_login(make_user("alya@uji.example"), backend=BACKEND)
        client.post(reverse("practice_start", args=["uji"]))
        client.post(reverse("practice_finish"))
        assert "Keluar dari akun" in client.get(reverse("practice_result")).text

        page = client.post(reverse("practice_leave"), follow=True)

        assert "Anda masih masuk dengan akun" in page.text
        assert Sitting.objects.get().ended_at

    def test_a_form_from_elsewhere_forgets_nothing(self, bank):
        browser, strict = Client(), Client(enforce_csrf_checks=True)
        start(browser)
        browser.post(reverse("practice_finish"))
        strict.cookies[COOKIE] = browser.cookies[COOKIE].value

        assert strict.post(reverse("practice_leave")).status_code == 403
        assert Sitting.objects.exists()


@pytest.mark.parametrize("name", ["practice_offline", "exam_offline"])
def test_the_worker_of_a_test_keeps_nothing_and_answers_with_a_sentence_for_lost_pages_alone(db, client, name):
    answer = client.get(reverse(name))

    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert answer.headers["Cache-Control"].startswith("public") and not answer.cookies
    assert "Service-Worker-Allowed" not in answer.headers  # it reaches no further than its own path
    assert "Anda sedang tidak terhubung" in answer.text and "Jangan tutup peramban" in answer.text
    assert "caches" not in answer.text and "csrfmiddlewaretoken" not in answer.text
