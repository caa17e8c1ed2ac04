"""Every field of a profile × every kind of reader: only what the policy says, in pages, API, exports and search."""

import csv
import io
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.parts import enrol, make_team, make_user
from tests.workforce.appraising import BEHAVIOUR, RESULTS
from tests.workforce.serving import BACKEND, a_position, a_unit, an_employee
from workforce import showing
from workforce.actions import appraisal, lines, plans, talent
from workforce.field_policy import FIELDS, Line, Openness, Reader
from workforce.models import Appointment, Credential, Level, Reply, UnitContact

READERS = ("anonymous", "citizen", "person", "superior", "bkd", "overseer")
# Written by hand from the law, not read from the code: who sees what of an ordinary employee without consent.
ORDINARY = {
    #                anonymous citizen person superior bkd overseer
    "name":          "yes yes yes yes yes yes",
    "position":      "yes yes yes yes yes yes",
    "unit":          "yes yes yes yes yes yes",
    "contact":       "yes yes yes yes yes yes",
    "kind":          "yes yes yes yes yes yes",
    "history":       "no  no  yes yes yes yes",
    "decrees":       "no  no  yes no  yes yes",
    "education":     "no  no  yes no  yes no",
    "training":      "no  no  yes yes yes no",
    "certificates":  "no  no  yes yes yes no",
    "assets_report": "yes yes yes yes yes yes",
    "reply":         "yes yes yes yes yes yes",
    "grade":         "no  no  yes no  yes no",
    "sex":           "no  no  yes no  yes no",
    "skp":           "no  no  yes yes yes no",
    "talent_box":    "no  no  yes no  yes no",
    "nip":           "no  no  yes no  yes no",
    "birth_date":    "no  no  yes no  yes no",
}  # fmt: skip
# Of holders of structural posts, and of others who agreed, everybody reads these as well.
OPENED = dict.fromkeys(["history", "decrees", "education", "training", "certificates"], "yes yes yes yes yes yes")
NIP = "198503072010042917"
WORDS = {
    "name": "Nyonya Sentinel", "position": "Juru Zeta", "unit": "Bidang Omega", "contact": "0777-123",
    "kind": "PPPK", "history": "Juru Lampau", "decrees": "SK-LAMPAU-7", "education": "Sarjana Alfa",
    "training": "Diklat Beta", "certificates": "Piagam Gama", "assets_report": "Sudah melapor",
    "reply": "Begini kata saya", "grade": "XI/z", "sex": "Perempuan", "skp": "Butuh perbaikan", "nip": NIP,
    "talent_box": "Kotak 6 dari 9",
    "birth_date": "1985-03-07",
}  # fmt: skip
LISTED = {"name", "position", "unit"}


def _placed(person, superior, pia, rudi, now) -> None:
    """The person in box 6: performance below what was expected, potential high."""
    line = lines.declare(person, superior, basis="SK", by=pia, at=now)
    lines.confirm(line, by=rudi, at=now)
    year = appraisal.open_year(2025, by=pia, at=now)
    plan = plans.begin(person, year, at=now)
    plans.write(plan, results=RESULTS, behaviour=BEHAVIOUR)
    plans.propose(plan, by=person.user, at=now)
    plans.agree(plan, by=superior.user, at=now)
    appraisal.assess(
        plan, "tahun", result="di_bawah", behaviour="sesuai", note="x", by=superior.user, at=now, today=now.date()
    )
    appraisal.close_year(year, by=rudi, at=now)
    year.refresh_from_db()
    talents = talent.prepare(year, by=pia, at=now)
    talent.place(talents, person, competence=3, record=3, learning=3, ground="x", by=pia, at=now)
    talent.seal(talents, by=rudi, at=now)


class Town:
    """One person with a value in every field, a superior, and everybody else who reads."""

    def __init__(self, kind: str):
        now = timezone.now()
        city = a_unit("Pemerintah Kota Contoh")
        service = a_unit("Dinas Induk", city)
        unit = a_unit("Bidang Omega", service)
        UnitContact.objects.create(unit=unit, phone="0777-123", email="omega@kota.example")
        self.users = {
            "citizen": make_user("warga@umum.example"),
            "person": make_user("orang@kota.example", Role.EMPLOYEE),
            "superior": make_user("atasan@kota.example", Role.EMPLOYEE),
            "bkd": enrol(make_user("pia@kota.example", Role.PREPARER)),
            "overseer": enrol(make_user("oka@tim.example", Role.OVERSEER)),
        }
        make_team(self.users["overseer"], at=now)
        head = a_position(service, "Kepala Dinas", Level.JPT_PRATAMA, heads_unit=True)
        an_employee(head, user=self.users["superior"], at=now, name="Atasan", kind="pns")
        structural = kind == "structural"
        post = a_position(unit, "Juru Zeta", Level.SUPERVISOR if structural else Level.EXECUTIVE, heads_unit=structural)
        self.person = an_employee(
            post, user=self.users["person"], at=now, name="Nyonya Sentinel", nip=NIP, kind="pppk", grade="XI/z",
            skp="butuh_perbaikan", assets_report=True, consents=kind == "consenting",
        )  # fmt: skip
        by = self.users["bkd"]
        Appointment.objects.create(
            employee=self.person, position=a_position(unit, "Juru Lampau"), since=date(2015, 1, 1),
            until=date(2023, 12, 31), decree="SK-LAMPAU-7", by=by, at=now,
        )  # fmt: skip
        for what, title in (("education", "Sarjana Alfa"), ("training", "Diklat Beta"), ("certificate", "Piagam Gama")):
            Credential.objects.create(employee=self.person, kind=what, title=title, by=by, at=now)
        Reply.objects.create(employee=self.person, text="Begini kata saya", at=now)
        _placed(self.person, self.users["superior"].employee, by, make_user("rudi@kota.example", Role.PUBLISHER), now)

    def sign_in(self, client, reader: str) -> None:
        client.logout()
        if reader != "anonymous":
            client.force_login(self.users[reader], backend=BACKEND)

    def page(self, client, reader: str) -> str:
        """The fullest page this reader gets."""
        name = {"person": "my_profile", "anonymous": "profile"}.get(reader, "profile_full")
        args = [] if reader == "person" else [self.person.slug]
        return body(client.get(reverse(name, args=args), follow=True))


