"""The directory for everybody: search, filters, files, posts without a holder, figures; its cost and what attackers try."""

import csv
import gzip
import io
from collections import Counter
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lib.codes import random_code
from tests.parts import DAY, NOON, make_user
from tests.workforce.serving import a_position, a_unit, an_employee
from workforce import acting, aggregates, vacant
from workforce.models import Appointment, Employee, Level

MOST_BYTES = 60 * 1024


def text(response) -> str:
    return (b"".join(response.streaming_content) if response.streaming else response.content).decode()


@pytest.fixture
def city(db):
    return a_unit("Pemerintah Kota Contoh")


def crowd(city, people: range) -> None:
    """Employees with the numbers `people` in twenty offices, set-based; names as long as real ones."""
    by, now = make_user(f"pia{people.start}@kota.example"), timezone.now()
    posts = []
    for number in range(20):
        office = a_unit(f"Dinas Urusan Nomor {people.start + number}", city)
        posts += [a_position(a_unit(f"Bidang {n}", office), "Pengelola Layanan Operasional") for n in range(5)]
    Employee.objects.bulk_create(
        (
            Employee(
                name=f"Nama Pegawai Panjang {number:05d}, S.Kom., M.M.", nip="x", nip_index=f"{number:064d}", kind="pns",
                sex="LP"[number % 2], grade=f"III/{'abcd'[number % 4]}", skp="baik", position=posts[number % 100],
                preview_until=now - DAY, added_by=by, added_at=now,
            )
            for number in people
        ),
        batch_size=2000,
    )  # fmt: skip


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert text(client.get(path))
    return len(seen)


def test_ten_thousand_people_cost_as_many_queries_as_fifty_and_a_light_first_page(city, client):
    crowd(city, range(50))
    few = {path: queries(client, path) for path in ("/asn/", "/asn/?q=nama", "/asn.csv", "/asn.json", "/asn/angka/")}
    crowd(city, range(50, 10_000))

    many = {path: queries(client, path) for path in few}
    page = client.get("/asn/").content

    assert many == few
    assert max(many.values()) <= 6
    assert len(page) <= MOST_BYTES
    assert len(gzip.compress(page)) <= 12 * 1024, "style sheet and icon share the budget of the first view"
    assert b"10.000 orang" in page


def test_words_are_all_found_and_a_unit_holds_those_below_it(city, client):
    office, other = a_unit("Dinas Arsip", city), a_unit("Dinas Pasar", city)
    an_employee(a_position(a_unit("Bidang Simpan", office), "Arsiparis"), name="Siti Aminah", at=timezone.now())
    an_employee(a_position(other, "Juru Pungut"), name="Siti Badriah", at=timezone.now())

    def names(**query):
        return [one["nama"] for one in client.get("/asn.json", query).json()["pegawai"]]

    assert names(q="siti") == ["Siti Aminah", "Siti Badriah"]
    assert names(q="siti arsip") == ["Siti Aminah"]
    assert names(unit=office.slug) == ["Siti Aminah"]
    assert names(jenjang="fungsional", q="pasar") == []
    assert names(q="Dinas Pasar") == ["Siti Badriah"]
    assert client.get("/asn.csv", {"unit": "tidak-ada"}).status_code == 400


def test_a_profile_in_preview_is_seen_by_nobody_before_its_day(city, client):
    hidden = an_employee(shown=False, at=timezone.now(), name="Belum Tampil")

    assert client.get(f"/asn/{hidden.slug}/").status_code == 404
    assert "Belum Tampil" not in text(client.get("/asn.csv"))
    Employee.objects.update(preview_until=timezone.now())
    assert client.get(f"/asn/{hidden.slug}/").status_code == 200


FORMULAS = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "＝1+1"]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_name_and_no_post_is_a_formula_in_the_download(city, client, formula):
    an_employee(a_position(a_unit(formula, city), formula), name=formula, at=timezone.now())

    rows = list(csv.reader(io.StringIO(text(client.get("/asn.csv")).lstrip("\ufeff"))))

    assert all(cell.startswith("'") for cell in rows[1][:2]), rows[1]


def test_twin_without_the_apostrophe_the_formula_arrives(city, client, monkeypatch):
    monkeypatch.setattr("workforce.views.directory.safe", lambda words: words)
    an_employee(name="=1+1", at=timezone.now())

    assert "\n=1+1" in text(client.get("/asn.csv")).replace("\r", "")


