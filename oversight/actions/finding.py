"""A finding: written by the team, answered by the office, closed by the team."""

import hashlib
from datetime import datetime, time

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ledger.actions import record
from lib import working_days
from lib.canonical import canonical
from lib.indonesian_text import instant
from oversight import rules, states
from oversight.actions.telling import tell_members, tell_office
from oversight.models import Finding, Response, Return
from oversight.states import FindingState
from oversight.team_role import as_team
from vacancies.models import Holiday

ANSWER_DAYS = 5  # working days, the normative class of complaint handling (SP4N-LAPOR!)
OFFICE_CLOSES = time(16, 0)
EVIDENCE_KEYS = ("what", "expected", "found", "source")


class NotAllowed(Exception):
    """This person may not do this to a finding, or the finding is past that step."""


class NotReady(Exception):
    """Something is missing that the finding needs before this step."""


@transaction.atomic(durable=True)
def draft(stage, *, title: str, body: str, severity: str, by, at, announcement=None, evidence=()) -> Finding:
    """A finding of the team about `stage`, in a transaction of its own: see `write_draft`."""
    return write_draft(
        stage, title=title, body=body, severity=severity, by=by, at=at, announcement=announcement, evidence=evidence
    )


def write_draft(stage, *, title: str, body: str, severity: str, by, at, announcement=None, evidence=()) -> Finding:
    """A finding of the team about `stage`, still private to the team; it takes the next number of the year.

    `evidence` is a list of dicts with the keys of EVIDENCE_KEYS. Raises NotAllowed for whoever is not a
    member now, NotReady for evidence of another shape. Inside the transaction of an action.
    """
    membership = _member(by, at)
    evidence = [_checked(item) for item in evidence]
    with as_team():
        return Finding.objects.create(
            number=_next_number(stage, at),
            team=membership.team,
            stage=stage,
            announcement=announcement,
            title=title,
            body=body,
            severity=severity,
            evidence=evidence,
            filed_by=by,
            filed_at=at,
        )


def _next_number(stage, at) -> str:
    year = at.astimezone(stage.recruitment.zone).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"finding number {year}"])
        cursor.execute(
            "SELECT coalesce(max(split_part(number, '-', 3)::integer), 0) FROM oversight_finding WHERE number LIKE %s",
            [f"TMN-{year}-%"],
        )
        return f"TMN-{year}-{cursor.fetchone()[0] + 1}"


def _checked(item: dict) -> dict:
    if set(item) != set(EVIDENCE_KEYS) or not all(isinstance(value, str) for value in item.values()):
        raise NotReady(_("Bukti perlu: apa, seharusnya, tertulis, dan sumbernya."))
    if not item["what"].strip() or not item["source"].strip():
        raise NotReady(_("Tulis apa yang berbeda dan dari mana sumbernya."))
    return {key: item[key].strip() for key in EVIDENCE_KEYS}


@transaction.atomic(durable=True)
def rewrite(finding: Finding, *, title: str, body: str, severity: str, by, at) -> Finding:
    """Change the words of a draft. Locks the finding. Raises NotAllowed once it is sent."""
    with as_team():
        finding = _draft_of(finding, by, at)
        finding.title, finding.body, finding.severity = title, body, severity
        finding.save(update_fields=["title", "body", "severity"])
    return finding


@transaction.atomic(durable=True)
def add_evidence(finding: Finding, item: dict, *, by, at) -> Finding:
    """Put one more piece of evidence under a draft. Locks the finding. Raises NotAllowed, NotReady."""
    item = _checked(item)
    with as_team():
        finding = _draft_of(finding, by, at)
        finding.evidence = [*finding.evidence, item]
        finding.save(update_fields=["evidence"])
    return finding


@transaction.atomic(durable=True)
def drop_evidence(finding: Finding, item: dict, *, by, at) -> Finding:
    """Take a piece of evidence out of a draft again. Locks the finding. Raises NotAllowed."""
    with as_team():
        finding = _draft_of(finding, by, at)
        finding.evidence = [one for one in finding.evidence if one != item]
        finding.save(update_fields=["evidence"])
    return finding


@transaction.atomic(durable=True)
def send(finding: Finding, *, by, at) -> Finding:
    """Hand a draft to the office: it is public from now on, its evidence frozen by hash, the clock runs.

    The answer is due after ANSWER_DAYS working days, when the office closes. Locks the finding. The public
    record and the office's staff are told. Raises NotAllowed, NotReady without evidence.
    """
    with as_team():
        finding = _draft_of(finding, by, at)
        if not finding.evidence:
            raise NotReady(_("Temuan perlu paling sedikit satu bukti."))
        finding.evidence_digest = digest(finding)
        finding.state, finding.sent_by, finding.sent_at, finding.due_at = FindingState.SENT, by, at, due(finding, at)
        finding.save(update_fields=["evidence_digest", "state", "sent_by", "sent_at", "due_at"])
    record.append("finding.sent", at=at, finding=finding.number, evidence=finding.evidence_digest)
    tell_office(
        source=f"finding:{finding.number}:sent",
        subject=_("Temuan %(number)s perlu jawaban") % {"number": finding.number},
        body=_("%(team)s menulis temuan: %(title)s. Jawab paling lambat %(due)s.")
        % {
            "team": finding.team.name,
            "title": finding.title,
            "due": instant(finding.due_at, finding.stage.recruitment.zone),
        },
        url=f"/kelola/temuan/{finding.number}/",
        at=at,
    )
    return finding


