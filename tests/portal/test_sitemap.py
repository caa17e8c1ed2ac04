"""Search engines find what is public, and nothing else."""

from xml.etree import ElementTree

import pytest

from tests.vacancies.city import City
from vacancies.models import Formation

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def city(db):
    return City()


def addresses(client, path) -> list[str]:
    return [one.text for one in ElementTree.fromstring(client.get(path).content).iter(f"{SPACE}loc")]


def test_the_index_leads_to_every_kind_of_page_under_our_own_address(client, city, settings):
    settings.SITE_URL = "https://portal.example"

    found = addresses(client, "/sitemap.xml")

    assert "https://portal.example/sitemap-lowongan.xml" in found
    assert all(client.get(one.removeprefix("https://portal.example")).status_code == 200 for one in found)


def test_it_lists_published_vacancies_only(client, city):
    found = addresses(client, "/sitemap-lowongan.xml")

    shown = set(Formation.objects.listed().values_list("slug", flat=True))
    assert {one.rstrip("/").rsplit("/", 1)[1] for one in found} == shown
    assert len(shown) == 6


def test_a_long_list_is_cut_into_files(client, city, monkeypatch):
    monkeypatch.setattr("portal.pages.sitemap.OfPortal.limit", 4)

    index = addresses(client, "/sitemap.xml")

    assert [one.partition("lowongan.xml")[2] for one in index if "lowongan" in one] == ["", "?p=2"]
    assert len(addresses(client, "/sitemap-lowongan.xml?p=2")) == 2


def test_an_unknown_kind_is_not_there(client, db):
    assert client.get("/sitemap-rahasia.xml").status_code == 404
