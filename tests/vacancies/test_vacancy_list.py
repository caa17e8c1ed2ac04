"""The public list: what is found, what the filters count, and the same query as CSV, JSON and Atom."""

import csv
import io
import json
import re
from datetime import datetime
from urllib.parse import parse_qsl, quote, urlencode
from xml.etree import ElementTree

import feedparser
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.parts import make_formation
from tests.vacancies.city import City
from vacancies.models import FacetCount, Formation
from vacancies.views import public

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def city(db):
    return City()


def codes(client, query="") -> list[str]:
    """The national ids that the query finds, in order."""
    return [one["kode"] for one in json.loads(client.get(f"/lowongan.json{query}").content)["lowongan"]]


def counts(client, query="") -> dict[str, int]:
    """What stands beside each choice of the page: "jenis=cpns" → number."""
    text = client.get(f"/lowongan/{query}").content.decode()
    boxes = re.findall(
        r'name="(\w+)" value="([^"]+)" id="[^"]+"[^>]*><label[^>]*>[^<]*<span class="muted">\((\d+)\)', text
    )
    found = {f"{name}={value}": int(n) for name, value, n in boxes}
    for name, options in re.findall(r'<select[^>]*name="(\w+)">(.*?)</select>', text, re.S):
        for value, n in re.findall(r'value="([^"]+)"[^>]*>[^<]*\((\d+)\)', options):
            found[f"{name}={value}"] = int(n)
    return found


def test_the_list_shows_open_ones_first_and_closed_ones_last(client, city):
    assert codes(client) == ["A1", "A4", "A2", "A3", "B1", "C1"]


def test_a_card_says_when_it_closes_and_links_to_the_vacancy(client, city):
    text = client.get("/lowongan/").content.decode()

    assert "Pendaftaran dibuka" in text and "5 hari lagi." in text and "WIB" in text
    assert f"/lowongan/{Formation.objects.get(code='A1').slug}/" in text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=perawat", ["A2", "A3"]),
        ("?q=keperawatan", ["A2", "A3"]),  # the stem is shared
        ("?q=PERAWAT+kesehatan", ["A2", "A3"]),
        ("?q=D3", ["A2", "A3"]),
        ("?q=diploma+iii", ["A2", "A3"]),
        ("?q=S1+statistika", ["A1"]),
        ("?q=sarjana+informatika", ["A1", "A4"]),  # the office of A1 is called that
        ("?q=it", ["A1", "A4"]),
        ("?q=dinkes+dokter", ["B1"]),
        ("?q=SMA", ["C1"]),
        ("?q=%27+%26+%7C+%21+%3A*", ["A1", "A4", "A2", "A3", "B1", "C1"]),  # signs are no operators
        ("?q=lowongan+perawat+di+dinas+kesehatan", ["A2", "A3"]),
        ("?q=arsiparis", []),
        ("?jenis=cpns", ["A1", "A4", "A2", "A3"]),
        ("?jenis=pppk&jenis=contract", ["B1", "C1"]),
        ("?status=akan", ["B1"]),
        ("?status=tutup", ["C1"]),
        ("?jenjang=d3&jenjang=sma", ["A2", "A3", "C1"]),
        ("?kebutuhan=disabilitas", ["A3"]),
        ("?disabilitas=1", ["A1", "A3", "B1", "C1"]),
        ("?unit=dinas-komunikasi-dan-informatika", ["A1", "A4"]),
        ("?gaji=7000000", ["A3"]),
        ("?pengadaan=blud-kota", ["C1"]),
        ("?jenis=cpns&unit=dinas-kesehatan&disabilitas=1", ["A3"]),
        ("?unit=tidak-ada", []),
        ("?pengadaan=rahasia", []),
    ],
)  # fmt: skip
def test_what_a_query_finds(client, city, query, expected):
    assert codes(client, query) == expected


