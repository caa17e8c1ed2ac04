"""What comes after a finding was sent: the office answers; the team assesses, escalates, closes."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.team_role import as_team
from ledger.actions import record
from lib.indonesian_text import instant
from oversight import dossier, rules
from oversight.actions import hold as holds
from oversight.actions.clocks import deadline
from oversight.actions.standing import NotAllowed, NotReady, locked, must_reach, own, without_interest, words
from oversight.actions.telling import tell_members, tell_office
from oversight.models import Assessment, Escalation, Finding, Response, Return
from oversight.states import FindingState
from selection.models import Recheck


@transaction.atomic(durable=True)
def answer(finding: Finding, *, text: str, by, at) -> Response:
    """The office answers a finding; the answer stays as it is, and public. Locks the finding.

    The record and the team are told. Raises NotAllowed for a member of the team, for whoever does not speak
    for the office, or when no answer is awaited; NotReady for an empty text.
    """
    if not rules.answers_for_office(by):
        raise NotAllowed(_("Hanya petugas instansi yang menjawab temuan."))
    text = words(text, _("Tulis jawabannya dahulu."))
    finding = locked(finding)
    must_reach(finding, FindingState.ANSWERED)
    response = Response.objects.create(finding=finding, text=text, by=by, at=at)
    finding.state = FindingState.ANSWERED
    finding.save(update_fields=["state"])
    record.append("finding.answered", at=at, finding=finding.number, digest=_hash(response.text))
    tell_members(
        finding.team.memberships,
        source=f"finding:{finding.number}:answer:{response.pk}",
        subject=_("Jawaban untuk temuan %(number)s") % {"number": finding.number},
        body=_("Instansi menjawab temuan %(number)s: %(title)s. Nilai jawabannya di ruang pengawas.")
        % {"number": finding.number, "title": finding.title},
        url=f"/pengawasan/ruang/temuan/{finding.number}/",
        at=at,
    )
    return response


@transaction.atomic(durable=True)
def return_answer(finding: Finding, *, text: str, by, at) -> Return:
    """The team sends an answer back with what it lacks; the clock starts again. Locks the finding.

    The record and the office are told. Raises NotAllowed, NotReady for an empty text.
    """
    text = words(text, _("Tulis apa yang masih kurang."))
    with as_team():
        finding = own(finding, by, at)
        without_interest(finding, by, at)
        must_reach(finding, FindingState.SENT)
        if finding.state != FindingState.ANSWERED:
            raise NotAllowed(_("Belum ada jawaban yang dapat dikembalikan."))
        sent_back = Return.objects.create(finding=finding, text=text, by=by, at=at)
        finding.state, finding.clock_from = FindingState.SENT, at
        finding.due_at, finding.due_skipped = deadline(finding)
        finding.save(update_fields=["state", "clock_from", "due_at", "due_skipped"])
    record.append("finding.returned", at=at, finding=finding.number, digest=_hash(sent_back.text))
    tell_office(
        source=f"finding:{finding.number}:return:{sent_back.pk}",
        subject=_("Jawaban temuan %(number)s belum memadai") % {"number": finding.number},
        body=_("Yang masih kurang: %(text)s Jawab lagi paling lambat %(due)s.")
        % {"text": sent_back.text, "due": instant(finding.due_at, finding.stage.recruitment.zone)},
        url=f"/kelola/temuan/{finding.number}/",
        at=at,
    )
    return sent_back


@transaction.atomic(durable=True)
def assess(finding: Finding, *, adequate: bool, text: str, by, at) -> Assessment:
    """The team says whether the answer is adequate, and why, in words everybody may read. Locks the finding.

    The record and the office are told. Raises NotAllowed, NotReady.
    """
    text = words(text, _("Tulis penilaian yang dapat dibaca publik."))
    with as_team():
        finding = own(finding, by, at)
        without_interest(finding, by, at)
        must_reach(finding, FindingState.ASSESSED)
        made = Assessment.objects.create(finding=finding, adequate=adequate, text=text, by=by, at=at)
        finding.state = FindingState.ASSESSED
        finding.save(update_fields=["state"])
    record.append("finding.assessed", at=at, finding=finding.number, digest=_hash(text), adequate=int(adequate))
    verdict = _("memadai") if adequate else _("belum memadai")
    tell_office(
        source=f"finding:{finding.number}:assessed",
        subject=_("Jawaban temuan %(number)s dinilai %(verdict)s") % {"number": finding.number, "verdict": verdict},
        body=_("Penilaian tim pengawas: %(text)s") % {"text": text},
        url=f"/kelola/temuan/{finding.number}/",
        at=at,
    )
    return made


@transaction.atomic(durable=True)
def escalate(finding: Finding, *, body: str, text: str, by, at) -> Escalation:
    """The team hands a finding on to a body above the office, with its dossier, named by digest.

    After an assessment, or when an answer is overdue; a second body may follow. Locks the finding. The record
    and the office are told. Raises NotAllowed, NotReady.
    """
    text = words(text, _("Tulis alasan meneruskan yang dapat dibaca publik."))
    with as_team():
        finding = own(finding, by, at)
        without_interest(finding, by, at)
        if finding.state != FindingState.ESCALATED:
            must_reach(finding, FindingState.ESCALATED)
        if finding.state == FindingState.SENT and not finding.overdues.filter(due_at=finding.due_at).exists():
            raise NotAllowed(_("Instansi masih punya waktu untuk menjawab."))
        if finding.escalations.filter(body=body).exists():
            raise NotAllowed(_("Temuan ini sudah diteruskan ke lembaga itu."))
        digest = dossier.digest(dossier.content(finding, at))
        made = Escalation.objects.create(finding=finding, body=body, text=text, digest=digest, by=by, at=at)
        finding.state = FindingState.ESCALATED
        finding.save(update_fields=["state"])
    record.append("finding.escalated", at=at, finding=finding.number, body=body, digest=digest)
    tell_office(
        source=f"finding:{finding.number}:escalated:{body}",
        subject=_("Temuan %(number)s diteruskan ke %(body)s")
        % {"number": finding.number, "body": made.get_body_display()},
        body=_("Alasan tim pengawas: %(text)s") % {"text": text},
        url=f"/kelola/temuan/{finding.number}/",
        at=at,
    )
    return made


@transaction.atomic(durable=True)
def close(finding: Finding, *, conclusion: str, by, at) -> Finding:
    """The team ends a finding with its conclusion, which is public; a hold it placed by itself ends too.

    A re-review that the finding led to must have been decided, and its correction published. Locks the
    finding. The record and the office are told. Raises NotAllowed, NotReady.
    """
    conclusion = words(conclusion, _("Tulis kesimpulan yang dapat dibaca publik."))
    with as_team():
        finding = own(finding, by, at)
        without_interest(finding, by, at)
        must_reach(finding, FindingState.CLOSED)
        _review_is_over(finding)
        finding.state, finding.conclusion, finding.closed_by, finding.closed_at = (
            FindingState.CLOSED,
            conclusion,
            by,
            at,
        )
        finding.save(update_fields=["state", "conclusion", "closed_by", "closed_at"])
    record.append("finding.closed", at=at, finding=finding.number, digest=_hash(finding.conclusion))
    holds.end_with(finding, by=by, at=at)
    tell_office(
        source=f"finding:{finding.number}:closed",
        subject=_("Temuan %(number)s selesai") % {"number": finding.number},
        body=_("Kesimpulan tim pengawas: %(conclusion)s") % {"conclusion": finding.conclusion},
        url=f"/pengawasan/temuan/{finding.number}/",
        at=at,
    )
    return finding


def _review_is_over(finding: Finding) -> None:
    if Recheck.objects.filter(cause=finding.number, state=Recheck.State.OPEN).exists():
        raise NotReady(_("Pemeriksaan ulang berkas belum diterapkan atau dibatalkan."))
    review = finding.review
    if review is None or review.state == review.State.CANCELLED:
        return
    if review.state == review.State.SHADOW:
        raise NotReady(_("Kaji ulang belum diputuskan."))
    if not review.announcements.filter(public_at__isnull=False).exists():
        raise NotReady(_("Koreksi dari kaji ulang belum terbit."))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
