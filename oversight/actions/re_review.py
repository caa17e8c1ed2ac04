"""A re-review: a stage is computed again in shadow, compared old → new, and applied by another person or cancelled.

The office computes, because only the office may change a result; the team sees every step. What is
applied becomes public as a corrected announcement with its diff. Where files are judged, they are checked again
before anything is computed.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.roles import Role
from ledger.actions import record
from oversight import rules
from oversight.actions.standing import NotAllowed, NotReady
from oversight.models import Finding
from oversight.states import FindingState
from selection.actions import ranking, rechecks, scores
from selection.models import OutcomeSet, Recheck, ScoreBatch
from vacancies.models import Stage

UNDER_ANSWER = (FindingState.SENT, FindingState.ANSWERED, FindingState.ASSESSED, FindingState.ESCALATED)


def reason_of(finding: Finding, reason: str) -> str:
    """The public reason of a correction; begins with the finding it answers."""
    words = _("Temuan %(number)s: %(reason)s") % {"number": finding.number, "reason": reason.strip()}
    return words[:500]


@transaction.atomic(durable=True)
def start(finding: Finding, *, by, at, reason: str, batch: ScoreBatch | None = None) -> OutcomeSet:
    """Rank the finding's stage again in shadow, and bind the computation to the finding.

    With `batch`, a score file that waits for its second person: as if its rows were in force, which they are not
    before the re-review is applied. Nothing that is in force changes. Locks stage and finding.
    Raises NotAllowed, NotReady, ranking.CannotRank.
    """
    finding = opened(finding, by=by, reason=reason)
    shadow = ranking.compute(finding.stage, by=by, at=at, reason=reason_of(finding, reason), waiting=batch)
    bind(finding, shadow)
    return shadow


def opened(finding: Finding, *, by, reason: str) -> Finding:
    """The finding, with its stage locked: the office may review it now. Raises NotAllowed, NotReady."""
    if not rules.answers_for_office(by):
        raise NotAllowed(_("Hanya petugas instansi yang menghitung ulang."))
    if not reason.strip():
        raise NotReady(_("Tulis alasan menghitung ulang."))
    Stage.objects.select_for_update(no_key=True).get(pk=finding.stage_id)
    found = Finding.objects.select_related("stage__recruitment", "review")
    found = found.select_for_update(no_key=True, of=("self",)).get(pk=finding.pk)
    if found.state not in UNDER_ANSWER:
        raise NotAllowed(_("Kaji ulang dimulai selama temuan belum selesai."))
    if found.review and found.review.state != OutcomeSet.State.CANCELLED:
        raise NotAllowed(_("Kaji ulang temuan ini sudah dimulai."))
    return found


def bind(finding: Finding, shadow: OutcomeSet) -> None:
    """The finding led to this computation."""
    finding.review = shadow
    finding.save(update_fields=["review"])


@transaction.atomic(durable=True)
def open_files(finding: Finding, files, *, by, at, reason: str, scope: str) -> Recheck:
    """Open judged files of the finding's stage, to be checked again by others; owners and record are told how many.

    `scope` says in words which files these are. Nothing that is in force changes. Locks stage and finding.
    Raises NotAllowed, NotReady, rechecks.NotReady.
    """
    finding = opened(finding, by=by, reason=reason)
    about = {"cause": finding.number, "reason": reason.strip()[:400], "scope": scope}
    found = rechecks.open_files(finding.stage, files, **about, by=by, at=at)
    record.append(
        "finding.rechecked",
        at=at,
        finding=finding.number,
        recruitment=finding.stage.recruitment.slug,
        stage=finding.stage.slug,
        files=found.files.count(),
    )
    return found


@transaction.atomic(durable=True)
def sum_up(recheck: Recheck, *, by, at) -> OutcomeSet:
    """The stage's result with the files that were checked again, in shadow, bound to the finding.

    Locks stage and finding. Raises NotAllowed, NotReady, rechecks.NotReady, ranking.CannotRank.
    """
    finding = opened(Finding.objects.get(number=recheck.cause), by=by, reason=recheck.reason)
    shadow = rechecks.sum_up(recheck, by=by, at=at, reason=reason_of(finding, recheck.reason))
    bind(finding, shadow)
    return shadow


@transaction.atomic(durable=True)
def cancel_files(recheck: Recheck, *, by, at) -> None:
    """Drop a check of files that is not summed up yet, whole; owners and record are told. Raises NotAllowed, rechecks.NotReady."""
    if not rules.answers_for_office(by):
        raise NotAllowed(_("Hanya petugas instansi yang membatalkan kaji ulang."))
    rechecks.cancel(recheck, by=by, at=at)
    rechecks.tell_end(recheck, at=at)
    _record_end(recheck.cause, recheck.stage, applied=False, at=at)


@transaction.atomic(durable=True)
def apply(shadow: OutcomeSet, *, by, at) -> None:
    """Put a re-review in force, and with it the score file or the files checked again that it was computed with.

    All or nothing; the record says so.

    By a person other than the one who computed it and the one who brought the file, who may approve scores where
    there is a file. Publishing it is the next act: a corrected announcement.
    Raises NotAllowed, ranking.NotAShadow, ranking.SamePerson, scores.Undecidable.
    """
    if scores.waiting_for(shadow) and not by.has_role(Role.PUBLISHER):
        raise NotAllowed(_("Kaji ulang ini mengesahkan nilai. Yang menerapkan adalah petugas pengesah."))
    ranking.put_in_force(shadow, by=by, at=at)
    _end(shadow, at)


@transaction.atomic(durable=True)
def cancel(shadow: OutcomeSet, *, by, at) -> None:
    """Drop a re-review with the score file or the files it was computed with; what is in force stays.

    Raises ranking.NotAShadow.
    """
    ranking.throw_away(shadow, by=by, at=at)
    _end(shadow, at)


def _end(shadow: OutcomeSet, at) -> None:
    """Tell the owners of files that were checked again, and the record."""
    shadow.refresh_from_db()
    if recheck := Recheck.objects.filter(result=shadow).first():
        rechecks.tell_end(recheck, at=at)
    for finding in shadow.findings.order_by("pk"):
        _record_end(finding.number, shadow.stage, applied=shadow.state == OutcomeSet.State.APPLIED, at=at)


def _record_end(number: str, stage, *, applied: bool, at) -> None:
    record.append(
        "finding.reviewed",
        at=at,
        finding=number,
        recruitment=stage.recruitment.slug,
        stage=stage.slug,
        applied=int(applied),
    )
