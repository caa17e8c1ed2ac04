"""Random audits: everybody sees how each was drawn, both parties hand in their secrets, the team looks again."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import public_page, roles_required
from oversight import rules
from oversight.actions import audit
from oversight.audits import audits
from oversight.forms import AuditForm, HexForm
from oversight.models import AuditFile, AuditRound, AuditSample, Party
from oversight.views.workspace import members_only
from selection.models import Review
from selection.views.documents import hand_out
from vacancies.models import Stage


@require_GET
@public_page(60)
def audit_list(request):
    """How each sample was drawn, from what, and what came of it."""
    return render(request, "oversight/audit_list.html", {"audits": audits(), "hours": _hours()})


def _hours() -> int:
    return int(audit.REVEAL_WITHIN.total_seconds() // 3600)


# --- The two secrets -----------------------------------------------------------------------------
def _desk(request, party: str, template: str):
    now = timezone.now()
    found = audits()
    for one in found:
        mine = one.commitments.get(party)
        one.may_commit = mine is None and one.closes.closed_at is None and one.closes.closes_at > now
        waiting = one.open_round
        one.may_reveal = (
            waiting
            if waiting and party in waiting.parties and party not in waiting.shown and waiting.due_at > now
            else None
        )
        one.mine = mine
    context = {"audits": found, "team": party == Party.TEAM, "hours": _hours()}
    return render(request, template, context)


def _commit(request, stage, back: str):
    found = get_object_or_404(
        Stage.objects.select_related("recruitment"),
        pk=stage, kind=Stage.Kind.ADMINISTRATIVE, recruitment__published_at__isnull=False,
    )  # fmt: skip
    return _hand_in(request, audit.commit, found, "digest", back, _("Sidik tercatat. Simpan rahasianya baik-baik."))


def _reveal(request, pk, back: str):
    found = get_object_or_404(AuditRound.objects.select_related("stage__recruitment"), pk=pk)
    return _hand_in(request, audit.reveal, found, "value", back, _("Rahasia putaran ini terbuka dan tercatat."))


def _hand_in(request, act, subject, name: str, back: str, done: str):
    form = HexForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Tempelkan nilai 64 huruf dan angka."))
        return redirect(back)
    try:
        act(subject, **{name: form.cleaned_data["value"]}, by=request.user, at=timezone.now())
    except (audit.NotAllowed, audit.NotPossible) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect(back)


@members_only
@require_GET
def team_audits(request):
    """Where each audit stands, for the team: hand in a digest, show a value, look at drawn files."""
    return _desk(request, Party.TEAM, "oversight/team_audits.html")


@members_only
@require_POST
def team_commitment(request, stage):
    """The team's digest."""
    return _commit(request, stage, "team_audits")


@members_only
@require_POST
def team_reveal(request, pk):
    """The team's value of a round."""
    return _reveal(request, pk, "team_audits")


@roles_required(*rules.OFFICE)
@require_GET
def office_audits(request):
    """Where each audit stands, for the office: hand in a digest, show a value."""
    return _desk(request, Party.OFFICE, "oversight/office_audits.html")


@roles_required(*rules.OFFICE)
@require_POST
def office_commitment(request, stage):
    """The office's digest."""
    return _commit(request, stage, "office_audits")


@roles_required(*rules.OFFICE)
@require_POST
def office_reveal(request, pk):
    """The office's value of a round."""
    return _reveal(request, pk, "office_audits")


# --- Looking again -------------------------------------------------------------------------------
@members_only
@require_GET
def team_sample(request, pk):
    """The drawn files of one stage, in the order of the draw."""
    sample = get_object_or_404(AuditSample.objects.select_related("stage__recruitment"), pk=pk)
    files = sample.files.select_related("application__formation", "verdict")
    return render(request, "oversight/sample.html", {"sample": sample, "files": files, "stage": sample.stage})


def _file(pk) -> AuditFile:
    found = AuditFile.objects.select_related(
        "sample__stage__recruitment", "application__formation", "application__answers", "verdict"
    )
    return get_object_or_404(found, pk=pk)


@members_only
@require_http_methods(["GET", "POST"])
def audit_file(request, pk):
    """One drawn file beside what the verifiers decided. Opening it is written down for the applicant to see."""
    file = _file(pk)
    form = AuditForm(request.POST or None)
    if form.is_valid():
        agrees, note = form.cleaned_data["agrees"] == "ya", form.cleaned_data["note"]
        try:
            audit.judge(file, agrees=agrees, note=note, by=request.user, at=timezone.now())
        except audit.NotPossible as error:
            form.add_error("note", str(error))
        else:
            messages.success(request, _("Penilaian dicatat."))
            return redirect("team_sample", pk=file.sample_id)
    if request.method == "GET":
        audit.open_file(file, by=request.user, at=timezone.now())
    application = file.application
    documents = (
        application.documents.filter(replaced_at=None).select_related("requirement").order_by("requirement__order")
    )
    reviews = Review.objects.filter(application=application, stage=file.sample.stage, decided_at__isnull=False)
    reviews = reviews.filter(reopening=None)
    context = {
        "file": file,
        "application": application,
        "answers": getattr(application, "answers", None),
        "documents": [one for one in documents if audit.may_be_shown(one)],
        "reviews": reviews.order_by("seat").prefetch_related("items__requirement", "items__reason"),
        "verdict": getattr(file, "verdict", None),
        "form": form,
    }
    return render(request, "oversight/audit_file.html", context, status=422 if form.errors else 200)


@members_only
@require_GET
def audit_document(request, pk, document):
    """A document of a drawn file; identity cards and faces stay shut."""
    file = _file(pk)
    found = get_object_or_404(file.application.documents.select_related("requirement"), pk=document)
    try:
        audit.open_file(file, by=request.user, at=timezone.now(), document=found)
    except audit.NotAllowed as error:
        raise Http404 from error
    return hand_out(found, shown=True)
