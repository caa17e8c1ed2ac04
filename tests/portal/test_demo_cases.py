"""The cases of the practice city, made by the actions that people use."""

from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from participation import case_table
from participation.actions import cases
from participation.models import CaseEscalation, ServiceCase
from portal.demo import cases as practice
from tests.parts import make_agency, make_formation, make_recruitment, make_user


def test_the_practice_city_shows_a_case_in_each_standing(db, client):
    now = timezone.now()
    pia, tono = make_user("pia@demo.example", Role.PREPARER), make_user("tono@demo.example", Role.AGENCY_OFFICER)
    formation = make_formation(make_recruitment(published_by=pia))

    practice.build(pia, tono, make_agency("Kota Latihan"), formation, now=now)

    states = set(ServiceCase.objects.values_list("state", flat=True))
    assert states == {"received", "routed", "answered", "reopened", "silent", "solved", "merged"}
    assert CaseEscalation.objects.count() == 2
    assert cases.of_code(practice.CODE).state == "answered"
    roads = next(row for row in case_table.response_times(now) if row.agency == practice.ROADS)
    assert roads.is_told and 0 < roads.share < 100
    assert client.get(reverse("case_home")).status_code == 200