def test_a_nip_is_no_way_in(city, client):
    """Whoever knows or counts through NIPs gets the same answer for one that exists as for one that does not."""
    known = an_employee(at=timezone.now())
    nip, absent = known.nip, "198503072010042999"

    for path in ("/asn/{}/", "/asn/{}.json", "/asn/{}/lengkap/"):
        answers = [client.get(path.format(number)) for number in (nip, absent)]
        assert [one.status_code for one in answers] == [404, 404], path
    for path in ("/asn/", "/asn.json"):
        answers = [text(client.get(path, {"q": number})).replace(number, "") for number in (nip, absent)]
        assert answers[0] == answers[1], path


def test_addresses_mean_nothing_and_are_too_many_to_guess(city, client, settings):
    first, second = an_employee(at=timezone.now()), an_employee(at=timezone.now())

    assert len(first.slug) == 14
    assert 31**14 > 2**69
    assert first.slug[:4] != second.slug[:4] or first.slug[4:8] != second.slug[4:8]
    assert {client.get(f"/asn/{random_code(14)}/").status_code for _try in range(20)} == {404}


def test_who_guesses_without_end_is_slowed_down(city, client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"profile": "5/m/ip"}
    address = {"REMOTE_ADDR": "10.9.8.7"}

    answers = [client.get(f"/asn/{random_code(14)}/", **address).status_code for _try in range(8)]

    assert answers == [404] * 5 + [429] * 3


def test_twin_without_the_limit_every_guess_is_answered(city, client, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"profile": None}

    assert {client.get(f"/asn/{random_code(14)}/", REMOTE_ADDR="10.9.8.6").status_code for _try in range(8)} == {404}


# --- posts without a holder ---------------------------------------------------------------------


def seat(city, name="Kepala Bidang"):
    return a_position(a_unit("Dinas Kosong", city), name, Level.ADMINISTRATOR)


def acts(position, since: date, *, kind="plt", until=None, extends=None, who=None) -> Appointment:
    who = who or an_employee()
    return Appointment.objects.create(
        employee=who, position=position, kind=kind, since=since, until=until, extends=extends, decree="SK/PLT",
        by=who.added_by, at=NOON,
    )  # fmt: skip


def test_a_vacant_post_is_listed_with_the_day_since_when(city):
    post = seat(city)
    gone = an_employee(post, since=date(2020, 1, 1))
    assert vacant.posts(NOON) == []

    Appointment.objects.filter(employee=gone).update(until=date(2026, 6, 30))

    [found] = vacant.posts(NOON)
    assert (found.name, found.unit, found.since, found.acting) == (
        "Kepala Bidang",
        "Dinas Kosong",
        date(2026, 6, 30),
        [],
    )


@pytest.mark.parametrize(
    ("since", "extended", "kind", "late"),
    [
        (date(2026, 8, 3), False, "plt", False),  # the last day of three months is 2 November
        (date(2026, 8, 2), False, "plt", True),
        (date(2026, 5, 3), True, "plt", False),
        (date(2026, 5, 2), True, "plt", True),
        (date(2026, 1, 2), False, "plh", False),
    ],
)
def test_acting_for_longer_than_three_months_and_one_extension_is_marked(city, since, extended, kind, late):
    post = seat(city)
    first = acts(post, since, kind=kind, until=acting.months_later(since, 3) - DAY if extended else None)
    if extended:
        acts(post, acting.months_later(since, 3), extends=first, who=first.employee)

    [found] = vacant.posts(NOON)

    assert found.is_late == late
    assert found.acting[0][2].first == since


def test_a_third_turn_is_marked_however_it_is_cut(city):
    post = seat(city)
    step = acts(post, date(2026, 1, 1), until=date(2026, 3, 31))
    for since, until in ((date(2026, 4, 1), date(2026, 6, 30)), (date(2026, 7, 1), None)):
        step = acts(post, since, until=until, extends=step, who=step.employee)

    [found] = vacant.posts(NOON)

    assert found.is_late


def test_months_end_where_months_end():
    assert acting.months_later(date(2025, 11, 30), 3) == date(2026, 2, 28)
    assert acting.months_later(date(2026, 10, 31), 3) == date(2027, 1, 31)
    assert acting.months_later(date(2027, 11, 29), 3) == date(2028, 2, 29)


