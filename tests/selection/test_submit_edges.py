"""Sending at the edge: the closing instant, the broker dead, a double click, a year that is used up."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from portal.celery import app as celery
from selection.actions import application as actions
from selection.models import Application, Receipt
from selection.states import State
from tests.parts import make_user
from tests.selection.applying import Vacancy
from vacancies.models import Stage

NIK = "9901011505950001"
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def alya(db, client):
    user = make_user("alya@contoh.example")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


def set_database_clock(at) -> None:
    """Until the end of this test's transaction the database's clock stands at `at`."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA jam")
        cursor.execute(
            f"CREATE FUNCTION jam.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '{at.isoformat()}'::timestamptz $$"
        )
        cursor.execute("SET LOCAL search_path = jam, pg_catalog, public")


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
@pytest.mark.parametrize(("off", "taken"), [(-INSTANT, True), (timedelta(0), False), (INSTANT, False)])
def test_the_instant_of_closing_is_kept_to_the_microsecond_in_every_zone(alya, client, zone, off, taken):
    vacancy = Vacancy(documents=False, time_zone=zone)
    application = vacancy.draft(alya, nik=NIK)
    local = (timezone.now() + timedelta(days=2)).astimezone(vacancy.recruitment.zone)
    closes_at = local.replace(hour=23, minute=59, second=0, microsecond=0)
    Stage.objects.filter(pk=vacancy.stage.pk).update(closes_at=closes_at)
    shown = client.get(reverse("application_check", args=[application.ref])).content.decode()
    set_database_clock(closes_at + off)

    if taken:
        assert actions.submit(application, by=alya).at == closes_at + off
    else:
        with pytest.raises(actions.NotOpen):
            actions.submit(application, by=alya)

    name = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}[zone]
    assert f"pukul 23.59 {name}" in shown
    assert Receipt.objects.exists() == taken


def test_sending_does_not_wait_for_the_broker(alya, client, settings, monkeypatch):
    monkeypatch.setattr(celery.conf, "broker_url", "redis://127.0.0.1:1/0")
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    application = Vacancy(documents=False).draft(alya, nik=NIK)
    with pytest.raises(Exception, match="127.0.0.1:1"):
        celery.send_task("selection.tasks.keep", retry=False)  # it is dead

    answer = client.post(reverse("application_check", args=[application.ref]))

    assert answer.url == reverse("application_tracking", args=[application.ref])
    assert Receipt.objects.get().number in client.get(answer.url).content.decode()


def test_a_double_click_leads_both_times_to_the_same_receipt(alya, client):
    application = Vacancy(documents=False).draft(alya, nik=NIK)
    address = reverse("application_check", args=[application.ref])

    first, second = client.post(address), client.post(address)

    assert first.url == second.url == reverse("application_tracking", args=[application.ref])
    assert Receipt.objects.count() == Application.objects.count() == 1


def test_who_withdraws_after_closing_has_used_the_year(alya):
    first = Vacancy(documents=False)
    application = first.draft(alya, nik=NIK)
    actions.submit(application, by=alya)
    Stage.objects.filter(pk=first.stage.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    actions.withdraw(application, by=alya, at=timezone.now())

    other = Vacancy(documents=False).draft(alya, nik=NIK)
    with pytest.raises(actions.AlreadyApplied):
        actions.submit(other, by=alya)

    application.refresh_from_db()
    assert application.state == State.WITHDRAWN and application.once_key
