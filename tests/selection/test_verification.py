"""Two verifiers see a file blind; disagreement goes to a third; nobody decides twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, ProgrammingError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import FileAccess
from accounts.roles import Role
from selection.actions import application as applications
from selection.actions import verification
from selection.actions.verification import Finding
from selection.models import Document, Outcome, Reason, Review
from tests.parts import (
    NOON,
    enrol,
    make_application,
    make_formation,
    make_recruitment,
    make_requirement,
    make_stage,
    make_user,
)
from tests.selection.applying import a_pdf

DAY = timedelta(days=1)


class Desk:
    """A closed registration with `files` submitted applications, and three people to judge them."""

    def __init__(self, files: int = 1, *, sealed: bool = True, closed: bool = True):
        self.recruitment = make_recruitment(published_by=make_user("rudi@contoh.example"), sealed_until_closing=sealed)
        self.registration = make_stage(self.recruitment, "registration", 1, opens_at=NOON - 10 * DAY, days=5)
        if closed:
            type(self.registration).objects.filter(pk=self.registration.pk).update(closed_at=NOON - 5 * DAY)
        self.stage = make_stage(
            self.recruitment,
            "administrative",
            2,
            rule="administrasi",
            opens_at=NOON - 4 * DAY,
            announce_at=NOON + 9 * DAY,
        )
        self.formation = make_formation(self.recruitment)
        self.letter = make_requirement(self.recruitment, "ijazah", text="Ijazah")
        self.age = make_requirement(self.recruitment, "usia", kind="clause", text="Usia paling tinggi 35 tahun")
        self.reason = Reason.objects.create(code="tak-terbaca-uji", text="Dokumen tidak terbaca")
        self.vera = make_user("vera@contoh.example", Role.VERIFIER)
        self.wati = make_user("wati@contoh.example", Role.VERIFIER)
        self.sari = make_user("sari@contoh.example", Role.SUPERVISOR)
        self.files = [
            make_application(self.formation, make_user(f"alya{number}@contoh.example")) for number in range(files)
        ]

    def met(self):
        return [Finding(self.letter.pk, True), Finding(self.age.pk, True)]

    def not_met(self):
        return [Finding(self.letter.pk, False, self.reason, "halaman 2"), Finding(self.age.pk, True)]

    def decides(self, who, findings, *, at=NOON):
        review = verification.take(self.stage, by=who, at=at)
        return verification.decide(review, findings, by=who, at=at)


@pytest.fixture
def desk(db):
    return Desk()


def test_two_who_agree_decide_a_file(desk):
    desk.decides(desk.vera, desk.met())
    desk.decides(desk.wati, desk.met())

    found = verification.tally(desk.stage, by=desk.sari, at=NOON)

    outcome = Outcome.objects.get(set=found)
    assert (outcome.code, outcome.advances) == ("MS", True)


def test_disagreement_goes_to_a_third_whose_word_counts(desk):
    desk.decides(desk.vera, desk.met())
    desk.decides(desk.wati, desk.not_met())
    assert verification.progress(desk.stage).disagreements == 1

    third = desk.decides(desk.sari, desk.not_met())
    found = verification.tally(desk.stage, by=desk.sari, at=NOON)

    assert third.seat == 3
    outcome = Outcome.objects.get(set=found)
    assert (outcome.code, outcome.advances) == ("TMS", False)


def test_a_third_is_not_asked_while_the_two_agree(desk):
    desk.decides(desk.vera, desk.met())
    desk.decides(desk.wati, desk.met())

    assert verification.take(desk.stage, by=desk.sari, at=NOON) is None


def test_nobody_takes_a_file_twice(desk):
    desk.decides(desk.vera, desk.met())

    assert verification.take(desk.stage, by=desk.vera, at=NOON) is None


def test_the_database_refuses_a_second_look_by_the_same_person(desk):
    review = desk.decides(desk.vera, desk.met())

    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(
            application=review.application, stage=desk.stage, seat=2, verifier=desk.vera, taken_at=NOON
        )


def test_a_decision_stays_as_it_was_written(desk):
    review = desk.decides(desk.vera, desk.met())

    with pytest.raises(verification.NotYours):
        verification.decide(review, desk.not_met(), by=desk.vera, at=NOON)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(verdict="TMS")


def test_a_point_without_judgement_or_without_reason_is_refused(desk):
    review = verification.take(desk.stage, by=desk.vera, at=NOON)

    for findings in (
        [Finding(desk.letter.pk, True)],
        [Finding(desk.letter.pk, False), Finding(desk.age.pk, True)],
        [*desk.met(), Finding(999_999, True)],
    ):
        with pytest.raises(verification.Incomplete):
            verification.decide(review, findings, by=desk.vera, at=NOON)

    assert not review.items.exists()


def test_sealed_files_open_after_registration_only(db):
    desk = Desk(closed=False)

    with pytest.raises(verification.NotReady):
        verification.take(desk.stage, by=desk.vera, at=NOON)


def test_an_unsealed_recruitment_is_judged_while_registration_runs(db):
    desk = Desk(closed=False, sealed=False)

    assert verification.take(desk.stage, by=desk.vera, at=NOON)


def test_one_does_not_judge_ones_own_file(desk):
    desk.files[0].user.groups.set(desk.vera.groups.all())

    assert verification.take(desk.stage, by=desk.files[0].user, at=NOON) is None


def test_a_file_left_open_goes_back_after_a_day(desk):
    left = verification.take(desk.stage, by=desk.vera, at=NOON)
    verification.take(desk.stage, by=desk.wati, at=NOON + timedelta(hours=1))
    third = make_user("tuti@contoh.example", Role.VERIFIER)
    assert verification.take(desk.stage, by=third, at=NOON + timedelta(hours=2)) is None

    taken = verification.take(desk.stage, by=third, at=NOON + timedelta(hours=24, minutes=1))

    assert taken.seat == left.seat
    with pytest.raises(verification.NotYours):
        verification.decide(left, desk.met(), by=desk.vera, at=NOON)


def test_undecided_files_stop_the_tally(desk):
    desk.decides(desk.vera, desk.met())

    with pytest.raises(verification.NotReady, match="1 berkas"):
        verification.tally(desk.stage, by=desk.sari, at=NOON)


def test_whoever_withdrew_is_in_the_result_with_that_code(db):
    desk = Desk(files=2)
    applications.withdraw(desk.files[1], by=desk.files[1].user, at=NOON)
    desk.decides(desk.vera, desk.met())
    desk.decides(desk.wati, desk.met())

    found = verification.tally(desk.stage, by=desk.sari, at=NOON)

    assert set(Outcome.objects.filter(set=found).values_list("application", "code", "advances")) == {
        (desk.files[0].pk, "MS", True),
        (desk.files[1].pk, "APS", False),
    }


def test_looking_is_written_down_for_the_owner(desk):
    review = verification.take(desk.stage, by=desk.vera, at=NOON)

    verification.open_file(review, by=desk.vera, at=NOON)

    assert FileAccess.objects.get().subject == desk.files[0].ref
    with pytest.raises(verification.NotYours):
        verification.open_file(review, by=desk.wati, at=NOON)


def test_twenty_at_once_never_share_a_seat(own_database):
    desk = Desk(files=12)
    team = [make_user(f"v{number}@contoh.example", Role.VERIFIER) for number in range(12)]

    def work(who):
        try:
            done = 0
            while True:
                review = verification.take(desk.stage, by=who, at=timezone.now())
                if review is None:
                    return done
                verification.decide(review, desk.met(), by=who, at=timezone.now())
                done += 1
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as pool:
        done = sum(pool.map(work, team))
    while (review := verification.take(desk.stage, by=desk.vera, at=timezone.now())) is not None:
        verification.decide(review, desk.met(), by=desk.vera, at=timezone.now())
        done += 1

    assert done == Review.objects.count() == 24
    assert verification.progress(desk.stage).left == 0


def _page(client, who):
    client.force_login(enrol(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_every_look_is_written_down_whatever_the_address(desk, client):
    review = verification.take(desk.stage, by=desk.vera, at=timezone.now())
    content = a_pdf()
    document = Document(
        application=review.application, requirement=desk.letter, sha256="a" * 64, size=len(content), pages=1,
        content_type="application/pdf", original_name="ijazah.pdf", uploaded_at=NOON,
    )  # fmt: skip
    document.file.save("a" * 64, ContentFile(content))
    vera = _page(client, desk.vera)

    vera.get(reverse("review_document", args=[review.pk, document.pk]))
    first = list(FileAccess.objects.values_list("purpose", flat=True))
    vera.post(reverse("review_detail", args=[review.pk]), {})

    assert first == ["Membuka dokumen: Ijazah"]
    assert FileAccess.objects.filter(subject=review.application.ref).count() == 2