def body(response) -> str:
    assert response.status_code == 200
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode()


def expected(kind: str) -> dict[str, dict[str, bool]]:
    table = ORDINARY if kind == "ordinary" else ORDINARY | OPENED
    return {key: {who: word == "yes" for who, word in zip(READERS, words.split(), strict=True)}
            for key, words in table.items()}  # fmt: skip


def differences(table: dict, found: dict) -> list[tuple[str, str, bool]]:
    return [(key, who, found[key][who]) for key in table for who in table[key] if table[key][who] != found[key][who]]


KINDS = ("ordinary", "consenting", "structural")


def test_the_table_of_this_test_speaks_of_every_field_and_every_reader():
    assert ORDINARY.keys() == FIELDS.keys() == WORDS.keys()
    assert set(READERS) == set(Reader)


@pytest.mark.parametrize("kind", KINDS)
def test_pages_show_each_reader_what_the_table_says(db, client, kind):
    town, found = Town(kind), {key: {} for key in WORDS}
    for who in READERS:
        town.sign_in(client, who)
        text = town.page(client, who)
        for key, words in WORDS.items():
            found[key][who] = words in text

    assert differences(expected(kind), found) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_api_answers_everybody_as_it_answers_strangers_and_the_person_alone_gets_all(db, client, kind):
    town, table = Town(kind), expected(kind)
    for who in READERS:
        town.sign_in(client, who)
        answer = client.get(reverse("profile_json", args=[town.person.slug])).json()
        told = {key for key in WORDS if key in answer["terbuka"]}

        assert told == {key for key in table if table[key]["anonymous"]}, who
        for key in WORDS.keys() - told:
            assert WORDS[key] not in str(answer), (who, key)
    town.sign_in(client, "person")
    own = client.get(reverse("my_profile_file")).json()
    assert own.keys() == WORDS.keys()


@pytest.mark.parametrize("who", READERS)
def test_a_download_holds_name_post_and_unit_whoever_asks(db, client, who):
    town = Town("structural")
    town.sign_in(client, who)

    file, answer = body(client.get("/asn.csv")), client.get("/asn.json").json()

    rows = list(csv.DictReader(io.StringIO(file.lstrip("\ufeff"))))
    assert {tuple(row) for row in rows} == {("nama", "jabatan", "unit")}
    assert {tuple(row) for row in answer["pegawai"]} == {("nama", "jabatan", "unit")}
    for text in (file, str(answer)):
        assert {key for key, words in WORDS.items() if words in text} == LISTED
        assert town.person.slug not in text, "an address is a way to everything else"


@pytest.mark.parametrize("who", READERS)
def test_a_search_finds_by_name_post_and_unit_and_by_nothing_that_is_closed(db, client, who):
    town = Town("ordinary")
    town.sign_in(client, who)

    for key, words in WORDS.items():
        for path in ("/asn/", "/asn.csv", "/asn.json"):
            found = "Nyonya Sentinel" in body(client.get(path, {"q": words}))
            assert found == (key in LISTED), (key, path)


def test_twin_a_table_that_opens_everything_is_seen_by_this_test(db, client, monkeypatch):
    monkeypatch.setattr(Line, "is_open_to", lambda *args, **kwargs: True)
    town, found = Town("ordinary"), {key: {} for key in WORDS}
    for who in READERS:
        town.sign_in(client, who)
        text = town.page(client, who)
        for key, words in WORDS.items():
            found[key][who] = words in text

    leaks = differences(expected("ordinary"), found)

    assert {("nip", "anonymous", True), ("skp", "overseer", True), ("education", "superior", True)} <= set(leaks)


def test_twin_a_search_of_every_column_is_seen_by_this_test(db, client, monkeypatch):
    Town("ordinary")
    monkeypatch.setattr("workforce.filters.searchable", lambda reader: ["name", "grade", "credentials__title"])

    assert "Nyonya Sentinel" in body(client.get("/asn/", {"q": WORDS["grade"]}))


def test_a_value_of_a_closed_field_is_not_even_read(db, monkeypatch):
    town = Town("ordinary")

    def read(employee):
        raise AssertionError("the NIP was read")

    monkeypatch.setitem(showing.VALUES, "nip", read)

    shown = showing.show(town.person, Reader.CITIZEN)

    assert shown["nip"].value is None
    assert not shown["nip"].open
    assert "NIP memuat" in shown["nip"].why
    assert FIELDS["nip"].openness is Openness.CLOSED


def test_every_line_has_a_basis_and_a_reason_and_stands_on_the_page(db, client):
    page = body(client.get("/asn/aturan/"))

    for line in FIELDS.values():
        assert str(line.label) in page
        assert line.basis
        assert line.why


def test_who_sees_more_leaves_a_trace_that_the_person_reads(db, client):
    town = Town("ordinary")
    for who in ("superior", "bkd", "overseer"):
        town.sign_in(client, who)
        town.page(client, who)

    town.sign_in(client, "person")
    mine = town.page(client, "person")

    assert "atasan" in mine
    assert "kantor kepegawaian" in mine
    assert "tim pengawas" in mine
