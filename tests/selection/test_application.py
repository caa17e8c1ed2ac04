"""An application begun, filled in, sent once and by the database's clock."""

import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from ledger.models import Pending
from publishing.models import Delivery
from selection.actions import application as actions
from selection.actions import closing
from selection.models import Application, Receipt
from selection.states import State
from tests.parts import make_user
from tests.selection.applying import Vacancy

NIK = "9901011505950001"


@pytest.fixture
def vacancy(db):
    return Vacancy()


@pytest.fixture
def alya(db):
    return make_user("alya@contoh.example")


def test_a_complete_application_is_sent_with_a_receipt(vacancy, alya, django_capture_on_commit_callbacks):
    application = vacancy.draft(alya, nik=NIK)

    receipt = actions.submit(application, by=alya)

    application.refresh_from_db()
    assert application.state == State.SUBMITTED
    assert application.submitted_at == receipt.at
    assert receipt.number.startswith("TT-")
    assert len(receipt.content_digest) == 64
    assert [step.new for step in application.steps.all()] == [State.SUBMITTED]
    assert Delivery.objects.get(recipient=alya).publication.source == f"receipt:{receipt.number}"


def test_sending_twice_gives_the_same_receipt(vacancy, alya):
    application = vacancy.draft(alya, nik=NIK)

    first, second = actions.submit(application, by=alya), actions.submit(application, by=alya)

    assert first == second
    assert Receipt.objects.count() == Delivery.objects.count() == 1


def test_starting_twice_gives_the_same_draft(vacancy, alya):
    now = timezone.now()

    assert actions.start(vacancy.formation, by=alya, at=now) == actions.start(vacancy.formation, by=alya, at=now)


def test_what_is_missing_is_named_and_nothing_is_sent(vacancy, alya):
    application = actions.start(vacancy.formation, by=alya, at=timezone.now())

    with pytest.raises(actions.Unfinished) as refused:
        actions.submit(application, by=alya)

    assert "Data diri" in refused.value.missing
    assert "Ijazah" in refused.value.missing
    application.refresh_from_db()
    assert application.state == State.DRAFT


def test_a_second_application_of_the_same_kind_and_year_is_refused(vacancy, alya):
    other = Vacancy(documents=False)
    actions.submit(vacancy.draft(alya, nik=NIK), by=alya)
    second = other.draft(alya, nik=NIK)

    with pytest.raises(actions.AlreadyApplied):
        actions.submit(second, by=alya)

    second.refresh_from_db()
    assert second.state == State.DRAFT


def test_the_database_itself_refuses_the_second_application(vacancy, alya):
    first = vacancy.draft(alya, nik=NIK)
    actions.submit(first, by=alya)
    first.refresh_from_db()
    other = Vacancy(documents=False).draft(alya, nik=NIK)

    with pytest.raises(IntegrityError):
        Application.objects.filter(pk=other.pk).update(once_key=first.once_key)


def test_one_person_with_two_accounts_cannot_use_the_nik_twice(vacancy, alya):
    budi = make_user("budi@contoh.example")
    vacancy.draft(alya, nik=NIK)

    with pytest.raises(actions.NotUsable) as refused:
        vacancy.draft(budi, nik=NIK)

    assert "terdaftar" not in str(refused.value)


def test_identity_stays_after_something_was_sent(vacancy, alya):
    actions.submit(vacancy.draft(alya, nik=NIK), by=alya)
    other = Vacancy(documents=False, kind="pppk")

    with pytest.raises(actions.NotUsable):
        other.draft(alya, nik="9901011505950002")


def test_answers_of_a_sent_application_are_fixed(vacancy, alya):
    application = vacancy.draft(alya, nik=NIK)
    actions.submit(application, by=alya)

    with pytest.raises(actions.NotEditable):
        actions.save_answers(application, "education", institution="Lain", by=alya, at=timezone.now())


def test_nobody_writes_into_anothers_application(vacancy, alya):
    budi = make_user("budi@contoh.example")
    application = vacancy.draft(alya, nik=NIK)

    with pytest.raises(actions.NotEditable):
        actions.save_answers(application, "education", institution="Lain", by=budi, at=timezone.now())
    with pytest.raises(Application.DoesNotExist):
        actions.submit(application, by=budi)


def test_staff_do_not_apply(vacancy):
    vera = make_user("vera@contoh.example")
    vera.requires_second_factor = vera.is_staff = True

    with pytest.raises(actions.NotOpen):
        actions.start(vacancy.formation, by=vera, at=timezone.now())


def test_before_opening_and_after_closing_nothing_begins(alya, db):
    early = Vacancy(opened=timedelta(hours=-1))
    late = Vacancy(opened=timedelta(days=2), closes_in=timedelta(seconds=-1))

    for vacancy in (early, late):
        with pytest.raises(actions.NotOpen):
            actions.start(vacancy.formation, by=alya, at=timezone.now())


def test_the_clock_of_the_database_decides_not_the_callers(vacancy, alya):
    application = vacancy.draft(alya, nik=NIK)
    now = timezone.now()
    type(vacancy.stage).objects.filter(pk=vacancy.stage.pk).update(closes_at=now - timedelta(seconds=1))

    with pytest.raises(actions.NotOpen):
        actions.submit(application, by=alya)

    assert not Receipt.objects.exists()


def test_personal_values_are_ciphertext_in_the_database(vacancy, alya):
    vacancy.draft(alya, nik=NIK)

    with connection.cursor() as cursor:
        cursor.execute("SELECT nik, birth_date, name, phone, address, nik_index FROM accounts_person")
        stored = " ".join(cursor.fetchone())

    assert NIK not in stored
    assert "1995" not in stored and "Alya" not in stored and "Mawar" not in stored


def test_who_withdraws_may_apply_again_while_registration_is_open(vacancy, alya):
    first = vacancy.draft(alya, nik=NIK)
    actions.submit(first, by=alya)

    actions.withdraw(first, by=alya, at=timezone.now(), because="Salah pilih jabatan.")
    second = vacancy.draft(alya, nik=NIK)
    actions.submit(second, by=alya)

    first.refresh_from_db()
    assert first.state == State.WITHDRAWN
    assert first.once_key is None
    assert second.pk != first.pk


def test_the_digest_changes_with_any_answer(vacancy, alya):
    application = vacancy.draft(alya, nik=NIK)
    before = actions.content_digest(application)

    application.answers.institution = "Universitas Lain"
    after = actions.content_digest(application)

    assert before != after


def test_closing_is_rung_by_the_keeper_command_too(own_database):
    vacancy = Vacancy(documents=False, closes_in=timedelta(seconds=0.2))
    time.sleep(0.3)

    call_command("announce_due")
    closing.close_due(timezone.now())
    closing.close_due(timezone.now())

    assert Pending.objects.filter(kind="registration.closed").count() == 1
    assert type(vacancy.stage).objects.get(pk=vacancy.stage.pk).closed_at
