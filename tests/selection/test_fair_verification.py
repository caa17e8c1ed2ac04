"""What a bribed verifier, a verifier with a friend among the applicants, and SQL may not do to a file."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import FileAccess
from accounts.roles import Role
from selection.actions import application as applications
from selection.actions import settlement, verification
from selection.models import Application, Outcome, Recusal, Review, ReviewItem
from tests.parts import (
    DAY,
    NOON,
    enrol,
    make_application,
    make_formation,
    make_person,
    make_recruitment,
    make_requirement,
    make_stage,
    make_team,
    make_user,
)
from tests.selection.test_verification import Desk
from vacancies.models import Stage

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def desk(db):
    return Desk()


def browser(who) -> Client:
    client = Client()
    client.force_login(enrol(who), backend=BACKEND)
    return client


def seat(desk, who, number=1, **fields):
    return Review.objects.create(
        application=desk.files[0], stage=desk.stage, seat=number, verifier=who, taken_at=NOON, **fields
    )


def refused(words: str):
    return pytest.raises(DatabaseError, match=words)


def test_who_knows_the_applicant_steps_back_for_good(desk):
    review = verification.take(desk.stage, by=desk.vera, at=NOON)

    verification.step_back(review, by=desk.vera, at=NOON)

    assert verification.take(desk.stage, by=desk.vera, at=NOON) is None
    assert verification.take(desk.stage, by=desk.wati, at=NOON).seat == 1
    with refused("stepped back"), transaction.atomic():
        seat(desk, desk.vera, 2)
    with pytest.raises(verification.NotYours):
        verification.decide(review, desk.met(), by=desk.vera, at=NOON)
    with refused("append-only"), transaction.atomic():
        Recusal.objects.all().delete()


def test_the_page_lets_a_verifier_step_back_and_the_team_sees_how_often(desk):
    review = verification.take(desk.stage, by=desk.vera, at=timezone.now())
    vera = browser(desk.vera)

    vera.post(reverse("review_return", args=[review.pk]), {"because": "kenal"})

    assert Recusal.objects.get().verifier == desk.vera
    assert not Review.objects.exists()
    oka = make_user("oka@contoh.example", Role.OVERSEER)
    make_team(oka)
    assert "1 kali pemeriksa mundur" in browser(oka).get(reverse("team_stage", args=[desk.stage.pk])).content.decode()


def test_giving_a_file_back_is_no_way_to_leaf_through_the_queue(db):
    desk = Desk(files=3)
    first = verification.take(desk.stage, by=desk.vera, at=NOON)
    verification.put_back(first, by=desk.vera)

    again = verification.take(desk.stage, by=desk.vera, at=NOON)

    assert again.application_id == first.application_id


def test_the_database_lets_nobody_judge_their_own_file(desk):
    owner = desk.files[0].user
    with refused("own file"), transaction.atomic():
        seat(desk, owner)

    Application.objects.filter(pk=desk.files[0].pk).update(person=make_person(desk.wati))
    with refused("own file"), transaction.atomic():
        seat(desk, desk.wati)
    assert verification.take(desk.stage, by=desk.wati, at=NOON) is None


@pytest.mark.parametrize(
    "change",
    [{"verifier": "wati"}, {"seat": 2}, {"taken_at": NOON - DAY}],
)
def test_the_database_lets_nobody_take_over_a_seat(desk, change):
    review = verification.take(desk.stage, by=desk.vera, at=NOON)
    if "verifier" in change:
        change = {"verifier": desk.wati}

    with refused("whoever took it"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(**change)


def test_the_database_opens_the_third_seat_only_where_two_disagree(desk):
    for _step in range(2):
        with refused("two disagree"), transaction.atomic():
            seat(desk, desk.sari, 3)
        desk.decides(desk.vera if not _step else desk.wati, desk.met())
    with refused("two disagree"), transaction.atomic():
        seat(desk, desk.sari, 3)


def test_the_database_keeps_sealed_files_shut(db):
    desk = Desk(closed=False)

    with refused("sealed until registration closes"), transaction.atomic():
        seat(desk, desk.vera)
    Stage.objects.filter(pk=desk.registration.pk).update(closed_at=NOON)
    assert seat(desk, desk.vera).pk


def test_what_a_review_found_is_never_rewritten(desk):
    desk.decides(desk.vera, desk.not_met())

    for attempt in (
        lambda: ReviewItem.objects.update(met=True, reason=None),
        lambda: ReviewItem.objects.all().delete(),
        lambda: Review.objects.update(verdict="MS"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


def test_a_file_that_was_withdrawn_after_its_decision_hides_no_undecided_one(db):
    """Otherwise the other file would come out of the tally unseen, as not meeting the requirements."""
    desk = Desk(files=2)
    first = desk.decides(desk.vera, desk.met()).application
    desk.decides(desk.wati, desk.met())
    applications.withdraw(first, by=first.user, at=NOON)

    assert settlement.undecided_files(desk.stage) == 1
    assert verification.progress(desk.stage).left == 1
    with pytest.raises(verification.NotReady):
        verification.tally(desk.stage, by=desk.sari, at=NOON)
    assert not Outcome.objects.exists()


def test_others_do_not_open_a_file_on_my_desk_nor_any_that_nobody_took(desk):
    review = verification.take(desk.stage, by=desk.vera, at=timezone.now())
    colleague = browser(desk.wati)

    for name in ("review_detail", "review_return"):
        assert colleague.post(reverse(name, args=[review.pk])).status_code == 404
    assert colleague.get(reverse("review_detail", args=[review.pk])).status_code == 404
    assert not FileAccess.objects.exists()


def test_a_decided_file_is_shut_again_to_whoever_decided_it(desk):
    review = desk.decides(desk.vera, desk.met(), at=timezone.now())

    assert browser(desk.vera).get(reverse("review_detail", args=[review.pk])).status_code == 404


def test_the_second_verifier_sees_nothing_of_the_first(desk):
    desk.decides(desk.vera, desk.not_met(), at=timezone.now())
    second = verification.take(desk.stage, by=desk.wati, at=timezone.now())

    page = browser(desk.wati).get(reverse("review_detail", args=[second.pk])).content.decode()

    assert "halaman 2" not in page and "Pemeriksa 1" not in page and "Vera" not in page


def test_the_third_sees_both_without_names(desk):
    desk.decides(desk.vera, desk.not_met(), at=timezone.now())
    desk.decides(desk.wati, desk.met(), at=timezone.now())
    third = verification.take(desk.stage, by=desk.sari, at=timezone.now())

    page = browser(desk.sari).get(reverse("review_detail", args=[third.pk])).content.decode()

    assert "halaman 2" in page and "Vera" not in page and "Wati" not in page


def test_a_look_is_counted_for_the_team_and_a_peek_stands_out(db):
    desk = Desk(closed=False)
    oka = make_user("oka@contoh.example", Role.OVERSEER)
    make_team(oka)
    team = browser(oka)
    address = reverse("team_stage", args=[desk.stage.pk])
    assert "Belum ada yang dibuka" in team.get(address).content.decode()

    FileAccess.objects.create(
        subject=desk.files[0].ref, by=desk.vera, role="verifier", unit="Pemeriksa A", purpose="Uji", at=timezone.now()
    )
    page = team.get(address).content.decode()

    assert "Dibuka saat masih tersegel" in page and "Pemeriksa A, Uji" in page
    assert "Pemeriksa berkas: 1 kali" in page
    Stage.objects.filter(pk=desk.registration.pk).update(closed_at=NOON - 365 * DAY)
    assert "Dibuka saat masih tersegel" not in team.get(address).content.decode()


def test_the_owner_sees_time_role_unit_and_purpose_of_each_look(desk):
    desk.vera.public_label = "Pemeriksa A"
    desk.vera.save()
    review = verification.take(desk.stage, by=desk.vera, at=timezone.now())
    browser(desk.vera).get(reverse("review_detail", args=[review.pk]))
    owner = Client()
    owner.force_login(desk.files[0].user, backend=BACKEND)

    page = owner.get(reverse("application_tracking", args=[desk.files[0].ref])).content.decode()

    assert "Pemeriksa A" in page and "Pemeriksaan berkas" in page and "Vera" not in page


@pytest.mark.parametrize("name", ["review_queue_list", "stage_desk_list"])
def test_the_lists_of_the_desk_ask_as_much_for_one_stage_as_for_twelve(db, name):
    desk = Desk()
    sari = browser(desk.sari)

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert sari.get(reverse(name)).status_code == 200
        return len(found)

    asked()
    one = asked()
    for turn in range(11):
        _another(turn, desk)

    assert asked() == one


def _another(turn, desk) -> None:
    """One more recruitment with a file judged by two who disagree, made by the people of `desk`."""
    recruitment = make_recruitment(published_by=desk.sari, sealed_until_closing=True)
    registration = make_stage(recruitment, "registration", 1, opens_at=NOON - 10 * DAY, days=5)
    Stage.objects.filter(pk=registration.pk).update(closed_at=NOON - 5 * DAY)
    stage = make_stage(recruitment, "administrative", 2, rule="administrasi", announce_at=NOON + 9 * DAY)
    formation = make_formation(recruitment)
    letter = make_requirement(recruitment, "ijazah")
    make_application(formation, make_user(f"pelamar{turn}@contoh.example"))
    for who, finding in (
        (desk.vera, verification.Finding(letter.pk, True)),
        (desk.wati, verification.Finding(letter.pk, False, desk.reason, "")),
    ):
        review = verification.take(stage, by=who, at=NOON)
        verification.decide(review, [finding], by=who, at=NOON)
    assert verification.progress_of([stage])[stage.pk] == verification.progress(stage)
    assert verification.progress(stage).disagreements == 1
