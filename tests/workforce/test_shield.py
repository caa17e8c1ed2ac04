"""Somebody in danger is nowhere to be found, at once; and comes back only when two officers say so."""

from datetime import date
from xml.etree import ElementTree

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.parts import DAY, enrol, make_team, make_user
from tests.roles import working_as
from tests.workforce.serving import BACKEND, a_position, a_unit, an_employee
from workforce.actions import shielding
from workforce.models import Appointment, Employee, Level, Shield
from workforce.models.employee import EmployeeQuerySet

NAME = "Saksi Terlindung"


@pytest.fixture
def town(db):
    return Town()


class Town:
    """The witness holds one structural post and acts in another that is vacant; colleagues, a superior, two officers."""

    def __init__(self):
        self.now = now = timezone.now()
        city = a_unit("Pemerintah Kota Contoh")
        self.service = a_unit("Dinas Induk", city)
        unit = a_unit("Bidang Ketiga", self.service)
        self.superior = make_user("atasan@kota.example", Role.EMPLOYEE)
        head = a_position(self.service, "Kepala Dinas", Level.JPT_PRATAMA, heads_unit=True)
        an_employee(head, user=self.superior, at=now, name="Atasan")
        self.me = make_user("saksi@kota.example", Role.EMPLOYEE)
        post = a_position(unit, "Kepala Bidang Ketiga", Level.ADMINISTRATOR, heads_unit=True)
        self.witness = an_employee(post, user=self.me, at=now, name=NAME)
        self.vacant = a_position(unit, "Kepala Seksi Kosong", Level.SUPERVISOR)
        Appointment.objects.create(
            employee=self.witness, position=self.vacant, kind="plt", since=date(2024, 1, 2), decree="SK/PLT/1",
            by=self.witness.added_by, at=now,
        )  # fmt: skip
        self.pia = enrol(make_user("pia@kota.example", Role.PREPARER))
        self.rudi = enrol(make_user("rudi@kota.example", Role.PUBLISHER))
        self.oka = enrol(make_user("oka@tim.example", Role.OVERSEER))
        make_team(self.oka, at=now)

    def surfaces(self, client) -> list[str]:
        """Every place in which the witness, the post or the address is found by somebody outside the office."""
        found, slug = [], self.witness.slug
        for who, user in (("nobody", None), ("superior", self.superior), ("overseer", self.oka)):
            client.logout()
            if user:
                client.force_login(user, backend=BACKEND)
            for path in ("/asn/", "/asn/?q=Saksi", "/asn/?q=Bidang+Ketiga", "/asn.csv", "/asn.json", "/asn/jabatan/", "/asn/jabatan.json",
                         "/asn/angka/", "/sitemap-pejabat.xml"):  # fmt: skip
                answer = client.get(path)
                text = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
                if NAME in text or "Kepala Bidang Ketiga" in text or "Kepala Seksi Kosong" in text or slug in text:
                    found.append(f"{who} {path}")
            for name in ("profile", "profile_json", "profile_full"):
                if client.get(reverse(name, args=[slug]), follow=True).status_code != 404:
                    found.append(f"{who} {name}")
        return found


def test_a_shielded_person_is_on_no_page_and_in_no_file_search_answer_or_list_of_addresses(town, client):
    assert len(town.surfaces(client)) > 15, "before, everybody finds the witness"

    shielding.place(town.witness, ground="witness", by=town.pia, at=town.now)

    assert town.surfaces(client) == []


def test_twin_without_the_condition_the_witness_is_found_everywhere(town, client, monkeypatch):
    shielding.place(town.witness, ground="witness", by=town.pia, at=town.now)
    monkeypatch.setattr(EmployeeQuerySet, "unshielded", lambda self: self)

    assert len(town.surfaces(client)) > 15


def test_a_post_whose_holder_is_shielded_does_not_look_vacant(town, client):
    page = client.get("/asn/jabatan/").content.decode()
    assert "Kepala Seksi Kosong" in page
    assert "1 jabatan struktural" in page

    shielding.place(town.witness, ground="threat", by=town.pia, at=town.now)

    page = client.get("/asn/jabatan/").content.decode()
    assert "Kepala Bidang Ketiga" not in page
    assert "0 jabatan struktural" in page


def test_counts_leave_the_witness_out(town, client):
    assert client.get("/asn.json").json()["jumlah"] == 2

    shielding.place(town.witness, ground="threat", by=town.pia, at=town.now)

    assert client.get("/asn.json").json()["jumlah"] == 1
    assert client.get("/asn.json", {"q": "Ketiga"}).json()["jumlah"] == 0


def test_no_cache_may_hand_out_a_copy_without_asking(town, client):
    for path in ("/asn/", "/asn.csv", "/asn.json", "/asn/jabatan/", "/asn/jabatan.json", "/asn/angka/", "/sitemap-pejabat.xml",
                 f"/asn/{town.witness.slug}/", f"/asn/{town.witness.slug}.json"):  # fmt: skip
        assert client.get(path).headers["Cache-Control"] == "public, no-cache", path


