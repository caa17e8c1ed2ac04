"""After a finding was handed on: what the body above the office answered, and that it did not."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.team_role import as_team
from ledger.actions import record
from lib import working_days
from lib.canonical import canonical
from lib.document_checks.check import PDF, check
from lib.indonesian_text import instant, long_date
from oversight.actions.clocks import holidays_since
from oversight.actions.standing import NotReady, own, without_interest, words
from oversight.actions.telling import tell_heads, tell_members
from oversight.models import BodyAnswer, Escalation, Finding
from publishing.models import Publication

MAX_KB = 4000


@dataclass(frozen=True)
class Waiting:
    """A body that has the finding, what it answered so far, and where its clock stands."""

    escalation: Escalation
    answers: list[BodyAnswer]
    due_at: datetime
    late: int

    @property
    def is_answered(self) -> bool:
        return any(one.outcome != BodyAnswer.Outcome.ASKED for one in self.answers)

    @property
    def is_overdue(self) -> bool:
        return self.late > 0


def standing(finding: Finding, at, holidays=None) -> list[Waiting]:
    """Each body that `finding` was handed on to. The clock of ESCALATION_ANSWER_DAYS working days ends with an answer
    that is more than a question."""
    found, zone = [], finding.stage.recruitment.zone
    for escalation in finding.escalations.all():
        known = holidays_since(escalation.at) if holidays is None else holidays
        due = working_days.deadline(escalation.at, settings.ESCALATION_ANSWER_DAYS, known, zone).at
        answers = list(escalation.answers.all())
        one = Waiting(escalation, answers, due, 0)
        late = 0 if one.is_answered or at <= due else max(1, working_days.late(due, at, known, zone))
        found.append(Waiting(escalation, answers, due, late))
    return found


@transaction.atomic(durable=True)
def write_answer(
    finding: Finding, *, escalation: Escalation, letter: str, dated, outcome: str, text: str, by, at, file=None,
    file_public: bool = False,
) -> BodyAnswer:  # fmt: skip
    """Write down what a body answered, with its letter where there is one; public, and never rewritten.

    Also after the finding was closed: some bodies take longer. The letter is checked like every document. Locks
    the finding. The record and the office are told. Raises NotAllowed, NotReady, BadDocument.
    """
    text = words(text, _("Tulis ringkasan jawaban yang dapat dibaca publik."))
    letter = words(letter, _("Isi nomor surat."))
    checked = check(file, kind=PDF, max_kb=MAX_KB) if file else None
    with as_team():
        finding = own(finding, by, at)
        without_interest(finding, by, at)
        if dated > at.astimezone(finding.stage.recruitment.zone).date():
            raise NotReady(_("Tanggal surat belum tiba."))
        if finding.body_answers.filter(escalation=escalation, letter=letter).exists():
            raise NotReady(_("Surat ini sudah dicatat."))
        made = BodyAnswer(
            finding=finding, escalation=escalation, letter=letter, dated=dated, outcome=outcome, text=text,
            sha256=checked.sha256 if checked else "", file_public=bool(checked and file_public), by=by, at=at,
        )  # fmt: skip
        if checked:
            made.file.save(checked.sha256, ContentFile(checked.content), save=False)
        made.save()
    record.append(
        "finding.escalation.answered", at=at, finding=finding.number, body=escalation.body, outcome=str(outcome),
        digest=digest(made),
    )  # fmt: skip
    tell_heads(
        source=f"finding:{finding.number}:body:{made.pk}",
        subject=_("%(body)s menjawab tentang temuan %(number)s")
        % {"body": escalation.get_body_display(), "number": finding.number},
        body=_("Surat %(letter)s, %(dated)s: %(outcome)s. %(text)s")
        % {"letter": letter, "dated": long_date(dated), "outcome": made.get_outcome_display(), "text": text},
        url=f"/pengawasan/temuan/{finding.number}/",
        at=at,
    )
    return made


def digest(answer: BodyAnswer) -> str:
    """SHA-256 in hex over what was written down: letter, date, outcome, words, and the digest of the paper."""
    said = {
        "body": answer.escalation.body, "letter": answer.letter, "dated": answer.dated.isoformat(),
        "outcome": str(answer.outcome), "text": answer.text, "file": answer.sha256,
    }  # fmt: skip
    return hashlib.sha256(canonical(said)).hexdigest()


def tell_overdue(at) -> int:
    """Tell the team once of each body whose time to answer is over; returns how many."""
    waiting = Escalation.objects.select_related("finding__stage__recruitment", "finding__team").exclude(
        answers__in=BodyAnswer.objects.exclude(outcome=BodyAnswer.Outcome.ASKED)
    )
    told = 0
    for escalation in waiting.order_by("pk"):
        source = f"escalation:{escalation.pk}:overdue"
        [one] = [each for each in standing(escalation.finding, at) if each.escalation.pk == escalation.pk]
        if one.is_overdue and not Publication.objects.filter(source=source).exists():
            told += _tell_overdue(one, source, at)
    return told


@transaction.atomic(durable=True)
def _tell_overdue(one: Waiting, source: str, at) -> int:
    finding = one.escalation.finding
    tell_members(
        finding.team.memberships,
        source=source,
        subject=_("%(body)s belum menjawab tentang temuan %(number)s")
        % {"body": one.escalation.get_body_display(), "number": finding.number},
        body=_(
            "Jawaban ditunggu paling lambat %(due)s. Halaman temuan sekarang menyebut bahwa lembaga itu belum menjawab."
        )
        % {"due": instant(one.due_at, finding.stage.recruitment.zone)},
        url=f"/pengawasan/ruang/temuan/{finding.number}/",
        at=at,
    )
    return 1
