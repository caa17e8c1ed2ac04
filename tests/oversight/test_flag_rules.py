"""Every rule speaks up where it should, and keeps quiet just beside it."""

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from oversight.flags.judging import far_from
from oversight.flags.table import BY_CODE, RULES
from tests.oversight import flag_cases
from tests.oversight.flag_cases import CASES
from tests.parts import DAY
from tests.roles import working_as
from tests.selection.story import DUE
from vacancies.models import EducationChange, Requirement

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.mark.parametrize("one", CASES, ids=str)
def test_a_rule_raises_what_it_should_and_nothing_beside_it_and_names_nobody(one):
    one.build()
    people = [word for person in User.objects.values_list("name", "email") for word in person]

    found = list(BY_CODE[one.rule].find(DUE))

    assert bool(found) is one.raises
    for flag in found:
        assert flag.grounds
        assert flag.lines
        assert flag.rows
        words = " ".join([flag.subject, *(" ".join(line.values()) for line in flag.lines)])
        assert not [one for one in people if one in words]


@pytest.mark.parametrize(
    "build", [flag_cases.a_requirement_deleted_after_opening, flag_cases.an_education_no_longer_accepted_after_opening]
)
def test_twin_without_the_history_of_deletions_nothing_would_be_seen(build):
    name = next(one.get_pgid(Requirement) for one in Requirement._meta.triggers if one.name == "delete_delete")
    with connection.cursor() as cursor:
        cursor.execute(
            f"DROP TRIGGER {name} ON vacancies_requirement; DROP TRIGGER educations_gone ON vacancies_qualification"
        )

    build()

    assert list(BY_CODE["changed-after-opening"].find(DUE)) == []


def test_no_process_of_the_portal_writes_the_history_of_educations_itself():
    formation = flag_cases.opened(-DAY)

    with working_as("portal_app"):
        formation.qualifications.all().delete()
        for act in (
            lambda: EducationChange.objects.all().delete(),
            lambda: EducationChange.objects.create(formation=formation, level="x", program="x", added=True, at=DUE),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()

    assert EducationChange.objects.filter(added=False).count() == 1


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_a_case_that_raises_it_and_a_near_miss(rule):
    assert {one.raises for one in CASES if one.rule == rule.code} == {True, False}


@pytest.mark.parametrize(("rate", "peers", "files", "far"), [
    (0.50, [0.10, 0.12, 0.10, 0.08], 40, True),
    (0.19, [0.10, 0.10, 0.10, 0.10], 4000, False),  # far in deviations, not ten points
    (0.21, [0.10, 0.10, 0.10, 0.10], 4000, True),
    (0.21, [0.10, 0.10, 0.10, 0.10], 30, False),  # chance alone makes that
    (0.50, [0.10, 0.12, 0.10], 40, False),  # too few peers to say what is usual
    (0.00, [0.50, 0.52, 0.48, 0.50], 40, True),
])  # fmt: skip
def test_far_is_told_by_peers_by_chance_and_by_ten_points(rate, peers, files, far):
    assert (far_from(rate, peers, files) is not None) is far