def test_the_page_of_vacant_posts_costs_the_same_for_one_and_for_thirty(city, client):
    acts(seat(city, "Kepala 0"), date(2026, 1, 1))
    one = queries(client, "/asn/jabatan/")
    for number in range(1, 30):
        acts(a_position(a_unit(f"Dinas K{number}", city), "Kepala", Level.SUPERVISOR), date(2026, 1, 1))

    assert queries(client, "/asn/jabatan/") == one
    assert "lewat batas" in text(client.get("/asn/jabatan/"))


# --- figures ------------------------------------------------------------------------------------

TOLD = [
    ({"A": 12, "B": 14}, [10, 15]),
    ({"A": 5, "B": 4}, [None, None]),  # nine people
    ({"A": 20}, [None, None]),  # all of them: a fact about each
    ({"A": 20, "B": 2}, [None, None]),  # the two would be found by subtraction
    ({"A": 20, "B": 2, "C": 9}, [20, None, None]),  # so a second is unsaid with them
    ({"A": 20, "B": 2, "C": 1, "D": 8}, [20, None, None, 10]),  # two small ones, three people, hide each other
]


@pytest.mark.parametrize(("counts", "expected"), TOLD)
def test_a_distribution_is_told_where_it_points_at_nobody(counts, expected):
    assert aggregates.told(Counter(counts), sorted({*counts, "A", "B"})) == expected


def test_one_person_more_or_less_is_seldom_seen_and_never_by_itself():
    """The count of everybody else is known to a neighbour: what the neighbour subtracts is a rounded number."""
    values = ["A", "B"]
    with_and_without = [
        (aggregates.told(Counter(A=n, B=15), values), aggregates.told(Counter(A=n - 1, B=15), values))
        for n in range(10, 60)
    ]

    same = sum(before == after for before, after in with_and_without)
    assert same == 40
    assert all(
        cell is None or cell % aggregates.ROUND == 0 for pair in with_and_without for row in pair for cell in row
    )


def test_the_figures_of_a_unit_hold_no_name_and_no_small_group(city, client):
    big, small = a_unit("Dinas Besar", city), a_unit("Dinas Kecil", city)
    for number in range(24):
        an_employee(a_position(big), sex="LP"[number % 2], skp="baik" if number % 2 else "sangat_baik")
    for _turn in range(4):
        an_employee(a_position(small), skp="kurang")

    page = text(client.get("/asn/angka/"))

    assert "Dinas Besar" in page
    assert "Pegawai" not in page.split("<main")[1].split("Semua pegawai")[1].replace("Pegawai</a>", "")
    sex = next(table for table in aggregates.tables(timezone.now()) if table.label == "Jenis kelamin")
    assert dict(sex.rows) == {"Dinas Besar": [10, 10], "Dinas Kecil": [None, None]}


def test_no_heading_says_that_somebody_in_a_small_group_is_like_that(city, client):
    for _turn in range(4):
        an_employee(a_position(a_unit("Dinas Kecil", city)) if not _turn else None, grade="XVII", skp="kurang")

    page = text(client.get("/asn/angka/"))

    assert not any(word in page for word in ("XVII", "Kurang", "Perempuan"))


def test_twin_headings_of_every_value_would_say_it(city, monkeypatch):
    an_employee(a_position(a_unit("Dinas Kecil", city)), grade="XVII")
    monkeypatch.setattr(aggregates, "told", lambda counts, values: [counts.get(value, 0) for value in values])

    assert "XVII" in aggregates.tables(timezone.now())[0].values


def test_vacant_posts_are_open_data_too(city, client):
    acts(seat(city), date(2026, 1, 1))

    answer = client.get("/asn/jabatan.json").json()

    [post] = answer["jabatan"]
    assert post["pelaksana"][0]["batas"] == "2026-04-01"
    assert post["pelaksana"][0]["lewat_batas"] is True


def test_a_citizen_reaches_every_page_of_the_directory_from_the_first(city, client):
    page = text(client.get("/asn/"))

    for name in ("vacant_position_list", "unit_figures", "field_policy", "my_profile", "directory_csv"):
        assert reverse(name) in page
    assert 'href="/asn/"' in text(client.get("/"))
