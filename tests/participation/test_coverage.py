"""Where sessions took place against where applicants come from, without pointing at anybody."""

import csv
import io

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from participation import coverage
from participation.actions import events, keeping
from participation.models import DistrictOrigin, Event
from portal.grants import KEEPER
from selection.models import Application
from selection.states import State
from tests.participation.holding import an_event
from tests.parts import DAY, make_person, make_user
from tests.roles import working_as
from tests.selection.applying import Vacancy
from vacancies.models import Stage

PLACES = {"990101": "Kota Lama", "990102": "Mekar", "990103": "Tanjung"}


class Region:
    """23 applicants from Kota Lama, 4 from Mekar, 14 from Tanjung, 2 from elsewhere; one session in Kota Lama."""

    def __init__(self, settings):
        settings.DISTRICTS = PLACES
        self.now = timezone.now()
        self.vacancy = Vacancy()
        self.recruitment = self.vacancy.recruitment
        self.pia = make_user("pia@cakupan.example", Role.PREPARER)
        self.rudi = make_user("rudi@cakupan.example", Role.PUBLISHER)
        self.event = an_event(
            self.pia, self.rudi, at=self.now - 10 * DAY, recruitment=self.recruitment, district="Kota Lama"
        )
        serial = 0
        for code, people in {"990101": 23, "990102": 4, "990103": 14, "880101": 2}.items():
            for _each in range(people):
                serial += 1
                self.applicant(f"{code}150595{serial:04d}")

    def applicant(self, nik: str, state=State.SUBMITTED):
        return Application.objects.create(
            recruitment=self.recruitment, formation=self.vacancy.formation, person=make_person(nik=nik), state=state,
            user=make_user(f"p{nik}@warga.example"),
            submitted_at=self.now if state != State.DRAFT else None,
        )  # fmt: skip

    def closed(self) -> None:
        Stage.objects.filter(pk=self.vacancy.stage.pk).update(closed_at=self.now, closes_at=self.now)


@pytest.fixture
def region(db, settings):
    return Region(settings)


def test_applicants_are_counted_once_after_closing_under_the_rights_of_the_keeper(own_database, settings):
    region = Region(settings)
    region.applicant("9901021505959999", state=State.DRAFT)
    with working_as(KEEPER):
        keeping.keep(timezone.now())
        assert not DistrictOrigin.objects.exists()
    region.closed()
    with working_as(KEEPER):
        for _again in range(2):
            keeping.keep(timezone.now())

    counted = dict(DistrictOrigin.objects.values_list("code", "people"))
    assert counted == {"": 2, "990101": 23, "990102": 4, "990103": 14}
    with pytest.raises(DatabaseError), transaction.atomic():
        DistrictOrigin.objects.update(people=0)


def test_the_table_says_where_nobody_went_and_no_small_number(region):
    page = reverse("event_coverage")
    before = Client().get(page).content.decode()
    assert "belum dihitung" in before
    region.closed()
    keeping.keep(timezone.now())

    table = coverage.of(region.recruitment, at=region.now)

    shown = {row.name: (row.held, row.applicants, row.small) for row in table.rows}
    assert shown["Kota Lama"] == (1, 23, False)
    # 4 and 2 are small, and 6 together still are: the smallest of the others stays unsaid with them
    assert {name for name, (_held, _people, small) in shown.items() if small} == {
        "Mekar", "Tanjung", "Luar daerah dan lainnya",
    }  # fmt: skip
    text = Client().get(page).content.decode()
    assert "disamarkan" in text and ">4<" not in text and ">2<" not in text
    assert [row.name for row in table.gaps] == ["Mekar", "Tanjung", "Luar daerah dan lainnya"]


def test_the_file_says_the_same_as_the_page(region):
    region.closed()
    keeping.keep(timezone.now())
    events.count(region.event, attended=31, recording_url="", by=region.pia, at=region.now)

    answer = Client().get(reverse("event_coverage_csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    by_name = {row["kecamatan"]: row for row in rows}
    assert (by_name["Kota Lama"]["acara_selesai"], by_name["Kota Lama"]["hadir"]) == ("1", "31")
    assert by_name["Kota Lama"]["pelamar"] == "23"
    assert by_name["Mekar"]["pelamar"].startswith("kurang dari 10")
    assert {row["pengadaan"] for row in rows} == {region.recruitment.slug}


def test_cancelled_and_unpublished_sessions_are_none(region):
    an_event(region.pia, region.rudi, at=region.now, published=False, slug="rancangan", recruitment=region.recruitment)
    other = an_event(region.pia, region.rudi, at=region.now, slug="batal", recruitment=region.recruitment)
    events.cancel(other, reason="Banjir", by=region.rudi, at=region.now)

    (row,) = [one for one in coverage.of(region.recruitment, at=region.now).rows if one.name == "Kota Lama"]

    assert (row.held, row.coming) == (1, 0)
    assert Event.objects.count() == 3


def test_an_unknown_recruitment_is_no_page(region):
    assert Client().get(reverse("event_coverage"), {"pengadaan": "tidak-ada"}).status_code == 404