def digest(finding: Finding) -> str:
    """SHA-256 in hex of the canonical JSON of what the team says."""
    return hashlib.sha256(canonical(finding.statement())).hexdigest()


def due(finding: Finding, at) -> datetime:
    """When an answer asked for at `at` is due: after ANSWER_DAYS working days, at the close of the office."""
    zone = finding.stage.recruitment.zone
    today = at.astimezone(zone).date()
    holidays = set(Holiday.objects.filter(date__gt=today).values_list("date", flat=True))
    day = working_days.add(today, ANSWER_DAYS, holidays)
    return datetime.combine(day, OFFICE_CLOSES, zone)


@transaction.atomic(durable=True)
def answer(finding: Finding, *, text: str, by, at) -> Response:
    """The office answers a finding; the answer stays as it is, and public. Locks the finding.

    The record and the team are told. Raises NotAllowed for a member of the team, for whoever does not speak
    for the office, or when no answer is awaited; NotReady for an empty text.
    """
    if not rules.answers_for_office(by):
        raise NotAllowed(_("Hanya petugas instansi yang menjawab temuan."))
    if not text.strip():
        raise NotReady(_("Tulis jawabannya dahulu."))
    finding = _locked(finding)
    _must_reach(finding, FindingState.ANSWERED)
    response = Response.objects.create(finding=finding, text=text.strip(), by=by, at=at)
    finding.state = FindingState.ANSWERED
    finding.save(update_fields=["state"])
    record.append("finding.answered", at=at, finding=finding.number, digest=_hash(response.text))
    tell_members(
        finding.team.memberships,
        source=f"finding:{finding.number}:answer:{response.pk}",
        subject=_("Jawaban untuk temuan %(number)s") % {"number": finding.number},
        body=_("Instansi menjawab temuan %(number)s: %(title)s. Nilai jawabannya di ruang pengawas.")
        % {"number": finding.number, "title": finding.title},
        url=f"/pengawasan/temuan/{finding.number}/",
        at=at,
    )
    return response


@transaction.atomic(durable=True)
def return_answer(finding: Finding, *, text: str, by, at) -> Return:
    """The team sends an answer back with what it lacks; the clock starts again. Locks the finding.

    The record and the office are told. Raises NotAllowed, NotReady for an empty text.
    """
    _member(by, at)
    if not text.strip():
        raise NotReady(_("Tulis apa yang masih kurang."))
    with as_team():
        finding = _locked(finding)
        _own(finding, by, at)
        _must_reach(finding, FindingState.SENT)
        sent_back = Return.objects.create(finding=finding, text=text.strip(), by=by, at=at)
        finding.state, finding.due_at = FindingState.SENT, due(finding, at)
        finding.save(update_fields=["state", "due_at"])
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
def close(finding: Finding, *, conclusion: str, by, at) -> Finding:
    """The team ends a finding with its conclusion, which is public. Locks the finding.

    A re-review that the finding led to must have been decided, and its correction published. The record and
    the office are told. Raises NotAllowed, NotReady.
    """
    _member(by, at)
    if not conclusion.strip():
        raise NotReady(_("Tulis kesimpulan yang dapat dibaca publik."))
    with as_team():
        finding = _locked(finding)
        _own(finding, by, at)
        _must_reach(finding, FindingState.CLOSED)
        _review_is_over(finding)
        finding.state, finding.conclusion, finding.closed_by, finding.closed_at = (
            FindingState.CLOSED,
            conclusion.strip(),
            by,
            at,
        )
        finding.save(update_fields=["state", "conclusion", "closed_by", "closed_at"])
    record.append("finding.closed", at=at, finding=finding.number, digest=_hash(finding.conclusion))
    tell_office(
        source=f"finding:{finding.number}:closed",
        subject=_("Temuan %(number)s selesai") % {"number": finding.number},
        body=_("Kesimpulan tim pengawas: %(conclusion)s") % {"conclusion": finding.conclusion},
        url=f"/pengawasan/temuan/{finding.number}/",
        at=at,
    )
    return finding


def _review_is_over(finding: Finding) -> None:
    review = finding.review
    if review is None or review.state == review.State.CANCELLED:
        return
    if review.state == review.State.SHADOW:
        raise NotReady(_("Kaji ulang belum diputuskan."))
    if not review.announcements.filter(public_at__isnull=False).exists():
        raise NotReady(_("Koreksi dari kaji ulang belum terbit."))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _member(by, at):
    membership = rules.membership_of(by, at)
    if membership is None:
        raise NotAllowed(_("Hanya anggota tim pengawas yang dapat melakukan ini."))
    return membership


def _own(finding: Finding, by, at) -> None:
    if not finding.team.memberships.current(at).filter(user=by).exists():
        raise NotAllowed(_("Temuan ini milik tim pengawas lain."))


def _locked(finding: Finding) -> Finding:
    found = Finding.objects.select_related("team", "stage__recruitment", "announcement", "review")
    return found.select_for_update(no_key=True, of=("self",)).get(pk=finding.pk)


def _draft_of(finding: Finding, by, at) -> Finding:
    _member(by, at)
    finding = _locked(finding)
    _own(finding, by, at)
    if finding.state != FindingState.DRAFT:
        raise NotAllowed(_("Temuan sudah dikirim. Isinya tidak dapat diubah lagi."))
    return finding


def _must_reach(finding: Finding, state: str) -> None:
    if not states.allows(finding.state, state):
        raise NotAllowed(
            _("Temuan %(number)s sekarang: %(state)s.")
            % {"number": finding.number, "state": finding.get_state_display()}
        )