EDUCATIONS = {
    "K1": ("S-1/Sarjana", "S-1 ILMU KOMPUTER"),
    "K2": ("S-1/Sarjana", "S-1 TEKNIK INFORMATIKA"),
    "K3": ("S-1/Sarjana", "D-IV/S-1 TEKNOLOGI INFORMASI"),
    "K4": ("Diploma IV", "D-IV STATISTIKA"),
    "K5": ("S-1/Sarjana", "S-1 PENDIDIKAN GURU SEKOLAH DASAR"),
    "K6": ("S-1/Sarjana", "S-1 PGSD"),
    "K7": ("S-1/Sarjana", "S-1 KESEHATAN MASYARAKAT"),
    "K8": ("S-2", "S-2 ILMU ADMINISTRASI NEGARA"),
    "K9": ("S-3/Doktor", "S-3 HUKUM"),
}


@pytest.fixture
def educations(city):
    rows = [
        {"formasi_id": code, "jabatan_nm": f"PETUGAS {code}", "lokasi_nm": "Pemerintah Kota Contoh | SETDA",
         "jenjang_studi": level, "program_studi": program}
        for code, (level, program) in EDUCATIONS.items()
    ]  # fmt: skip
    rows.append(
        {"formasi_id": "G1", "jabatan_nm": "GURU KELAS", "jenjang_studi": "S-1/Sarjana", "program_studi": "S-1 PGSD",
         "lokasi_nm": "Pemerintah Kota Contoh | DINAS PENDIDIKAN | SD NEGERI 3"}
    )  # fmt: skip
    city.fill(city.open, *rows)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("informatika", {"K1", "K2", "K3"}),
        ("ilmu komputer", {"K1", "K2", "K3"}),
        ("teknik informatika", {"K1", "K2", "K3"}),
        ("IT", {"K1", "K2", "K3"}),
        ("Sarjana Ilmu  Komputer", {"K1", "K2", "K3"}),
        ("S1 informatika", {"K1", "K2", "K3"}),
        ("S-1 Informatika", {"K1", "K2", "K3"}),
        ("strata I ilmu komputer", {"K1", "K2", "K3"}),
        ("D4 teknologi informasi", {"K3"}),  # the programme names two levels
        ("D-IV", {"K3", "K4"}),
        ("diploma iv", {"K3", "K4"}),
        ("sarjana terapan", {"K3", "K4"}),
        ("statistik", {"K4"}),
        ("PGSD", {"K5", "K6", "G1"}),
        ("pendidikan guru sekolah dasar", {"K5", "K6", "G1"}),
        ("guru SD", {"G1"}),  # the school, not people who left school after six years
        ("sd negeri 3", {"G1"}),
        ("kesmas", {"K7"}),
        ("kesehatan masyarakat", {"K7"}),
        ("magister administrasi publik", {"K8"}),
        ("S2 ilmu administrasi negara", {"K8"}),
        ("doktor ilmu hukum", {"K9"}),
        ("S3 hukum", {"K9"}),
    ],
)
def test_names_of_an_education_stand_for_each_other(client, educations, words, expected):
    found = set(codes(client, f"?q={quote(words)}"))

    assert found & (EDUCATIONS.keys() | {"G1"}) == expected


def test_a_programme_of_two_levels_is_counted_under_both(client, educations):
    assert "K3" in codes(client, "?jenjang=d4") and "K3" in codes(client, "?jenjang=s1")
    assert counts(client)["jenjang=d4"] == 2


def test_the_unfiltered_counts(client, city):
    assert counts(client) == {
        "jenis=cpns": 4, "jenis=pppk": 1, "jenis=contract": 1,
        "status=dibuka": 4, "status=akan": 1, "status=tutup": 1,
        "jenjang=s1": 3, "jenjang=d3": 2, "jenjang=sma": 1,
        "kebutuhan=umum": 5, "kebutuhan=disabilitas": 1,
        "disabilitas=1": 4,
        "unit=dinas-kesehatan": 4, "unit=dinas-komunikasi-dan-informatika": 2,
        "gaji=3000000": 6, "gaji=5000000": 1, "gaji=7000000": 1,
    }  # fmt: skip


