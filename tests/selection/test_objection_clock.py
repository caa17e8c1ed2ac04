"""Reminders before a window ends, and deadlines in working days that holidays move."""

from datetime import timedelta

from django.utils import timezone

from portal.grants import KEEPER
from selection import objection_window
from selection.actions import announcement, objection_clock
from selection.models import Objection
from tests.oversight.story import told
from tests.roles import working_as
from tests.selection.objecting import Contested
from vacancies.models import Holiday

HOUR = timedelta(hours=1)


def test_who_has_an_unsent_objection_hears_a_day_and_three_hours_before_the_end_once_each(own_database):
    city = Contested()
    draft = city.draft("alya")
    city.filed("budi")
    ends = objection_window.of(city.stage, city.announced.public_at).closes_at
    ref = city.files["alya"].ref

    with working_as(KEEPER):
        assert objection_clock.keep(ends - 25 * HOUR) == 0
        assert objection_clock.keep(ends - 23 * HOUR) == 1
        assert objection_clock.keep(ends - 22 * HOUR) == 0
        assert objection_clock.keep(ends - 2 * HOUR) == 1
        assert objection_clock.keep(ends) == 0

    for hours in objection_clock.HOURS:
        assert told(f"unsent:{ref}:{draft.pk}:{hours}") == {city.alya.email}


def test_a_holiday_that_is_added_moves_the_deadline_and_tells_the_person(own_database):
    city = Contested(answer_counts="working", answer_days=5)
    objection = city.filed("alya")
    due = objection.due_at
    Holiday.objects.get_or_create(date=due.astimezone(city.recruitment.zone).date(), defaults={"name": "Cuti bersama"})

    with working_as(KEEPER):
        assert objection_clock.move_deadlines(timezone.now()) == 1
        assert objection_clock.move_deadlines(timezone.now()) == 0

    moved = Objection.objects.get(pk=objection.pk)
    assert moved.due_at > due
    assert told(f"objection:{moved.number}:due:{moved.due_at:%Y-%m-%d}") == {city.alya.email}


def test_the_public_page_says_the_date_that_moved(own_database, settings):
    city = Contested(answer_counts="working", answer_days=5)
    page = settings.PUBLIC_ROOT / "pengumuman" / city.announced.number / "index.html"
    before = objection_window.of(city.stage, city.announced.public_at)
    assert before.computation()[-1] in page.read_text()
    Holiday.objects.get_or_create(date=before.answered_by, defaults={"name": "Cuti bersama"})

    announcement.repair(timezone.now())

    after = objection_window.of(city.stage, city.announced.public_at)
    assert after.answered_by > before.answered_by
    assert after.computation()[-1] in page.read_text()
    written = page.stat().st_mtime_ns
    announcement.repair(timezone.now())
    assert page.stat().st_mtime_ns == written, "and is left alone while nothing moves"


def test_calendar_days_do_not_move_with_holidays(db):
    city = Contested()
    objection = city.filed("alya")
    Holiday.objects.get_or_create(
        date=objection.due_at.astimezone(city.recruitment.zone).date(), defaults={"name": "Libur"}
    )

    assert objection_clock.move_deadlines(timezone.now()) == 0
