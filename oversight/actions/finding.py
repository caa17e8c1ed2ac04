"""A finding is written by a member, confirmed by two, handed to the office, and told to the public."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.team_role import as_team
from ledger.actions import record
from lib.canonical import canonical
from lib.indonesian_text import instant
from oversight.actions import hold as holds
from oversight.actions.clocks import deadline
from oversight.actions.standing import NotAllowed, NotReady, member, must_reach, own, without_interest, words
from oversight.actions.telling import tell_members, tell_office
from oversight.models import Confirmation, Finding
from oversight.states import FindingState
from vacancies.models import Stage

EVIDENCE_KEYS = ("what", "expected", "found", "source")


@transaction.atomic(durable=True)
def draft(stage, **said) -> Finding:
    """A finding of the team about `stage`, in a transaction of its own: see `write_draft`."""
    return write_draft(stage, **said)


def write_draft(
    stage, *, title: str, body: str, severity: str, by, at, announcement=None, evidence=(), recurs=None
) -> Finding:
    """A finding of the team about `stage`, still private to the team; it takes the next number of the year.

    `evidence` is a list of dicts with the keys of EVIDENCE_KEYS; `recurs` an earlier finding of another
    recruitment of the same agency. Raises NotAllowed for whoever is not a member now, NotReady for evidence
    of another shape. Inside the transaction of an action.
    """
    membership = member(by, at)
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
            recurs=recurs,
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
def rewrite(finding: Finding, *, title: str, body: str, severity: str, by, at, recurs=None) -> Finding:
    """Change the words of a draft; who confirmed the earlier words has not confirmed these. Locks the finding.

    Raises NotAllowed once two members confirmed it.
    """
    with as_team():
        finding = _draft_of(finding, by, at)
        finding.title, finding.body, finding.severity, finding.recurs = title, body, severity, recurs
        finding.save(update_fields=["title", "body", "severity", "recurs"])
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
def confirm(finding: Finding, *, by, at) -> Finding:
    """A member stands for the words of a draft as they are now; the second one freezes them by hash.

    The author may be one of the two. A critical finding holds the next publication of its stage in the same
    transaction, confirmed at once. Locks the stage, as freezing an announcement does, then the finding. After
    the first confirmation the team is told, after the second the record. Raises NotAllowed for whoever
    confirmed these words already, NotReady without evidence.
    """
    member(by, at)
    stage = Stage.objects.select_for_update(no_key=True, of=("self",)).select_related("recruitment")
    stage = stage.get(pk=finding.stage_id)
    placed = None
    with as_team():
        finding = _draft_of(finding, by, at)
        without_interest(finding, by, at)
        if not finding.evidence:
            raise NotReady(_("Temuan perlu paling sedikit satu bukti."))
        said = digest(finding)
        if finding.confirmations.filter(by=by, digest=said).exists():
            raise NotAllowed(_("Anda sudah mengonfirmasi temuan ini. Minta anggota lain."))
        members = finding.team.memberships.current(at).values("user")
        first = finding.confirmations.filter(digest=said, by__in=members).select_related("by").first()
        Confirmation.objects.create(finding=finding, by=by, digest=said, at=at)
        if first:
            if finding.severity == Finding.Severity.CRITICAL and stage.announce_at:
                placed = holds.stop_for(finding, stage, first=first.by, second=by, at=at)
            finding.evidence_digest, finding.state, finding.confirmed_at, finding.hold = (
                said,
                FindingState.CONFIRMED,
                at,
                placed,
            )
            finding.save(update_fields=["evidence_digest", "state", "confirmed_at", "hold"])
    if first is None:
        _ask_a_colleague(finding, said, at)
    else:
        record.append("finding.confirmed", at=at, finding=finding.number, evidence=said)
    if placed:
        holds.tell_stopped(placed, at)
    return finding


def _ask_a_colleague(finding: Finding, said: str, at) -> None:
    # No word of the draft: mails lie where the web role reads them.
    tell_members(
        finding.team.memberships,
        source=f"finding:{finding.number}:confirm:{said[:16]}",
        subject=_("Temuan %(number)s menunggu anggota kedua") % {"number": finding.number},
        body=_("Satu anggota sudah mengonfirmasi. Baca temuannya di ruang pengawas, lalu konfirmasi bila Anda setuju."),
        url=f"/pengawasan/ruang/temuan/{finding.number}/",
        at=at,
    )


@transaction.atomic(durable=True)
def send(finding: Finding, *, by, at) -> Finding:
    """Hand a confirmed finding to the office; the clock of the answer starts, and that of the public header.

    The answer is due after FINDING_ANSWER_DAYS working days, when the office closes. Locks the finding. The
    public record and the office's staff are told. Raises NotAllowed.
    """
    with as_team():
        finding = own(finding, by, at)
        must_reach(finding, FindingState.SENT)
        if finding.sent_at:
            raise NotAllowed(_("Temuan sudah dikirim. Kembalikan jawabannya bila belum memadai."))
        finding.answer_days = settings.FINDING_ANSWER_DAYS
        finding.state, finding.sent_by, finding.sent_at, finding.clock_from = FindingState.SENT, by, at, at
        finding.due_at, finding.due_skipped = deadline(finding)
        finding.public_at = at + timedelta(days=settings.FINDING_HEADER_DAYS)
        finding.text_due_at = finding.public_at + timedelta(days=settings.FINDING_TEXT_DAYS)
        finding.save(
            update_fields=["state", "sent_by", "sent_at", "clock_from", "answer_days", "due_at", "due_skipped",
                           "public_at", "text_due_at"]
        )  # fmt: skip
    record.append("finding.sent", at=at, finding=finding.number, evidence=finding.evidence_digest)
    tell_office(
        source=f"finding:{finding.number}:sent",
        subject=_("Temuan %(number)s perlu jawaban") % {"number": finding.number},
        body=_("%(team)s mengirim temuan: %(title)s. Jawab paling lambat %(due)s.")
        % {
            "team": finding.team.name,
            "title": finding.title,
            "due": instant(finding.due_at, finding.stage.recruitment.zone),
        },
        url=f"/kelola/temuan/{finding.number}/",
        at=at,
    )
    return finding


@transaction.atomic(durable=True)
def publish_text(finding: Finding, *, title: str, text: str, evidence: bool, by, at) -> Finding:
    """The team's words for everybody, written once, shown with the header; `evidence` opens the table too.

    Locks the finding. The record is told. Raises NotAllowed before sending or a second time, NotReady.
    """
    title, text = words(title, _("Isi judul untuk umum.")), words(text, _("Isi uraian untuk umum."))
    with as_team():
        finding = own(finding, by, at)
        if not finding.sent_at or finding.text_at:
            raise NotAllowed(_("Versi untuk umum ditulis satu kali, setelah temuan dikirim."))
        finding.public_title, finding.public_text, finding.evidence_public, finding.text_at = title, text, evidence, at
        finding.save(update_fields=["public_title", "public_text", "evidence_public", "text_at"])
    told = canonical({"finding": finding.number, "title": title, "text": text, "evidence": evidence})
    record.append("finding.published", at=at, finding=finding.number, digest=hashlib.sha256(told).hexdigest())
    return finding


def digest(finding: Finding) -> str:
    """SHA-256 in hex of the canonical JSON of what the team says."""
    return hashlib.sha256(canonical(finding.statement())).hexdigest()


def _draft_of(finding: Finding, by, at) -> Finding:
    finding = own(finding, by, at)
    if finding.state != FindingState.DRAFT:
        raise NotAllowed(_("Dua anggota sudah mengonfirmasi temuan ini. Isinya tidak dapat diubah lagi."))
    return finding
