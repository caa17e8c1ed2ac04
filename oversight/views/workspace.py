"""The team's room: every stage read-only, findings, holds. Only members enter; they write as the team."""

from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import RoleChange
from accounts.roles import Role
from oversight import comparison, rules
from oversight.actions import finding as findings
from oversight.actions import hold as holds
from oversight.forms import EvidenceForm, FindingForm, TextForm
from oversight.models import Finding
from oversight.states import FindingState
from oversight.views.public import talk
from selection.actions.settlement import has_news, unsettled
from selection.models import Hold
from selection.queries import current_set, looks_at_files, peeks_at_files
from vacancies.models import Stage


def members_only(view):
    """Only accounts with a membership that runs today."""

    @wraps(view)
    @login_required
    def guarded(request, *args, **kwargs):
        request.membership = rules.membership_of(request.user, timezone.now())
        if request.membership is None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def _stages():
    return Stage.objects.announcing().filter(recruitment__published_at__isnull=False).select_related("recruitment")


def _own(request, number) -> Finding:
    queryset = Finding.objects.filter(team=request.membership.team).select_related(
        "stage__recruitment", "announcement", "team"
    )
    return get_object_or_404(queryset, number=number)


@members_only
@require_GET
def team_workspace(request):
    """What waits for the team, and every stage that publishes a result."""
    now = timezone.now()
    mine = Finding.objects.filter(team=request.membership.team).select_related("stage__recruitment")
    context = {
        "may_moderate": rules.may_appoint(request.membership),
        "todo": mine.filter(state__in=[FindingState.DRAFT, FindingState.ANSWERED]),
        "waiting": mine.filter(state=FindingState.SENT).order_by("due_at"),
        "holds": Hold.objects.standing(now).select_related("stage__recruitment", "placed_by"),
        "stages": _stages().prefetch_related("announcements").order_by("-announce_at")[:100],
        "role_changes": RoleChange.objects.select_related("user", "by").order_by("-at", "-pk")[:20],
        "at": now,
    }
    return render(request, "oversight/workspace.html", context)


@members_only
@require_GET
def team_stage(request, pk):
    """One stage, read-only: what is unsettled, its score files, and its list held against the scores."""
    stage = get_object_or_404(_stages(), pk=pk)
    now = timezone.now()
    last = stage.announcements.filter(public_at__isnull=False).order_by("-version").first()
    result = current_set(stage)
    waiting = not last or has_news(stage)  # a first result or a correction has yet to be published
    compared = None
    if last:
        compared = comparison.of_announcement(last)
    elif result:
        compared = comparison.of_result(result)
    context = {
        "stage": stage,
        "zone": stage.recruitment.zone,
        "issues": unsettled(stage, now) if waiting else [],
        "announcements": stage.announcements.order_by("version"),
        "batches": stage.batches.select_related("uploaded_by", "decided_by").order_by("sequence"),
        "lists": stage.participant_lists.all(),
        "looks": _looks(stage),
        "peeks": peeks_at_files(stage.recruitment).select_related("by")[:50],
        "recusals": stage.recusals.count(),
        "holds": stage.holds.standing(now),
        "last": last,
        "comparison": compared,
        "may_hold": waiting and not stage.holds.standing(now).exists(),
    }
    return render(request, "oversight/stage.html", context)


def _looks(stage) -> list[tuple[str, int]]:
    """How often files of the recruitment were looked at, by role; nobody's name."""
    counted = looks_at_files(stage.recruitment).order_by("role").values_list("role").annotate(n=Count("pk"))
    return [(Role(role).label, n) for role, n in counted]


@members_only
@require_http_methods(["GET", "POST"])
def finding_new(request, stage):
    """Write a finding; the mismatches of the comparison come along as evidence."""
    stage = get_object_or_404(_stages(), pk=stage)
    last = stage.announcements.filter(public_at__isnull=False).order_by("-version").first()
    form = FindingForm(request.POST or None)
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
    """A finding of mine: what it holds, and the next step."""
    finding = _own(request, number)
    context = {
        "finding": finding,
        "zone": finding.stage.recruitment.zone,
        "talk": talk(finding),
        "evidence_form": EvidenceForm(),
        "draft": finding.state == FindingState.DRAFT,
        "answered": finding.state == FindingState.ANSWERED,
    }
    return render(request, "oversight/team_finding.html", context)


@members_only
@require_POST
def finding_evidence(request, number):
    """Add one piece of evidence to a draft."""
    finding = _own(request, number)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Isi keempat kolom bukti."))
        return redirect("team_finding", number=number)
    return _act(request, number, findings.add_evidence, finding, form.cleaned_data, done=_("Bukti ditambahkan."))


@members_only
@require_POST
def finding_send(request, number):
    """Hand the finding to the office; from now on it is public."""
    return _act(
        request, number, findings.send, _own(request, number), done=_("Temuan terkirim dan terbuka untuk umum.")
    )


@members_only
@require_POST
def finding_return(request, number):
    """Send an answer back with what it lacks."""
    text = request.POST.get("text", "")
    return _act(
        request, number, findings.return_answer, _own(request, number), text=text, done=_("Jawaban dikembalikan.")
    )


@members_only
@require_POST
def finding_close(request, number):
    """End the finding with a conclusion."""
    text = request.POST.get("text", "")
    return _act(request, number, findings.close, _own(request, number), conclusion=text, done=_("Temuan selesai."))


def _act(request, number, act, *args, done: str, **kwargs):
    """One action of the team on one finding, and back to it with what happened."""
    try:
        act(*args, **kwargs, by=request.user, at=timezone.now())
    except (findings.NotAllowed, findings.NotReady) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("team_finding", number=number)


@members_only
@require_http_methods(["GET", "POST"])
def hold_new(request, stage):
    """Stop the next publication of a stage."""
    stage = get_object_or_404(_stages(), pk=stage)
    form = TextForm(request.POST or None, label=_("Alasan menahan, dibaca publik"))
    if form.is_valid():
        try:
            holds.place(stage, reason=form.cleaned_data["text"][:500], by=request.user, at=timezone.now())
        except (holds.NotAllowed, holds.NothingToHold) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Pengumuman ditahan 24 jam. Minta anggota lain mengonfirmasi."))
            return redirect("team_stage", pk=stage.pk)
    context = {"form": form, "stage": stage, "title": _("Tahan pengumuman")}
    return render(request, "oversight/hold_form.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def hold_confirm(request, pk):
    """The second member: the hold stands until it is lifted."""
    hold = get_object_or_404(Hold, pk=pk)
    try:
        holds.confirm(hold, by=request.user, at=timezone.now())
    except (holds.NotAllowed, holds.NothingToHold) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Penahanan dikonfirmasi."))
    return redirect("team_workspace")


@login_required
@require_http_methods(["GET", "POST"])
def hold_lift(request, pk):
    """End a hold: a member of the team, or the override official, with a reason for the public."""
    if not (rules.membership_of(request.user, timezone.now()) or rules.may_override(request.user)):
        raise PermissionDenied
    hold = get_object_or_404(Hold.objects.select_related("stage__recruitment"), pk=pk)
    form = TextForm(request.POST or None, label=_("Alasan mencabut, dibaca publik"))
    if form.is_valid():
        try:
            holds.lift(hold, reason=form.cleaned_data["text"][:500], by=request.user, at=timezone.now())
        except holds.NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Penahanan dicabut."))
            return redirect("home" if request.user.is_staff else "team_workspace")
    context = {"form": form, "stage": hold.stage, "title": _("Cabut penahanan")}
    return render(request, "oversight/hold_form.html", context, status=422 if form.errors else 200)
