"""Two verifiers look at each file without seeing each other; a third decides where they disagree."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import FileAccess
from accounts.roles import Role
from lib import rulepack_files
from lib.statement_time import allow_minutes
from selection import verdicts
from selection.actions.ranking import begin_set, settle
from selection.actions.settlement import undecided_files
from selection.models import Application, Document, OutcomeSet, Reason, Recheck, Recusal, Review, ReviewItem
from selection.queries import agreed_reviews, current_set, participants
from selection.states import State
from vacancies.models import Requirement, Stage

KEPT_FOR = timedelta(hours=24)  # a file taken and left open goes back to the queue after this


class NotReady(Exception):
    """The stage cannot be worked on, or not be summed up, yet; the message says why."""


class NotYours(Exception):
    """Somebody else took this file, it was decided, or it went back to the queue."""


class Incomplete(Exception):
    """Not every requirement is judged, or one that is not met has no reason."""


@dataclass(frozen=True)
class Finding:
    """What a verifier says about one requirement; `reason` is None exactly when it is met."""

    requirement: int
    met: bool
    reason: Reason | None = None
    detail: str = ""


def registration_of(stage) -> Stage | None:
    return stage.recruitment.stages.filter(kind=Stage.Kind.REGISTRATION).first()


def sealed(stage) -> bool:
    """Whether files may not be looked at yet: registration is open and the recruitment seals them."""
    registration = registration_of(stage)
    return bool(registration and registration.closed_at is None and stage.recruitment.sealed_until_closing)


def requirements_of(application):
    """What is judged in a file: what holds for the recruitment and what its formation adds."""
    return Requirement.objects.filter(
        Q(formation=None) | Q(formation=application.formation_id), recruitment=application.recruitment_id
    ).order_by("order")


@transaction.atomic(durable=True)
def take(stage, *, by, at) -> Review | None:
    """A file for `by` to judge: the one already open, else the oldest that needs a seat; None when none is left.

    Nobody takes a file twice, nor one's own, nor one they stepped back from. Seat 3 opens when seats 1 and 2 disagree, for a supervisor
    only. A file that somebody left open for a day goes back. Locks one application, skipping those that
    others are taking this moment. Raises NotReady while the files are sealed or after the result is fixed.
    """
    stage = Stage.objects.select_related("recruitment").get(pk=stage.pk)
    _must_be_workable(stage)
    open_review = Review.objects.filter(stage=stage, reopening=None, verifier=by, decided_at=None).first()
    if open_review:
        return open_review
    waiting = participants(stage).submitted().exclude(user=by)
    free("stage_id = %s AND taken_at < %s", stage.pk, at - KEPT_FOR)
    mine = Review.objects.filter(application=OuterRef("pk"), stage=stage, verifier=by)
    seats = Count("reviews", filter=Q(reviews__stage=stage, reviews__seat__lte=2))
    stepped_back = Recusal.objects.filter(application=OuterRef("pk"), verifier=by)
    waiting = waiting.exclude(Exists(mine) | Exists(stepped_back)).exclude(person__user=by).annotate(seats=seats)
    if by.has_role(Role.SUPERVISOR):
        application = _lock(waiting.filter(_disagreement(stage)).order_by("submitted_at", "pk"))
        if application:
            return Review.objects.create(application=application, stage=stage, seat=3, verifier=by, taken_at=at)
    if by.has_role(Role.VERIFIER):
        application = _lock(waiting.filter(seats__lt=2).order_by("-seats", "submitted_at", "pk"))
        if application:
            taken = set(application.reviews.filter(stage=stage).values_list("seat", flat=True))
            seat = min({1, 2} - taken)
            return Review.objects.create(application=application, stage=stage, seat=seat, verifier=by, taken_at=at)
    return None


def _disagreement(stage) -> Q:
    """Both seats decided, differently, and nobody in seat 3."""
    seat = Review.objects.filter(application=OuterRef("pk"), stage=stage)
    met = seat.filter(seat__lte=2, verdict=Review.Verdict.MET)
    not_met = seat.filter(seat__lte=2, verdict=Review.Verdict.NOT_MET)
    return Q(Exists(met)) & Q(Exists(not_met)) & ~Q(Exists(seat.filter(seat=3)))


def _lock(candidates) -> Application | None:
    """The first candidate that nobody else is taking, locked and asked again."""
    for pk in candidates.values_list("pk", flat=True)[:20]:
        locked = (
            Application.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(pk=pk).first()
        )
        if locked and candidates.filter(pk=pk).exists():
            return locked
    return None


def _must_be_workable(stage) -> None:
    if sealed(stage):
        raise NotReady(_("Berkas masih tersegel. Pemeriksaan dimulai setelah pendaftaran ditutup."))
    if current_set(stage):
        raise NotReady(_("Hasil tahap ini sudah direkap. Berkas tidak dapat diperiksa lagi."))


@transaction.atomic(durable=True)
def open_file(review: Review, *, by, at, document: Document | None = None) -> None:
    """Write down, for the owner to see, that `by` looks at the file, or at one document of it. Raises NotYours."""
    if review.verifier_id != by.pk:
        raise NotYours
    FileAccess.objects.create(
        person_id=review.application.person_id,
        subject=review.application.ref,
        by=by,
        role=Role.SUPERVISOR if review.seat == 3 else Role.VERIFIER,
        unit=by.public_label,
        purpose=_("Membuka dokumen: %(name)s") % {"name": document.requirement.text[:100]}
        if document
        else _("Pemeriksaan ulang berkas karena temuan pengawas")
        if review.reopening_id
        else _("Pemeriksaan berkas"),
        at=at,
    )


@transaction.atomic(durable=True)
def decide(review: Review, findings: list[Finding], *, by, at) -> Review:
    """Decide a file once: met when every required point is met. Locks the review.

    Raises NotYours, Incomplete (a point missing, or not met without a reason), NotReady.
    """
    _must_be_workable(review.stage)
    return judged(review, findings, by=by, at=at)


def judged(review: Review, findings: list[Finding], *, by, at) -> Review:
    """The review with what `by` says, decided. Locks it. Inside the transaction of an action. Raises NotYours, Incomplete."""
    review = (
        Review.objects.select_for_update(no_key=True, of=("self",))
        .select_related("application")
        .filter(pk=review.pk)
        .first()
    )
    if review is None or review.verifier_id != by.pk or review.decided_at:
        raise NotYours
    wanted = {one.pk: one for one in requirements_of(review.application)}
    said = {one.requirement: one for one in findings}
    if said.keys() != wanted.keys() or any(one.met is (one.reason is not None) for one in findings):
        raise Incomplete(_("Nilai setiap syarat. Yang belum terpenuhi perlu alasan."))
    ReviewItem.objects.bulk_create(
        ReviewItem(review=review, requirement_id=pk, met=one.met, reason=one.reason, detail=one.detail.strip())
        for pk, one in said.items()
    )
    failed = any(not one.met and wanted[pk].required for pk, one in said.items())
    review.verdict = Review.Verdict.NOT_MET if failed else Review.Verdict.MET
    review.decided_at = at
    review.save(update_fields=["verdict", "decided_at"])
    return review


@transaction.atomic(durable=True)
def put_back(review: Review, *, by) -> None:
    """Give a file back undecided; somebody else takes it. Raises NotYours."""
    locked = Review.objects.select_for_update().filter(pk=review.pk, verifier=by, decided_at=None).first()
    if locked is None:
        raise NotYours
    free("id = %s", locked.pk)


@transaction.atomic(durable=True)
def step_back(review: Review, *, by, at) -> Recusal:
    """Give a file back for good, because one knows the person; it never comes to `by` again. Raises NotYours."""
    locked = Review.objects.select_for_update().filter(pk=review.pk, verifier=by, decided_at=None).first()
    if locked is None:
        raise NotYours
    free("id = %s", locked.pk)
    return Recusal.objects.create(application_id=locked.application_id, stage_id=locked.stage_id, verifier=by, at=at)


def free(condition: str, *parameters) -> None:
    """Give undecided looks back. In SQL: the web's database role may not delete what a look found."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM selection_review WHERE decided_at IS NULL AND {condition}", parameters)


