"""Registration with too few applicants goes on by itself, as often as was published, and closes after that."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from ledger.models import Pending
from portal.grants import KEEPER
from publishing.models import Publication
from selection.actions import closing
from tests.parts import make_application, make_formation, make_recruitment, make_stage, make_user
from tests.roles import working_as
from vacancies.models import Minimum, Prolongation, Recruitment, ScheduleChange, Stage

pytestmark = pytest.mark.usefixtures("own_database")


class Round:
    """A JPT recruitment whose registration ended a minute ago; `people` applied for its one position."""

    def __init__(self, people: int, *, times: int = 2, fewest: int = 3):
        now = timezone.now()
        self.rudi = make_user("rudi@panjang.example")
        self.recruitment = make_recruitment(kind="jpt", rulepack="jpt-pratama")
        Minimum.objects.create(recruitment=self.recruitment, applicants=fewest, days=7, times=times)
        Recruitment.objects.filter(pk=self.recruitment.pk).update(published_at=now, published_by=self.rudi)
        self.recruitment.refresh_from_db()
        self.end = now - timedelta(minutes=1)
        self.stage = make_stage(
            self.recruitment, "registration", 1, opens_at=now - timedelta(days=15), closes_at=self.end
        )
        self.papers = make_stage(
            self.recruitment, "administrative", 2, opens_at=now, closes_at=now + timedelta(days=3),
            announce_at=now + timedelta(days=4),
        )  # fmt: skip
        self.formation = make_formation(self.recruitment)
        self.people = [make_application(self.formation, make_user(f"calon{n}@panjang.example")) for n in range(people)]

    def ring(self) -> Stage:
        closing.close_due(timezone.now())
        self.stage.refresh_from_db()
        return self.stage

    def runs_out(self) -> None:
        """The prolonged registration is over, too."""
        self.end = timezone.now() - timedelta(minutes=1)
        Stage.objects.filter(pk=self.stage.pk).update(closes_at=self.end)


def test_with_too_few_applicants_it_goes_on_and_everything_after_it_moves_along():
    story = Round(2)

    with working_as(KEEPER):
        stage = story.ring()

    assert stage.closed_at is None and stage.closes_at == story.end + timedelta(days=7)
    found = Prolongation.objects.get()
    assert (found.number, found.short, found.old, found.new) == (1, 1, story.end, stage.closes_at)
    before = story.papers.announce_at
    story.papers.refresh_from_db()
    assert story.papers.announce_at == before + timedelta(days=7)
    changes = ScheduleChange.objects.all()
    assert {one.field for one in changes.filter(stage=story.papers)} == {"opens_at", "closes_at", "announce_at"}
    assert "kali ke-1 dari paling banyak 2: 1 jabatan punya kurang dari 3 pelamar" in changes[0].reason
    assert Publication.objects.filter(source__startswith="schedule:").count() == 1
    assert Pending.objects.filter(kind="schedule.changed").count() == changes.count() == 4
    assert not Pending.objects.filter(kind="registration.closed").exists()


def test_with_enough_applicants_it_closes():
    assert Round(3).ring().closed_at is not None
    assert not Prolongation.objects.exists()


def test_who_withdrew_does_not_count():
    story = Round(3)
    type(story.people[0]).objects.filter(pk=story.people[0].pk).move(
        "withdrawn", by=story.people[0].user, at=timezone.now()
    )

    assert story.ring().closed_at is None


def test_after_the_last_time_it_closes_however_few_there_are():
    story = Round(1, times=2)
    for number in (1, 2):
        assert story.ring().closed_at is None
        assert story.stage.prolongations.count() == number
        story.runs_out()

    assert story.ring().closed_at is not None
    assert [one.number for one in story.stage.prolongations.all()] == [1, 2]


def test_ringing_again_does_not_prolong_again():
    story = Round(0)
    story.ring()
    story.ring()

    assert Prolongation.objects.count() == 1


def test_a_keeper_that_slept_for_weeks_leaves_the_new_end_ahead():
    story = Round(0)
    story.end = timezone.now() - timedelta(days=20)
    Stage.objects.filter(pk=story.stage.pk).update(opens_at=story.end - timedelta(days=15), closes_at=story.end)

    assert story.ring().closes_at > timezone.now() + timedelta(days=6)


def test_the_rule_binds_as_it_was_published_and_its_uses_are_never_rewritten():
    story = Round(0)
    story.ring()
    mine = Minimum.objects.filter(recruitment=story.recruitment)

    for work in (lambda: mine.update(times=5), mine.delete, lambda: Prolongation.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            work()
    other = make_recruitment(published_by=story.rudi)
    with pytest.raises(DatabaseError, match="as it was published"), transaction.atomic():
        Minimum.objects.create(recruitment=other)


def test_without_a_rule_nothing_is_asked():
    story = Round(3)
    other = make_recruitment(published_by=story.rudi)
    now = timezone.now()
    stage = make_stage(other, "registration", 1, opens_at=now - timedelta(days=9), closes_at=now - timedelta(minutes=1))
    make_formation(other)

    closing.close_due(now)

    stage.refresh_from_db()
    assert stage.closed_at is not None
