"""Everything personal about somebody who left goes; the history of the posts stays and names nobody."""

import json

import pytest
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from portal.personal_fields import PERSONAL
from tests.parts import DAY, make_user
from tests.roles import working_as
from tests.workforce.serving import an_employee
from workforce.actions import claims, erasure, keeping, profile, requests
from workforce.models import Appointment, Credential, Employee, EmployeeErasure, ProfileRequest


class Story:
    def __init__(self):
        self.now = timezone.now()
        self.pia = make_user("pia@kota.example", Role.PREPARER)
        self.rudi = make_user("rudi@kota.example", Role.PUBLISHER)
        self.gone = an_employee(name="Pergi Jauh", at=self.now, skp="baik", assets_report=True)
        Credential.objects.create(
            employee=self.gone, kind="education", title="Sekolah Rahasia", by=self.pia, at=self.now
        )
        claims.claim(claims.make_code(self.gone, by=self.pia, at=self.now), by=make_user("a@b.example"), at=self.now)
        profile.consent(self.gone, given=True, at=self.now)
        profile.reply(self.gone, "Kata Rahasia", at=self.now)
        case = requests.ask_correction(self.gone, "name", text="Keluhan Rahasia", at=self.now)
        requests.decide(
            case, granted=True, answer="Alasan Rahasia", values={"name": "Pergi"}, by=self.rudi, at=self.now
        )

    def leave(self):
        Employee.objects.filter(pk=self.gone.pk).update(left_on=self.now - DAY)
        return self

    def ask(self):
        return erasure.ask(self.gone, letter="005/77", by=self.pia, at=self.now)


@pytest.fixture
def story(db):
    return Story()


def rows() -> str:
    """Every row of the directory, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'workforce_%'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            found += [row[0] for row in cursor.fetchall()]
    return "\n".join(found)


def test_who_serves_is_not_erased(story):
    with pytest.raises(erasure.NotErasable, match="masih bertugas"):
        story.ask()


def test_one_asks_and_another_approves(story):
    asked = story.leave().ask()

    with pytest.raises(erasure.NotErasable, match="rekan lain"):
        erasure.approve(asked, by=story.pia, at=story.now)
    assert erasure.erase_due(story.now) == 0
    erasure.approve(asked, by=story.rudi, at=story.now)
    keeping.keep(story.now)

    assert EmployeeErasure.objects.get().done_at == story.now


def test_nothing_personal_is_left_and_the_history_of_the_post_stays(story):
    erasure.approve(story.leave().ask(), by=story.rudi, at=story.now)
    before = rows()
    assert all(word in before for word in ("Pergi", "Sekolah Rahasia", "Kata Rahasia", "SK/"))

    assert erasure.erase_due(story.now) == 1
    assert erasure.erase_due(story.now) == 0

    after = rows()
    for word in ("Pergi", "Rahasia", "SK/", "III/c", "baik"):
        assert word not in after, word
    kept = Appointment.objects.get()
    assert kept.position.name == "Analis"
    assert ProfileRequest.objects.get().text is None
    promised = {name for name, line in PERSONAL.items() if name.startswith("workforce.Employee.") and line.erased}
    gone = Employee.objects.get()
    assert {name for name in promised if getattr(gone, name.rsplit(".", 1)[1])} == set()


def test_the_list_beside_the_database_erases_again_what_a_backup_brings_back(story, settings):
    erasure.approve(story.leave().ask(), by=story.rudi, at=story.now)
    erasure.erase_due(story.now)
    lines = settings.ERASURE_LIST.with_name("employees.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [{"slug": story.gone.slug}]
    Employee.objects.update(
        name="Kembali", nip="198503072010042001", nip_index="0" * 64, sex="P", erased_at=None
    )  # what the backup had

    assert erasure.replay(story.now) == 1

    assert "Kembali" not in rows()


def test_the_keeper_erases_under_its_own_role_and_the_web_role_cannot(own_database):
    story = Story().leave()
    erasure.approve(story.ask(), by=story.rudi, at=story.now)

    with working_as("portal_app"), pytest.raises(Exception, match="permission denied"):
        erasure.erase_due(story.now)
    with working_as("portal_seq"):
        assert erasure.erase_due(story.now) == 1
    assert "Rahasia" not in rows()
