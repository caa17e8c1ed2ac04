"""A re-review: a stage is computed again in shadow, compared old → new, and applied by another person or cancelled.

The office computes, because only the office may change a result; the team sees every step. What is
applied becomes public as a corrected announcement with its diff.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.roles import Role
from ledger.actions import record
from oversight import rules
from oversight.actions.standing import NotAllowed, NotReady
from oversight.models import Finding
from oversight.states import FindingState
from selection.actions import ranking, scores
from selection.models import OutcomeSet, ScoreBatch
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
def apply(shadow: OutcomeSet, *, by, at) -> None:
    """Put a re-review in force, and with it the score file it was computed with; the record says so. All or nothing.

    By a person other than the one who computed it and the one who brought the file, who may approve scores where
    there is a file. Publishing it is the next act: a corrected announcement.
    Raises NotAllowed, ranking.NotAShadow, ranking.SamePerson, scores.Undecidable.
    """
    if scores.waiting_for(shadow) and not by.has_role(Role.PUBLISHER):
        raise NotAllowed(_("Kaji ulang ini mengesahkan nilai. Yang menerapkan adalah petugas pengesah."))
    ranking.put_in_force(shadow, by=by, at=at)
    _record(shadow, at)


@transaction.atomic(durable=True)
def cancel(shadow: OutcomeSet, *, by, at) -> None:
    """Drop a re-review with the score file it was computed with; what is in force stays. Raises ranking.NotAShadow."""
    ranking.throw_away(shadow, by=by, at=at)
    _record(shadow, at)


def _record(shadow: OutcomeSet, at) -> None:
    shadow.refresh_from_db()
    stage = shadow.stage
    for finding in shadow.findings.order_by("pk"):
        record.append(
            "finding.reviewed",
            at=at,
            finding=finding.number,
            recruitment=stage.recruitment.slug,
            stage=stage.slug,
            applied=int(shadow.state == OutcomeSet.State.APPLIED),
        )
