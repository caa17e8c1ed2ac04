"""Talents of a closed year: boxes follow from inputs, two officers make the list, pools are counts and nobody's box."""

from collections import Counter

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.workforce.appraising import Office
from tests.workforce.serving import BACKEND, an_employee
from tests.workforce.test_panel_pages import browser
from workforce.actions import appraisal, erasure, talent
from workforce.models import TalentList, TalentPlacement
from workforce.talent_boxes import BOXES, box_of, potential_of

# By hand from PermenPANRB 3/2020: performance above, as, below; potential low, middle, high.
BY_HAND = {"sangat_baik": [4, 7, 9], "baik": [2, 5, 8], "butuh_perbaikan": [1, 3, 6]}
INPUTS = {"competence": 3, "record": 3, "learning": 2, "ground": "Laporan asesmen 7"}


class Year(Office):
    """Everybody is assessed, the year is closed, Pia began the list."""

    def __init__(self, *, results=(("ani", "di_atas"), ("budi", "sesuai"), ("citra", "di_bawah"))):
        super().__init__(staff=tuple(name for name, _result in results))
        for name, result in results:
            self.assess(self.agreed(name), result=result)
        appraisal.close_year(self.year, by=self.rudi, at=self.at)
        self.year.refresh_from_db()
        self.talents = talent.prepare(self.year, by=self.pia, at=self.at)

    def place(self, name: str, *, by=None, **more):
        given = INPUTS | more
        return talent.place(self.talents, self.people[name], by=by or self.pia, at=self.at, **given)


@pytest.fixture
def year(db):
    return Year()


def test_a_box_is_what_the_regulation_says():
    for predicate, row in BY_HAND.items():
        assert [box_of(predicate, potential) for potential in (1, 2, 3)] == row
    assert sorted(BOXES.values()) == list(range(1, 10))
    assert [potential_of(1, 1, 1), potential_of(1, 2, 1), potential_of(2, 2, 1), potential_of(3, 2, 2)] == [1, 1, 2, 2]
    assert [potential_of(3, 3, 2), potential_of(3, 3, 3)] == [3, 3]


def test_people_are_placed_by_inputs_and_the_box_follows(year):
    assert [year.place(name).box for name in ("ani", "budi", "citra")] == [9, 8, 6]
    again = year.place("ani", competence=1, record=1, learning=1)
    assert (again.version, again.box) == (2, 4)
    assert talent.newest_of(year.talents)[year.people["ani"].pk] == again


def test_the_database_takes_no_box_no_potential_and_no_predicate_that_was_chosen(year):
    def put(**wrong):
        given = INPUTS | {"predicate": "baik", "potential": 3, "box": 8} | wrong
        TalentPlacement.objects.create(
            list=year.talents, employee=year.people["budi"], by=year.pia, at=year.at, **given
        )

    for wrong, words in (({"box": 9}, "by_the_table"), ({"potential": 2, "box": 5}, "by_the_sum"),
                         ({"predicate": "sangat_baik", "box": 9}, "predicate of the year"), ({"ground": ""}, "ground")):  # fmt: skip
        with pytest.raises(DatabaseError, match=words), transaction.atomic():
            put(**wrong)
    put()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        TalentPlacement.objects.update(box=8)


def test_a_list_waits_for_the_end_of_the_year_and_for_a_second_officer(db):
    office = Office()
    with pytest.raises(talent.NotPossible, match="Tutup dahulu"):
        talent.prepare(office.year, by=office.pia, at=office.at)
    with pytest.raises(DatabaseError, match="year is closed"), transaction.atomic():
        TalentList.objects.create(year=office.year, prepared_by=office.pia, prepared_at=office.at)


def test_whoever_placed_somebody_does_not_seal_and_a_sealed_list_does_not_change(year):
    year.place("ani")
    year.place("budi", by=year.rudi)
    for one in (year.pia, year.rudi):
        with pytest.raises(talent.NotPossible, match="rekan lain"):
            talent.seal(year.talents, by=one, at=year.at)
        with pytest.raises(DatabaseError), transaction.atomic():
            TalentList.objects.update(sealed_by=one, sealed_at=year.at)
    talent.seal(year.talents, by=year.users["lia"], at=year.at)
    with pytest.raises(talent.NotPossible, match="dikunci"):
        year.place("citra")
    with pytest.raises(DatabaseError, match="sealed once"), transaction.atomic():
        TalentList.objects.update(sealed_at=None, sealed_by=None)


def test_nobody_places_themselves_and_nobody_without_an_assessment(year):
    own = an_employee(user=year.pia, at=year.at, by=year.rudi)
    with pytest.raises(talent.NotPossible, match="diri sendiri"):
        talent.place(year.talents, own, by=year.pia, at=year.at, **INPUTS)
    with pytest.raises(talent.NotPossible, match="tidak punya penilaian"):
        year.place("lia")


def many():
    return Year(
        results=tuple((f"o{n}", "di_atas" if n < 12 else "sesuai" if n < 24 else "di_bawah") for n in range(26))
    )


def test_pools_are_rounded_counts_of_sealed_lists_and_small_ones_are_not_told(db, client):
    year = many()
    for n in range(26):
        low = {"competence": 1, "record": 1, "learning": 1}
        year.place(f"o{n}", **(low if n >= 24 else {} if n < 12 else {"competence": 2, "record": 2, "learning": 2}))
    counts = Counter(one.box for one in talent.newest_of(year.talents).values())
    assert counts == {9: 12, 5: 12, 1: 2}
    page = client.get(reverse("talent_pools")).content.decode()
    assert "Belum ada tahun yang daftarnya dikunci" in page
    talent.seal(year.talents, by=year.rudi, at=year.at)

    told = [n for _label, n in talent.pools(TalentList.objects.get())]

    assert told == [10, None, None] or told == [None, 10, None], "two people, and who with them cannot be taken away"
    page = client.get(reverse("talent_pools")).content.decode()
    assert "<dd>10</dd>" in page and "<dd>2</dd>" not in page and "O1" not in page


def test_the_box_of_a_person_is_read_by_the_person_and_the_office_alone(db, client):
    year = many()
    year.place("o1")
    talent.seal(year.talents, by=year.rudi, at=year.at)
    one = year.people["o1"]
    words = "Kotak 9 dari 9"

    def reads(user, name, *args):
        client.logout()
        if user:
            client.force_login(user, backend=BACKEND)
        return words in client.get(reverse(name, args=args), follow=True).content.decode()

    assert reads(year.users["o1"], "my_profile")
    assert words in browser(year.pia).get(reverse("employee_desk", args=[one.slug])).content.decode()
    for user in (None, year.users["o2"], year.users["lia"]):
        assert not reads(user, "profile_full", one.slug)
        assert not reads(user, "profile_json", one.slug)


def test_officers_place_and_seal_on_the_page(year):
    page, pia, rudi = reverse("talent_desk", args=[2025]), browser(year.pia), browser(year.rudi)
    given = {"do": "place", "employee": year.people["ani"].slug, "competence": 3, "record": 3, "learning": 3}
    assert pia.post(page, given).status_code == 422
    pia.post(page, given | {"ground": "Laporan 7"})
    assert ">9<" in pia.get(page).content.decode()
    assert "rekan lain" in pia.post(page, {"do": "seal"}, follow=True).content.decode()
    rudi.post(page, {"do": "seal"})
    assert TalentList.objects.get().sealed_by == year.rudi


def test_an_erasure_takes_the_placements(year):
    year.place("ani")
    with transaction.atomic():
        erasure.forget([year.people["ani"].pk], at=year.at)
    assert not TalentPlacement.objects.exists()
