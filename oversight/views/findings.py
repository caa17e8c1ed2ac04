"""The team's side of a finding: written, confirmed by two, sent, told to the public, assessed, closed."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.team_role import as_team
from oversight import comparison, dossier
from oversight.actions import answering, escalated, reading
from oversight.actions import finding as findings
from oversight.actions.standing import NotAllowed, NotReady
from oversight.finding_queries import Clock, may_recur, own_finding, talk
from oversight.forms import AssessmentForm, EscalationForm, EvidenceForm, FindingForm, PublicTextForm
from oversight.models import Escalation, Reading
from oversight.states import FindingState
from oversight.views.guard import members_only
from vacancies.models import Stage


def stages():
    """Every stage that publishes a result, of recruitments that are public."""
    return Stage.objects.announcing().filter(recruitment__published_at__isnull=False).select_related("recruitment")


@members_only
@require_http_methods(["GET", "POST"])
def finding_new(request, stage):
    """Write a finding; the mismatches of the comparison come along as evidence."""
    stage = get_object_or_404(stages(), pk=stage)
    last = stage.announcements.filter(public_at__isnull=False).order_by("-version").first()
    form = FindingForm(request.POST or None, earlier=may_recur(stage.recruitment))
    compared = comparison.of_announcement(last) if last else None
    evidence = _evidence(compared) if compared else []
    if form.is_valid():
        made = findings.draft(
            stage, **form.cleaned_data, by=request.user, at=timezone.now(), announcement=last, evidence=evidence
        )
        return redirect("team_finding", number=made.number)
    context = {"form": form, "stage": stage, "evidence": evidence, "title": _("Tulis temuan")}
    return render(request, "oversight/finding_form.html", context, status=422 if form.errors else 200)


def _evidence(compared) -> list[dict]:
    """The first mismatches of a comparison as evidence; the source names the list by its digest."""
    source = _("%(name)s, sidik %(digest)s") % {"name": compared.list_name, "digest": compared.list_digest[:16]}
    return [
        {
            "what": f"{one.participant} {one.what}".strip(),
            "expected": one.expected,
            "found": one.found,
            "source": source,
        }
        for one in compared.mismatches[:20]
    ]


@members_only
@require_GET
def team_finding(request, number):
    """A finding of mine: what it holds, who confirmed it, and the next step."""
    finding, now = own_finding(request.membership.team, number), timezone.now()
    reading.note(Reading.Kind.FINDING, at=now)
    said = findings.digest(finding)
    confirmations = [one for one in finding.confirmations.all() if one.digest == said]
    clock = Clock(finding, now) if finding.sent_at else None
    context = {
        "finding": finding,
        "zone": finding.stage.recruitment.zone,
        "talk": talk(finding),
        "bodies": escalated.standing(finding, now),
        "clock": clock,
        "confirmations": confirmations,
        "may_confirm": request.user.pk not in [one.by_id for one in confirmations],
        "may_escalate": finding.state in (FindingState.ASSESSED, FindingState.ESCALATED) or (clock and clock.is_over),
        "may_close": finding.state in (FindingState.ASSESSED, FindingState.ESCALATED),
        "answer_days": settings.FINDING_ANSWER_DAYS,
        "evidence_form": EvidenceForm(),
        "text_form": PublicTextForm(initial={"title": finding.title}),
        "assessment_form": AssessmentForm(),
        "escalation_form": EscalationForm(),
    }
    return render(request, "oversight/team_finding.html", context)


@members_only
@require_http_methods(["GET", "POST"])
def finding_rewrite(request, number):
    """Change the words of a draft; it is confirmed anew after."""
    finding = own_finding(request.membership.team, number)
    names = ("title", "body", "severity", "recurs")
    initial = {name: getattr(finding, name) for name in names[:3]} | {
        "recurs": finding.recurs and finding.recurs.number
    }
    form = FindingForm(request.POST or None, initial=initial, earlier=may_recur(finding.stage.recruitment))
    if form.is_valid():
        return _act(request, number, findings.rewrite, finding, **form.cleaned_data, done=_("Temuan diubah."))
    context = {"form": form, "stage": finding.stage, "evidence": finding.evidence, "title": _("Ubah temuan")}
    return render(request, "oversight/finding_form.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def finding_evidence(request, number):
    """Add one piece of evidence to a draft."""
    finding = own_finding(request.membership.team, number)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Isi keempat kolom bukti."))
        return redirect("team_finding", number=number)
    return _act(request, number, findings.add_evidence, finding, form.cleaned_data, done=_("Bukti ditambahkan."))


@members_only
@require_POST
def finding_confirm(request, number):
    """Stand for the words as they are; with the second member they are frozen."""
    finding = own_finding(request.membership.team, number)
    return _act(request, number, findings.confirm, finding, done=_("Konfirmasi Anda dicatat."))


@members_only
@require_POST
def finding_send(request, number):
    """Hand the finding to the office; the clock starts."""
    finding = own_finding(request.membership.team, number)
    return _act(request, number, findings.send, finding, done=_("Temuan terkirim. Jam jawaban berjalan."))


@members_only
@require_POST
def finding_public_text(request, number):
    """The team's words for everybody."""
    return _with_form(request, number, PublicTextForm, findings.publish_text, done=_("Versi untuk umum sudah ditulis."))


@members_only
@require_POST
def finding_return(request, number):
    """Send an answer back with what it lacks."""
    finding, text = own_finding(request.membership.team, number), request.POST.get("text", "")
    return _act(request, number, answering.return_answer, finding, text=text, done=_("Jawaban dikembalikan."))


@members_only
@require_POST
def finding_assess(request, number):
    """Say whether the answer is adequate."""
    finding, form = own_finding(request.membership.team, number), AssessmentForm(request.POST)
    if not form.is_valid():
        return _say_what_is_missing(request, number, form)
    given = {"adequate": form.cleaned_data["adequate"] == "ya", "text": form.cleaned_data["text"]}
    return _act(request, number, answering.assess, finding, **given, done=_("Penilaian dicatat."))


@members_only
@require_POST
def finding_escalate(request, number):
    """Hand the finding on to a body above the office."""
    return _with_form(
        request, number, EscalationForm, answering.escalate, done=_("Temuan diteruskan. Unduh berkasnya di bawah.")
    )


@members_only
@require_POST
def finding_close(request, number):
    """End the finding with a conclusion."""
    finding, text = own_finding(request.membership.team, number), request.POST.get("text", "")
    return _act(request, number, answering.close, finding, conclusion=text, done=_("Temuan selesai."))


@members_only
@require_GET
def finding_dossier(request, number, body):
    """The dossier that went to `body`, as a PDF."""
    finding = own_finding(request.membership.team, number)
    letter = get_object_or_404(Escalation, finding=finding, body=body)
    letter.finding = finding
    with transaction.atomic(), as_team():
        pdf = dossier.pdf(letter)
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{number}-{body}.pdf"'},
    )


def _with_form(request, number, form_class, act, *, done: str):
    finding, form = own_finding(request.membership.team, number), form_class(request.POST)
    if not form.is_valid():
        return _say_what_is_missing(request, number, form)
    return _act(request, number, act, finding, **form.cleaned_data, done=done)


def _say_what_is_missing(request, number, form):
    for errors in form.errors.values():
        messages.error(request, " ".join(errors))
    return redirect("team_finding", number=number)


def _act(request, number, act, *args, done: str, **kwargs):
    """One action of the team on one finding, and back to it with what happened."""
    try:
        act(*args, **kwargs, by=request.user, at=timezone.now())
    except (NotAllowed, NotReady) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("team_finding", number=number)
