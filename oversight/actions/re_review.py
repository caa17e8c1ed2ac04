"""A re-review: the stage is ranked again in shadow, compared old → new, and applied by another person.

The office computes, because only the office may change a result; the team sees every step. What is
applied becomes public as a corrected announcement with its diff.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.actions import record
from oversight import rules
from oversight.actions.standing import NotAllowed, NotReady
from oversight.models import Finding
from oversight.states import FindingState
from selection.actions import ranking
from selection.models import OutcomeSet

UNDER_ANSWER = (FindingState.SENT, FindingState.ANSWERED, FindingState.ASSESSED, FindingState.ESCALATED)


def reason_of(finding: Finding, reason: str) -> str:
    """The public reason of a correction; begins with the finding it answers."""
    return _("Temuan %(number)s: %(reason)s") % {"number": finding.number, "reason": reason.strip()}


def start(finding: Finding, *, by, at, reason: str) -> OutcomeSet:
    """Rank the finding's stage again in shadow, and bind the computation to the finding.

    Nothing that is in force changes. Two transactions, each whole: a crash between them leaves a shadow that
    nobody bound, and it may simply be started again. Raises NotAllowed, NotReady, ranking.CannotRank.
    """
    if not rules.answers_for_office(by):
        raise NotAllowed(_("Hanya petugas instansi yang menghitung ulang."))
    if not reason.strip():
        raise NotReady(_("Tulis alasan menghitung ulang."))
    _must_be_open(finding)
    shadow = ranking.rank(finding.stage, by=by, at=at, shadow=True, reason=reason_of(finding, reason)[:500])
    try:
        _bind(finding, shadow)
    except NotAllowed:
        ranking.cancel(shadow, by=by, at=at)
        raise
    return shadow


@transaction.atomic(durable=True)
def _bind(finding: Finding, shadow: OutcomeSet) -> None:
    finding = Finding.objects.select_for_update(no_key=True, of=("self",)).select_related("review").get(pk=finding.pk)
    _must_be_open(finding)
    finding.review = shadow
    finding.save(update_fields=["review"])


def _must_be_open(finding: Finding) -> None:
    finding.refresh_from_db(fields=["state", "review"])
    if finding.state not in UNDER_ANSWER:
        raise NotAllowed(_("Kaji ulang dimulai selama temuan belum selesai."))
    if finding.review and finding.review.state != OutcomeSet.State.CANCELLED:
        raise NotAllowed(_("Kaji ulang temuan ini sudah dimulai."))


def apply(shadow: OutcomeSet, *, by, at) -> None:
    """Put a re-review in force; a person other than the one who computed it. The finding's record says so.

    Publishing it is the next act: a corrected announcement. Raises ranking.NotAShadow, ranking.SamePerson.
    """
    ranking.apply(shadow, by=by, at=at)
    shadow.refresh_from_db()
    _record(shadow, at)


def cancel(shadow: OutcomeSet, *, by, at) -> None:
    """Drop a re-review; what is in force stays. Raises ranking.NotAShadow."""
    ranking.cancel(shadow, by=by, at=at)
    shadow.refresh_from_db()
    _record(shadow, at)


@transaction.atomic(durable=True)
def _record(shadow: OutcomeSet, at) -> None:
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