def test_a_shielded_an_unborn_and_a_previewed_profile_answer_alike(town, client):
    hidden = an_employee(shown=False, at=town.now)
    shielding.place(town.witness, ground="threat", by=town.pia, at=town.now)

    answers = {
        (answer.status_code, answer.content.replace(slug.encode(), b""))
        for slug in (town.witness.slug, hidden.slug, "ABCDEFGHJKMNPQ")
        for answer in [client.get(f"/asn/{slug}/")]
    }

    assert len(answers) == 1
    assert next(iter(answers))[0] == 404


def test_the_person_and_the_office_still_open_it(town, client):
    shielding.place(town.witness, ground="order", by=town.pia, at=town.now)

    client.force_login(town.me, backend=BACKEND)
    assert "Anda dilindungi" in client.get("/asn/saya/").content.decode()
    client.force_login(town.pia, backend=BACKEND)
    assert client.get(reverse("employee_desk", args=[town.witness.slug])).status_code == 200


def test_one_places_it_and_two_lift_it(town):
    shield = shielding.place(town.witness, ground="threat", by=town.pia, at=town.now)
    assert shielding.place(town.witness, ground="order", by=town.rudi, at=town.now).pk == shield.pk, "twice is once"

    with pytest.raises(shielding.NotLifted, match="mengusulkan"):
        shielding.lift(shield, by=town.rudi, at=town.now)
    shielding.ask_lift(shield, by=town.pia, at=town.now)
    with pytest.raises(shielding.NotLifted, match="rekan lain"):
        shielding.lift(shield, by=town.pia, at=town.now)
    assert not Employee.objects.shown(town.now).filter(pk=town.witness.pk).exists()
    shielding.lift(shield, by=town.rudi, at=town.now)

    assert Employee.objects.shown(town.now).filter(pk=town.witness.pk).exists()
    with pytest.raises(shielding.NotLifted, match="sudah"):
        shielding.lift(shield, by=town.rudi, at=town.now)


def test_nobody_lifts_a_shield_of_their_own_profile(town):
    Employee.objects.filter(pk=town.witness.pk).update(user=town.pia)
    shield = shielding.place(town.witness, ground="threat", by=town.rudi, at=town.now)

    with pytest.raises(shielding.NotLifted, match="sendiri"):
        shielding.ask_lift(shield, by=town.pia, at=town.now)


ALONE = {
    "ask and lift at once": {"lift_asked_by": "pia", "lift_asked_at": "now", "lifted_by": "rudi", "lifted_at": "now"},
    "lift without asking": {"lifted_by": "pia", "lifted_at": "now"},
    "another person": {"employee": "other"},
}


@pytest.mark.parametrize("way", ALONE)
def test_the_database_refuses_an_officer_who_gets_past_the_pages(town, way):
    shielding.place(town.witness, ground="threat", by=town.pia, at=town.now)
    values = {"pia": town.pia, "rudi": town.rudi, "now": town.now, "other": an_employee(at=town.now)}

    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
        Shield.objects.update(**{name: values[value] for name, value in ALONE[way].items()})

    assert Shield.objects.standing().filter(employee=town.witness).exists()


def test_the_database_refuses_that_one_officer_stands_for_both(town):
    shield = shielding.place(town.witness, ground="threat", by=town.pia, at=town.now)
    shielding.ask_lift(shield, by=town.pia, at=town.now)

    for values in ({"lifted_by": town.pia}, {"lifted_by": town.pia, "lift_asked_by": town.rudi}):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            Shield.objects.update(**values, lifted_at=town.now)


def test_twin_without_constraint_and_trigger_one_officer_lifts_it_alone(town):
    shield = shielding.place(town.witness, ground="threat", by=town.pia, at=town.now)
    shielding.ask_lift(shield, by=town.pia, at=town.now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE workforce_shield DROP CONSTRAINT shield_lifted_by_a_second")
        cursor.execute("ALTER TABLE workforce_shield DISABLE TRIGGER USER")

    Shield.objects.update(lifted_by=town.pia, lifted_at=town.now)

    assert Employee.objects.shown(town.now).filter(pk=town.witness.pk).exists()


def test_the_web_role_cannot_delete_a_shield(own_database):
    town = Town()
    shielding.place(town.witness, ground="threat", by=town.pia, at=town.now)

    with working_as("portal_app"), pytest.raises(DatabaseError, match="permission denied"):
        Shield.objects.all()._raw_delete("default")

    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        Shield.objects.all()._raw_delete("default")  # nor the owner, by mistake


def test_a_person_who_was_lifted_can_be_shielded_again(town):
    first = shielding.place(town.witness, ground="threat", by=town.pia, at=town.now)
    shielding.ask_lift(first, by=town.rudi, at=town.now)
    shielding.lift(first, by=town.pia, at=town.now)

    again = shielding.place(town.witness, ground="witness", by=town.rudi, at=town.now + DAY)

    assert again.pk != first.pk
    assert not Employee.objects.shown(town.now + DAY).filter(pk=town.witness.pk).exists()


def test_the_list_of_addresses_names_officials_alone(town, client):
    plain = an_employee(at=town.now)
    tree = ElementTree.fromstring(client.get("/sitemap-pejabat.xml").content)
    found = [one.text for one in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]

    assert any(town.witness.slug in one for one in found)
    assert not any(plain.slug in one for one in found)
    assert 'content="noindex"' in client.get(f"/asn/{plain.slug}/").content.decode()
    assert 'content="noindex"' not in client.get(f"/asn/{town.witness.slug}/").content.decode()