@dataclass(frozen=True)
class Progress:
    """How many files a stage has, how many are decided, and how many wait for a third look."""

    files: int
    decided: int
    disagreements: int

    @property
    def left(self) -> int:
        return self.files - self.decided


def progress(stage) -> Progress:
    files = participants(stage).submitted()
    total = files.count()
    return Progress(total, total - undecided_files(stage), files.filter(_disagreement(stage)).count())


def progress_of(stages: list[Stage]) -> dict[int, Progress]:
    """The progress of each of `stages`, by its key, asked for all at once.

    A stage that follows another result is asked alone: its files are those that the other let through.
    """
    earlier = Stage.objects.announcing().filter(recruitment=OuterRef("recruitment"), order__lt=OuterRef("order"))
    alone = Stage.objects.filter(Exists(earlier), pk__in=[one.pk for one in stages])
    found = {one.pk: progress(one) for one in alone.select_related("recruitment")}
    together = [one for one in stages if one.pk not in found]
    files = Application.objects.submitted().filter(recruitment__in=[one.recruitment_id for one in together])
    totals = dict(files.order_by().values_list("recruitment").annotate(n=Count("pk")))
    reviews = Review.objects.filter(application__state=State.SUBMITTED)
    agreed = _by_stage(reviews.filter(pk__in=agreed_reviews(*together).values("pk")))
    same = Review.objects.filter(application=OuterRef("application"), stage=OuterRef("stage"))
    other = same.filter(seat=2, decided_at__isnull=False).exclude(verdict=OuterRef("verdict"))
    first = reviews.filter(stage__in=together, seat=1, decided_at__isnull=False)
    disputed = _by_stage(first.filter(Exists(other)).exclude(Exists(same.filter(seat=3))))
    return found | {
        one.pk: Progress(totals.get(one.recruitment_id, 0), agreed.get(one.pk, 0), disputed.get(one.pk, 0))
        for one in together
    }