def test_kept_and_counted_numbers_agree(client, city):
    kept = counts(client)
    FacetCount.objects.exclude(facet="position").delete()

    assert counts(client) == kept


@pytest.mark.parametrize(
    "query", ["?jenjang=d3", "?kebutuhan=umum&gaji=5000000", "?unit=dinas-kesehatan&disabilitas=1"]
)
def test_counts_under_a_filter_come_from_cells_and_agree_with_the_vacancies_one_by_one(client, city, query):
    with CaptureQueriesContext(connection) as asked:
        from_cells = counts(client, query)
    assert sum("GROUPING SETS" in one["sql"] and "facetcell" in one["sql"] for one in asked) == 1
    FacetCount.objects.exclude(facet="position").delete()  # as when import and publication left nothing that fits

    with CaptureQueriesContext(connection) as asked:
        assert counts(client, query) == from_cells
    assert not any("facetcell" in one["sql"] for one in asked)


@pytest.mark.parametrize(
    "query",
    [
        "?jenis=cpns", "?status=dibuka", "?jenjang=d3", "?kebutuhan=umum", "?disabilitas=1", "?unit=dinas-kesehatan",
        "?gaji=5000000", "?q=perawat", "?jenis=cpns&jenjang=d3&disabilitas=1", "?q=dinkes&jenis=contract",
    ],
)  # fmt: skip
def test_each_count_is_what_choosing_it_gives(client, city, query):
    """Beside a choice stands what the list would hold with that choice alone in its own filter."""
    for choice, n in counts(client, query).items():
        name = choice.split("=")[0]
        others = "&".join(one for one in query[1:].split("&") if one.split("=")[0] != name)
        assert len(codes(client, f"?{others}&{choice}")) == n, choice


def test_a_filter_in_use_is_a_chip_that_takes_it_away(client, city):
    text = client.get("/lowongan/?jenis=cpns&q=perawat").content.decode()

    assert '<a href="?jenis=cpns">' in text and '<a href="?q=perawat">' in text


def test_an_empty_result_says_what_each_filter_hides(client, city):
    text = client.get("/lowongan/?q=perawat&status=tutup&disabilitas=1").content.decode()

    assert "Tidak ada lowongan yang cocok" in text
    assert "Tanpa “Sudah ditutup”: 1 lowongan" in text
    assert "Tanpa “perawat”: 1 lowongan" in text
    assert "Tanpa “Terbuka bagi" not in text  # that one alone would not help


def test_a_typing_error_gets_a_suggestion(client, city):
    assert "Perawat Terampil</a>" in client.get("/lowongan/?q=prawat+trampil").content.decode()


def test_values_that_mean_nothing_are_named_and_a_file_is_refused(client, city):
    page = client.get("/lowongan/?gaji=banyak&jenis=cpns")

    assert "tidak dipakai: Penghasilan paling sedikit" in page.content.decode()
    for kind in ("csv", "json", "atom"):
        assert client.get(f"/lowongan.{kind}?gaji=banyak").status_code == 400


BAD = ["?halaman=999999999999999999999", "?halaman=1.5", "?gaji=-1", "?gaji=%EF%BC%95", "?unit=" + "u" * 500, "?jenis=",
       "?status[]=dibuka", "?q=%FF%FE", "?q=%3A*%26%21%28", "?pengadaan=%00", "?jenjang=d3&jenjang=tidak", "?q=" + "%25" * 300,
       "?q=" + "+".join("abcdefghijklmnopqrstuvwxyz"), "?disabilitas=2", "?kebutuhan=%3Cscript%3E", "?lain=1"]  # fmt: skip


@pytest.mark.parametrize("query", BAD)
@pytest.mark.parametrize("kind", ["/", ".csv", ".json", ".atom"])
def test_no_parameter_breaks_any_form_of_the_list(client, city, kind, query):
    answer = client.get(f"/lowongan{kind}{query}")
    text = (answer.getvalue() if answer.streaming else answer.content).decode()

    assert answer.status_code in ((200,) if kind == "/" else (200, 400))
    assert "<script>" not in text
    if answer.status_code == 400:
        assert text.startswith("Saringan ini tidak dikenal: ")


