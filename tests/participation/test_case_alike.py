"""Before a case is sent, those that may say the same are shown: from public words alone, and nobody has to follow one."""

import re
from pathlib import Path

import pytest
from django.db import connection

from participation import case_alike
from participation.actions import case_work, cases
from participation.case_alike import alike
from participation.models import CaseFollower, ServiceCase
from tests.participation.citizens import SUMMARY, Office, a_case
from tests.participation.test_cases import LINA, confirmed, filled
from tests.parts import NOON

SAME = {"kind": "complaint", "topic": "roads", "text": "Sudah seminggu lampu di Jalan Melati mati semua."}
FIRST = "Aduan Anda belum terkirim."


@pytest.fixture
def office(db):
    return Office()


@pytest.mark.parametrize(("summary", "text", "found"), [
    (SUMMARY, "lampu jalan depan rumah saya mati, Jalan Melati", True),
    ("Sampah di Kelurahan Mekar tidak diangkut", "Truk belum mengangkut sampah kami di Mekar", True),  # another form of the word
    (SUMMARY, "Lampu di kantor kelurahan terlalu terang", False),  # one word alone
    ("Berapa lama akta kelahiran jadi", "Sudah berapa lama lampu ini mati", False),  # small words alone
    ("Antrean panjang di loket akta", "Trotoar rusak, kursi roda tidak lewat", False),
    (SUMMARY, "' | !& :* ) \0 \\ ;", False),
])  # fmt: skip
def test_a_summary_is_alike_when_much_of_it_was_written_too(office, summary, text, found):
    case = office.route(a_case(), summary=summary)

    assert alike(text) == ([case] if found else [])


def test_the_place_counts_and_the_most_alike_comes_first(office):
    anggrek = office.route(a_case(), summary="Lampu jalan mati di Jalan Anggrek")
    melati = office.route(a_case(), summary=SUMMARY)

    assert alike("lampu jalan mati", place="Jalan Anggrek") == [anggrek, melati]
    assert alike("lampu jalan mati", place="Jalan Melati") == [melati, anggrek]


def test_what_is_over_was_not_sorted_or_was_merged_is_not_shown(office):
    a_case()  # without a public summary there is nothing to compare
    solved = office.answered()
    cases.say_solved(solved, at=NOON)
    main, double = office.routed(), office.routed()
    case_work.merge(double, main, by=office.pia, at=NOON)

    assert alike(SAME["text"]) == [ServiceCase.objects.get(pk=main.pk)]


def test_words_of_citizens_are_compared_with_nobodys(office, client):
    """Two people wrote the same sentence; the public summary of the first says something else."""
    office.route(a_case(text=SAME["text"], place="Gang Rahasia 7"), summary="Gangguan penerangan umum")

    assert alike(SAME["text"], place="Gang Rahasia 7") == []


def test_before_sending_the_same_is_shown_and_nothing_is_filed(office, client):
    case = office.routed(email="siti@warga.example", place="Gang Rahasia 7")

    answer = client.post("/aduan/tulis/", filled(client, **SAME))

    assert (answer.status_code, ServiceCase.objects.count()) == (200, 1)
    assert FIRST in answer.text and case.number in answer.text and SUMMARY in answer.text
    assert SAME["text"] in answer.text  # what was written stays
    for hidden in ("siti@warga.example", "Gang Rahasia 7", case.text):
        assert hidden not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]


def test_who_says_that_theirs_is_another_sends_it_and_is_not_asked_twice(office, client):
    office.routed()
    form = filled(client, **SAME)
    page = client.post("/aduan/tulis/", form).text
    looked = re.search(r'name="looked" value="([^"]+)"', page)[1]

    mistaken = client.post("/aduan/tulis/", form | {"looked": looked, "email": "siti"})
    sent = client.post("/aduan/tulis/", form | {"looked": looked})

    assert mistaken.status_code == 422 and 'name="looked"' in mistaken.text and FIRST not in mistaken.text
    assert "Aduan diterima." in sent.text
    assert ServiceCase.objects.count() == 2


def test_with_an_address_one_press_follows_the_other_case_instead(office, client):
    case = office.routed()
    page = client.post("/aduan/tulis/", filled(client, **SAME, email=LINA)).text
    action = re.search(rf'action="(/aduan/{case.number}/ikut/)"', page)[1]

    answer = client.post(action, {"email": re.search(rf'name="email" value="({LINA})"', page)[1]})
    confirmed(LINA)

    assert answer.status_code == 200
    assert CaseFollower.objects.get().case == case
    assert ServiceCase.objects.count() == 1


def test_without_an_address_the_link_leads_to_where_one_is_asked_for(office, client):
    case = office.routed()

    page = client.post("/aduan/tulis/", filled(client, **SAME)).text

    assert re.search(rf'<a [^>]*href="/aduan/{case.number}/ikut/">Ikuti yang ini saja', page)


def test_looking_costs_nothing_of_the_limit_for_sending(office, client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"post_free": "1/h/ip", "post_unproven": "1/h/ip"}
    office.routed()

    looks = [client.post("/aduan/tulis/", filled(client, **SAME)).status_code for _n in range(3)]

    assert looks == [200] * 3
    assert "Aduan diterima." in client.post("/aduan/tulis/", filled(client, **SAME, looked="1")).text


def test_it_costs_the_same_among_one_and_among_thirty(office, client, django_assert_max_num_queries):
    office.routed()
    form = filled(client, **SAME)
    with django_assert_max_num_queries(8) as one:
        client.post("/aduan/tulis/", form)
    for n in range(29):
        office.route(a_case(), summary=f"Lampu jalan mati di Jalan Melati {n}")

    with django_assert_max_num_queries(8) as thirty:
        page = client.post("/aduan/tulis/", form).text

    assert len(one) == len(thirty)
    assert page.count("Ikuti yang ini saja") == case_alike.SHOWN


def test_the_index_answers(office):
    """With the planner told that reading everything is dear, the words are looked up in the index of summaries."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX case_agency_state")  # of few rows it would read those of three states instead
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"EXPLAIN {case_alike.ALIKE}",
            {"text": SAME["text"], "topic": "", "small": "", "fewest": 2, "share": 0.5, "shown": 3},
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "case_summary_words" in plan


def test_without_leaving_out_small_words_strangers_would_look_alike(office, monkeypatch):
    """The twin."""
    monkeypatch.setattr(case_alike, "SMALL", "")
    office.route(a_case(), summary="Berapa lama akta kelahiran jadi")

    assert alike("Sudah berapa lama lampu jadi begini") != []


def test_the_page_has_no_script_of_its_own():
    template = Path("templates/participation/case/new.html").read_text()

    assert "<script" not in template
