"""Files are checked again because of a finding: two blind reviewers who never decided about them, then one shadow for all.

`oversight/actions/re_review.py` begins and ends it for the office; what a finding is, selection does not know.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import BooleanField, Count, Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from lib import rulepack_files
from lib.statement_time import allow_minutes
from publishing.actions import publication
from selection.actions import verification
from selection.actions.ranking import begin_set
from selection.actions.verification import KEPT_FOR, Finding, NotReady
from selection.models import Outcome, OutcomeSet, Recheck, Reopening, Review
from selection.queries import agreed_reviews, current_set, participants
from selection.states import State
from vacancies.models import Stage


def judged_files(stage):
    """The files of `stage` that can be checked again: judged, and neither withdrawn nor excluded since."""
    agreed = agreed_reviews(stage).filter(application=OuterRef("pk"))
    return participants(stage).submitted().filter(Exists(agreed))


def open_files(stage, files, *, cause: str, reason: str, scope: str, by, at) -> Recheck:
    """Open `files`, applications of `stage`, to be checked again because of the finding `cause`; their owners are told.

    Nothing in force changes. The caller holds the lock on the stage, inside the transaction of an action.
    Raises NotReady before there is a result, without files, or while files of the stage are being checked again.
    """
    if current_set(stage) is None:
        raise NotReady(_("Hasil tahap ini belum direkap. Berkasnya masih diperiksa seperti biasa."))
    if stage.rechecks.filter(state=Recheck.State.OPEN).exists():
        raise NotReady(_("Berkas tahap ini sedang diperiksa ulang. Terapkan atau batalkan dahulu."))
    chosen = list(judged_files(stage).filter(pk__in=files.order_by().values("pk")).order_by("pk"))
    if not chosen:
        raise NotReady(_("Tidak ada berkas yang cocok dengan pilihan itu."))
    found = Recheck.objects.create(
        stage=stage, cause=cause, reason=reason, scope=scope[:300], opened_by=by, opened_at=at
    )
    Reopening.objects.bulk_create(
        [Reopening(recheck=found, application=one, stage=stage, at=at) for one in chosen], batch_size=1000
    )
    _tell(
        found,
        "opened",
        _("Berkas Anda diperiksa ulang"),
        _(
            "Tim pengawas menemukan sesuatu pada pemeriksaan %(stage)s (temuan %(number)s). Karena itu berkas Anda "
            "diperiksa lagi oleh dua orang yang belum pernah menilainya. Hasil yang terbit belum berubah, dan belum "
            "ada yang perlu Anda lakukan."
        ),
        found.files.values("application__user"),
        at,
    )
    return found


def waiting_files(recheck: Recheck):
    """Files that two reviewers have not agreed on yet. Whoever withdrew since is waited for no longer."""
    return recheck.files.filter(second_at=None, application__state=State.SUBMITTED)


@dataclass(frozen=True)
class Progress:
    """How many files are checked again, on how many two agree, and how many wait for a third look."""

    files: int
    decided: int
    disagreements: int

    @property
    def left(self) -> int:
        return self.files - self.decided


def progress_of(checks: list[Recheck]) -> dict[int, Progress]:
    """How far each of `checks` is, by its key, asked for all at once; of withdrawn files nothing is expected."""
    files = Reopening.objects.filter(recheck__in=checks).order_by()
    waiting = Q(second_at=None, application__state=State.SUBMITTED)
    counted = files.values_list("recheck").annotate(n=Count("pk"), left=Count("pk", filter=waiting))
    disputed = dict(files.filter(waiting).filter(_disagreement()).values_list("recheck").annotate(n=Count("pk")))
    return {key: Progress(n, n - left, disputed.get(key, 0)) for key, n, left in counted}


def progress(recheck: Recheck) -> Progress:
    """How far one check is."""
    return progress_of([recheck])[recheck.pk]


@transaction.atomic(durable=True)
def take(recheck: Recheck, *, by, at) -> Review | None:
    """A file for `by` to check again: the one already open, else the oldest that needs a seat; None when none is left.

    Blind as the first time. Nobody takes a file about which they decided before, in whatever way; the database says who.
    Locks one file, skipping those that others are taking this moment. Raises NotReady when the check is over.
    """
    recheck = Recheck.objects.get(pk=recheck.pk)
    _must_be_open(recheck)
    mine = Review.objects.filter(reopening__recheck=recheck, verifier=by, decided_at=None).first()
    if mine:
        return mine
    of_this = "reopening_id IN (SELECT id FROM selection_reopening WHERE recheck_id = %s)"
    verification.free(f"{of_this} AND taken_at < %s", recheck.pk, at - KEPT_FOR)
    barred = Func(
        Value(by.pk), F("application"), F("stage"), F("pk"), function="decided_before", output_field=BooleanField()
    )
    waiting = waiting_files(recheck).alias(barred=barred).filter(barred=False)
    waiting = waiting.annotate(seats=Count("reviews", filter=Q(reviews__seat__lte=2)))
    if by.has_role(Role.SUPERVISOR) and (file := _lock(waiting.filter(_disagreement()).order_by("pk"))):
        return _seat(file, 3, by, at)
    if by.has_role(Role.VERIFIER) and (file := _lock(waiting.filter(seats__lt=2).order_by("-seats", "pk"))):
        return _seat(file, min({1, 2} - set(file.reviews.values_list("seat", flat=True))), by, at)
    return None


def _disagreement() -> Q:
    """Both seats of a reopened file decided, differently, and nobody in seat 3."""
    seat = Review.objects.filter(reopening=OuterRef("pk"))
    met = seat.filter(seat__lte=2, verdict=Review.Verdict.MET)
    not_met = seat.filter(seat__lte=2, verdict=Review.Verdict.NOT_MET)
    return Q(Exists(met)) & Q(Exists(not_met)) & ~Q(Exists(seat.filter(seat=3)))


def _lock(candidates) -> Reopening | None:
    """The first candidate that nobody else is taking, locked and asked again."""
    for pk in candidates.values_list("pk", flat=True)[:20]:
        free = Reopening.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        locked = free.filter(pk=pk).first()
        if locked and candidates.filter(pk=pk).exists():
            return locked
    return None


def _seat(file: Reopening, seat: int, by, at) -> Review:
    return Review.objects.create(
        application_id=file.application_id, stage_id=file.stage_id, reopening=file, seat=seat, verifier=by, taken_at=at
    )


def _must_be_open(recheck: Recheck) -> None:
    if not recheck.is_open:
        raise NotReady(_("Pemeriksaan ulang ini sudah direkap atau dibatalkan. Berkasnya tidak dapat diperiksa lagi."))


@transaction.atomic(durable=True)
def decide(review: Review, findings: list[Finding], *, by, at) -> Review:
    """Decide a file that is checked again, once; when two agree, that is what the check says about it. Locks the file.

    Raises verification.NotYours, verification.Incomplete, NotReady when the check is over.
    """
    file = Reopening.objects.select_for_update(no_key=True, of=("self",)).select_related("recheck")
    file = file.get(pk=review.reopening_id)
    _must_be_open(file.recheck)
    review = verification.judged(review, findings, by=by, at=at)
    others = file.reviews.filter(decided_at__isnull=False, verdict=review.verdict).exclude(pk=review.pk)
    if agreeing := others.order_by("seat").first():
        file.verdict = review.verdict
        file.first_by_id, file.first_at = agreeing.verifier_id, agreeing.decided_at
        file.second_by, file.second_at = by, at
        file.save(update_fields=["verdict", "first_by", "first_at", "second_by", "second_at"])
    return review


def sum_up(recheck: Recheck, *, by, at, reason: str) -> OutcomeSet:
    """The stage's result with what was checked again, in shadow, for everybody; another person applies it.

    The caller holds the lock on the stage, inside the transaction of an action. Raises NotReady while a file waits for
    two who agree, or one that an objection opened does; ranking.CannotRank while another shadow waits.
    """
    allow_minutes()
    recheck = Recheck.objects.select_for_update(no_key=True, of=("self",)).get(pk=recheck.pk)
    _must_be_open(recheck)
    if left := waiting_files(recheck).count():
        raise NotReady(_("%(n)s berkas belum diperiksa ulang dua orang yang sepakat.") % {"n": left})
    stage = Stage.objects.select_related("recruitment").get(pk=recheck.stage_id)
    if left := stage.reopenings.of_objections().unsettled().count():
        raise NotReady(_("%(n)s berkas yang dibuka kembali belum diputus dua orang.") % {"n": left})
    pack = rulepack_files.load(stage.recruitment.rulepack)
    codes = pack.stage(stage.rule)["codes"] if stage.rule else {"met": "MS", "not_met": "TMS"}
    shadow = begin_set(stage, by=by, at=at, reason=reason)
    verification.write_outcomes(shadow, stage, codes, pack, with_recheck=recheck)
    recheck.result = shadow
    recheck.save(update_fields=["result"])
    return shadow


def cancel(recheck: Recheck, *, by, at) -> None:
    """Drop a check that is not summed up yet, whole; every look at a file stays readable as history.

    Inside the transaction of an action. Locks the check. Raises NotReady when it is over, or summed up: then the shadow
    is what is dropped.
    """
    recheck = Recheck.objects.select_for_update(no_key=True, of=("self",)).get(pk=recheck.pk)
    _must_be_open(recheck)
    recheck.state, recheck.ended_by, recheck.ended_at = Recheck.State.CANCELLED, by, at
    recheck.save(update_fields=["state", "ended_by", "ended_at"])


def tell_end(recheck: Recheck, *, at) -> None:
    """Tell those whose result stays that it stays; whose result moves is told with the corrected announcement."""
    recheck.refresh_from_db()
    everybody = recheck.files.values("application__user")
    if recheck.state == Recheck.State.CANCELLED:
        words = _("Pemeriksaan ulang berkas %(stage)s (temuan %(number)s) dibatalkan. Hasil Anda tetap.")
        _tell(recheck, "cancelled", _("Pemeriksaan ulang dibatalkan"), words, everybody, at)
        return
    before = OutcomeSet.objects.filter(stage=recheck.stage_id, state="applied", version__lt=recheck.result.version)
    old = Outcome.objects.filter(set=before.order_by("-version").first(), application=OuterRef("application"))
    same = Outcome.objects.filter(Exists(old.filter(code=OuterRef("code"))), set=recheck.result_id)
    words = _("Berkas Anda untuk %(stage)s sudah diperiksa ulang (temuan %(number)s). Hasilnya tetap seperti semula.")
    kept = everybody.filter(application__in=same.values("application"))
    _tell(recheck, "unchanged", _("Hasil pemeriksaan ulang: tetap"), words, kept, at)


def _tell(recheck: Recheck, what: str, subject: str, body: str, owners, at) -> None:
    made = publication.publish(
        source=f"recheck:{recheck.key}:{what}",
        subject=subject,
        body=body % {"stage": recheck.stage.name_public, "number": recheck.cause},
        url="/lamaran/",
        at=at,
    )
    publication.queue_for(made, User.objects.filter(pk__in=owners), at=at)
