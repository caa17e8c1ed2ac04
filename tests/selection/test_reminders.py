"""Whoever left an application unfinished hears what is missing, in time and not too often."""

from datetime import timedelta

import pytest
from django.utils import timezone

from publishing.models import Delivery, Publication
from selection.actions import application as applications
from selection.actions import reminders
from tests.parts import make_user
from tests.selection.applying import Vacancy

HOUR = timedelta(hours=1)


@pytest.fixture
def alya(db):
    return make_user("alya@contoh.example")


def closing(vacancy):
    return applications.registration_of(vacancy.recruitment).closes_at


def test_a_draft_is_reminded_three_days_and_one_day_before(alya):
    vacancy = Vacancy()
    applications.start(vacancy.formation, by=alya, at=timezone.now())
    closes = closing(vacancy)

    written = [reminders.remind_drafts(closes - n * HOUR) for n in (73, 71, 70, 25, 23, 1)]

    assert written == [0, 1, 0, 0, 1, 0]
    assert Delivery.objects.filter(recipient=alya).count() == 2
    body = Publication.objects.get(source__contains=":3:").body
    assert "Data diri" in body
    assert vacancy.formation.position in body


def test_what_is_filled_in_is_not_called_missing(alya):
    vacancy = Vacancy()
    vacancy.draft(alya, nik="9901011505950001")

    reminders.remind_drafts(closing(vacancy) - 71 * HOUR)

    assert "tinggal dikirim" in Publication.objects.get(source__startswith="draft:").body


def test_what_was_sent_or_withdrawn_is_left_alone(alya):
    vacancy = Vacancy()
    applications.submit(vacancy.draft(alya, nik="9901011505950001"), by=alya)

    assert reminders.remind_drafts(closing(vacancy) - 71 * HOUR) == 0


def test_after_the_closing_nobody_is_reminded(alya):
    vacancy = Vacancy()
    vacancy.draft(alya, nik="9901011505950001")

    assert reminders.remind_drafts(closing(vacancy) + HOUR) == 0