def _by_stage(reviews) -> dict[int, int]:
    return dict(reviews.order_by().values_list("stage").annotate(n=Count("pk")))


def sealed_among(stages: list[Stage]) -> set[int]:
    """Keys of those of `stages` whose files may not be looked at yet."""
    shut = set(
        Stage.objects.filter(
            kind=Stage.Kind.REGISTRATION,
            closed_at=None,
            recruitment__sealed_until_closing=True,
            recruitment__in=[one.recruitment_id for one in stages],
        ).values_list("recruitment", flat=True)
    )
    return {one.pk for one in stages if one.recruitment_id in shut}


@transaction.atomic(durable=True)
def tally(stage, *, by, at) -> OutcomeSet:
    """Turn the agreed verdicts into the result of an administrative stage, set-based. Locks the stage.

    Whoever withdrew or was excluded since gets that code instead of vanishing. Raises NotReady while
    registration is open, a file is undecided, or a result is in force.
    """
    allow_minutes()
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment").get(pk=stage.pk)
    registration = registration_of(stage)
    if registration and registration.closed_at is None:
        raise NotReady(_("Pendaftaran belum ditutup."))
    if current_set(stage):
        raise NotReady(_("Hasil tahap ini sudah direkap."))
    left = undecided_files(stage)
    if left:
        raise NotReady(_("%(n)s berkas belum diputus.") % {"n": left})
    pack = rulepack_files.load(stage.recruitment.rulepack)
    codes = pack.stage(stage.rule)["codes"] if stage.rule else {"met": "MS", "not_met": "TMS"}
    found = begin_set(stage, by=by, at=at)
    write_outcomes(found, stage, codes, pack)
    settle(found, OutcomeSet.State.APPLIED, by=by, at=at)
    return found


def write_outcomes(found: OutcomeSet, stage, codes: dict, pack, *, with_recheck: Recheck | None = None) -> None:
    """INSERT … SELECT what the reviews say, and where a file was opened again what two others said after them.

    `with_recheck`: the files that are summed up in this shadow, as if they were in force.
    """
    everybody, parameters = participants(stage).order_by().values("pk").query.sql_with_params()
    joins, about = verdicts.joined(stage.pk, with_recheck=with_recheck)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO selection_outcome
                (set_id, application_id, formation_id, "group", "values", code, advances, decided_by, official_code)
            SELECT %s, a.id, a.formation_id, f.need, '{{}}', c.code, c.code = ANY(%s), c.because, ''
            FROM selection_application a
            JOIN vacancies_formation f ON f.id = a.formation_id
            {joins}
            CROSS JOIN LATERAL (
                SELECT CASE a.state WHEN 'withdrawn' THEN 'APS' WHEN 'excluded' THEN 'DIS'
                       ELSE CASE said.verdict WHEN 'MS' THEN %s WHEN 'TMS' THEN %s END END AS code,
                       CASE a.state WHEN 'withdrawn' THEN 'status:APS' WHEN 'excluded' THEN 'status:DIS'
                       ELSE said.because END AS because
            ) c
            WHERE a.id IN ({everybody})""",  # noqa: S608 - built by the query compiler
            [
                found.pk,
                [code for code in (codes["met"], codes["not_met"]) if pack.advances(code)],
                *about,
                codes["met"],
                codes["not_met"],
                *parameters,
            ],
        )
