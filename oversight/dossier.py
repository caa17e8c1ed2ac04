"""The dossier of a finding, for the Inspektorat, the Ombudsman or BKN: all that it rests on, on paper."""

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from ledger.models import Pending
from lib import typst_pdf
from lib.canonical import canonical
from lib.indonesian_text import instant
from oversight.models import Escalation, Finding

TEMPLATE = Path(__file__).parent / "typst" / "dossier.typ"


def content(finding: Finding, until) -> dict:
    """What the dossier says, as plain values: finding, frozen evidence, answers, clock, entries of the record.

    Only what had happened at `until`, so that a dossier says the same whenever it is printed. Read as the team.
    """
    zone = finding.stage.recruitment.zone

    def when(at) -> str:
        return instant(at, zone)

    return {
        "statement": finding.statement(),
        "digest": finding.evidence_digest,
        "recruitment": finding.stage.recruitment.name,
        "stage": finding.stage.name_public,
        "agency": finding.stage.recruitment.agency.name,
        "severity": str(finding.get_severity_display()),
        "team": finding.team.name,
        "mandate": finding.team.mandate,
        "contact": finding.team.contact,
        "steps": [[when(at), text] for at, text in _steps(finding, when) if at <= until],
        "facts": [
            [fact["type"], fact["at"], str(n) if n is not None else _("belum tercatat"), leaf]
            for fact, n, leaf in facts(finding, until)
        ],
    }


def _steps(finding: Finding, when) -> list[tuple]:
    """Every step with its instant and what was said, in their order."""
    steps = [(one.at, _("Dikonfirmasi seorang anggota tim")) for one in finding.confirmations.all()
             if one.digest == finding.evidence_digest]  # fmt: skip
    steps.append(
        (finding.sent_at, _("Dikirim kepada instansi; %(n)s hari kerja untuk menjawab") % {"n": finding.answer_days})
    )
    steps += [(one.at, _("Jawaban instansi: %(text)s") % {"text": one.text}) for one in finding.responses.all()]
    steps += [(one.at, _("Dikembalikan tim: %(text)s") % {"text": one.text}) for one in finding.returns.all()]
    steps += [
        (one.at, _("Tenggat dipindah dari %(old)s ke %(new)s: %(because)s")
         % {"old": when(one.old), "new": when(one.new), "because": one.because})
        for one in finding.clock_moves.all()
    ]  # fmt: skip
    steps += [
        (one.at, _("Belum dijawab; tenggatnya %(due)s") % {"due": when(one.due_at)}) for one in finding.overdues.all()
    ]
    if assessment := getattr(finding, "assessment", None):
        verdict = _("memadai") if assessment.adequate else _("belum memadai")
        steps.append(
            (assessment.at, _("Dinilai %(verdict)s: %(text)s") % {"verdict": verdict, "text": assessment.text})
        )
    return sorted(steps, key=lambda step: step[0])


def facts(finding: Finding, until) -> list[tuple[dict, int | None, str]]:
    """The finding's facts for the public record: what was said, at which entry, under which leaf (hex)."""
    written = Pending.objects.filter(kind__startswith="finding.", at__gte=finding.filed_at, at__lte=until).order_by(
        "at", "pk"
    )
    found = []
    for body, n, leaf in written.values_list("body", "n", "leaf"):
        fact = json.loads(bytes(body))
        if fact["body"].get("finding") == finding.number and fact["type"] != "finding.escalated":
            found.append((fact, n, bytes(leaf).hex()))
    return found


def digest(said: dict) -> str:
    """SHA-256 in hex over what a dossier says; places in the record are left out, they may come later."""
    without = said | {"facts": [[kind, at, leaf] for kind, at, _n, leaf in said["facts"]]}
    return hashlib.sha256(canonical(without)).hexdigest()


def pdf(escalation: Escalation) -> bytes:
    """The dossier that went with `escalation`, as a PDF. Read as the team."""
    finding = escalation.finding
    letter = [
        escalation.get_body_display(),
        instant(escalation.at, finding.stage.recruitment.zone),
        escalation.text,
        escalation.digest,
    ]
    address = f"{settings.SITE_URL}/pengawasan/temuan/{finding.number}/"
    return typst_pdf.compiled(TEMPLATE, content(finding, escalation.at) | {"letter": letter, "address": address})