@pytest.mark.parametrize("query", ["?q=%00", "?q=" + "a" * 5000, "?halaman=-1", "?halaman=x", "?jenis=%27--"])
def test_nonsense_is_no_error(client, city, query):
    assert client.get(f"/lowongan/{query}").status_code == 200


def test_before_anything_is_published_the_list_says_so(client, db):
    assert "Belum ada lowongan" in client.get("/lowongan/").content.decode()
    assert codes(client) == []


def test_pages_hold_each_vacancy_once_in_order(client, city, monkeypatch):
    monkeypatch.setattr(public, "PER_PAGE", 2)
    monkeypatch.setattr(public, "PER_JSON", 2)
    found = []
    for number in (1, 2, 3):
        found += codes(client, f"?halaman={number}")

    assert found == ["A1", "A4", "A2", "A3", "B1", "C1"]
    text = client.get("/lowongan/?jenis=cpns&halaman=2").content.decode()
    assert "Halaman 2 dari 2" in text and 'href="?jenis=cpns&amp;halaman=1"' in text


def test_json_leads_on_to_the_next_page(client, city, monkeypatch):
    monkeypatch.setattr(public, "PER_JSON", 4)

    first = json.loads(client.get("/lowongan.json?disabilitas=1&jenis=cpns&jenis=pppk&jenis=contract").content)
    many = json.loads(client.get("/lowongan.json").content)

    assert (first["jumlah"], first["berikutnya"]) == (4, None)
    assert many["jumlah"] == 6 and many["berikutnya"].endswith("/lowongan.json?halaman=2")


def test_csv_holds_the_whole_result_with_its_fields(client, city):
    answer = client.get("/lowongan.csv?kebutuhan=disabilitas")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))

    assert answer.headers["Content-Type"].startswith("text/csv")
    (row,) = rows
    assert (row["kode"], row["jumlah"], row["disabilitas"]) == ("A3", "2", "ya")
    assert row["pendidikan"] == "Diploma III/Sarjana Muda D-III KEPERAWATAN"
    assert row["unit"] == "Pemerintah Kota Contoh | Dinas Kesehatan"


def test_csv_is_read_in_slices_that_miss_and_repeat_nothing(client, city, monkeypatch):
    monkeypatch.setattr("vacancies.listing.SLICE", 1)

    rows = list(csv.DictReader(io.StringIO(client.get("/lowongan.csv").getvalue().decode("utf-8-sig"))))

    assert [row["kode"] for row in rows] == ["A1", "A4", "A2", "A3", "B1", "C1"]


def test_a_cell_never_starts_a_formula(client, city):
    make_formation(city.open, position="=HYPERLINK(1)", code="A9")
    make_formation(city.open, position=" +1", code="A8")
    make_formation(city.open, position="\uff1dHYPERLINK(1)", code="A7")  # some spreadsheets read the wide sign too

    rows = list(csv.DictReader(io.StringIO(client.get("/lowongan.csv").getvalue().decode("utf-8-sig"))))

    assert {row["jabatan"] for row in rows if row["kode"] in ("A7", "A8", "A9")} == {
        "'=HYPERLINK(1)", "' +1", "'\uff1dHYPERLINK(1)",
    }  # fmt: skip


def test_the_feed_holds_the_query(client, city):
    root = ElementTree.fromstring(client.get("/lowongan.atom?unit=dinas-kesehatan").content)

    assert {one.find(f"{ATOM}title").text for one in root.findall(f"{ATOM}entry")} == {
        "Perawat Terampil, Dinas Kesehatan",
        "Dokter Ahli Pertama, Dinas Kesehatan",
        "Sopir Ambulans, Dinas Kesehatan",
    }


@pytest.mark.parametrize("query", ["", "?q=perawat%20%26%20%3Cbidan%3E&unit=dinas-kesehatan", "?q=tidakada"])
def test_the_feed_is_an_atom_feed(client, city, settings, query):
    """What RFC 4287 section 4.1 asks of a feed and its entries."""
    Formation.objects.filter(code="A2").update(position="Perawat \x08 & <b>Terampil</b>")
    answer = client.get(f"/lowongan.atom{query}")
    root = ElementTree.fromstring(answer.content)

    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert root.find(f"{ATOM}author/{ATOM}name").text == settings.INSTANCE["office"]
    own = root.find(f"{ATOM}link[@rel='self']").get("href")
    assert own == settings.SITE_URL + answer.request["PATH_INFO"] + (query and "?" + urlencode(parse_qsl(query[1:])))
    identities = []
    for one in [root, *root.findall(f"{ATOM}entry")]:
        assert one.find(f"{ATOM}title").text
        assert datetime.fromisoformat(one.find(f"{ATOM}updated").text).tzinfo
        identities.append(one.find(f"{ATOM}id").text)
        assert one.find(f"{ATOM}link[@rel='alternate']").get("href").startswith(f"{settings.SITE_URL}/lowongan/")
    assert len(set(identities)) == len(identities) and all(one.startswith("http") for one in identities)


@pytest.mark.parametrize("query", ["", "?q=perawat", "?q=tidakada"])
def test_the_feed_is_read_by_others(client, city, query):
    feed = feedparser.parse(client.get(f"/lowongan.atom{query}").content)

    assert not feed.bozo and feed.version == "atom10"
    assert len(feed.entries) == {"": 6, "?q=perawat": 2, "?q=tidakada": 0}[query]
    assert all(entry.updated_parsed and entry.link and entry.title for entry in feed.entries)


def test_the_page_links_to_its_own_files(client, city):
    text = client.get("/lowongan/?jenis=cpns&q=perawat").content.decode()

    for kind in ("csv", "json", "atom"):
        assert f'/lowongan.{kind}?q=perawat&amp;jenis=cpns"' in text


def test_unpublished_and_withdrawn_vacancies_are_in_no_form(client, city):
    Formation.objects.filter(code="A1").update(withdrawn_at=city.now)

    for address in ("/lowongan/", "/lowongan.csv", "/lowongan.json", "/lowongan.atom"):
        answer = client.get(address + "?status=dibuka")
        text = b"".join(answer) if answer.streaming else answer.content
        assert b"Perawat" in text
        assert b"Rahasia" not in text and b"Analis Data" not in text


@pytest.mark.parametrize("address", ["/lowongan/", "/lowongan.csv", "/lowongan.json", "/lowongan.atom"])
def test_everybody_gets_the_same_and_no_cookie(client, city, address):
    answer = client.get(address)

    assert not answer.cookies and "Cookie" not in answer.headers.get("Vary", "")
    assert answer.headers["Cache-Control"].startswith("public")


@pytest.mark.parametrize("query", ["", "?q=perawat", "?jenis=cpns&status=dibuka&jenjang=d3", "?q=tidakada&jenis=cpns"])
def test_the_page_asks_as_much_for_many_rows_as_for_few(client, city, query):
    with CaptureQueriesContext(connection) as few:
        client.get(f"/lowongan/{query}")
    rows = [{"formasi_id": f"N{n}", "jabatan_nm": f"PERAWAT {n}", "jenjang_studi": "D-III"} for n in range(30)]
    city.fill(city.open, *rows)

    with CaptureQueriesContext(connection) as many:
        client.get(f"/lowongan/{query}")

    assert len(many) == len(few) <= 12


def test_the_first_view_is_light(client, city):
    rows = [{"formasi_id": f"N{n}", "lokasi_nm": f"Kota | DINAS NOMOR {n} DENGAN NAMA PANJANG"} for n in range(80)]
    city.fill(city.open, *rows)

    assert len(client.get("/lowongan/").content) < 30_000
