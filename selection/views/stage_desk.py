"""The stage desk: what is unsettled, and the acts that settle it."""

import mimetypes

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from lib import rulepack_files
from selection import checklist
from selection.actions import announcement, ranking, readmission, settlement, verification
from selection.models import Difference, OutcomeSet, Preparation
from selection.queries import current_set, participants
from vacancies.models import Stage

DESK = (Role.PREPARER, Role.PUBLISHER, Role.SUPERVISOR)


class ReasonForm(forms.Form):
    """A reason the public will read."""

    reason = forms.CharField(
        label=_("Alasan yang dibaca publik"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@roles_required(*DESK)
@require_GET
def stage_desk_list(request):
    """Stages that end with a result, the next due first."""
    stages = Stage.objects.announcing().select_related("recruitment").order_by("announce_at", "pk")
    return render(request, "selection/stage/list.html", {"stages": stages, "at": timezone.now()})


@roles_required(*DESK)
@require_GET
def stage_desk(request, pk):
    """One stage: the checklist before its announcement, its numbers, and the next act."""
    stage = get_object_or_404(Stage.objects.select_related("recruitment"), pk=pk)
    now = timezone.now()
    found = current_set(stage)
    preparation = found and settlement.current_preparation(stage, found)
    pack = rulepack_files.load(stage.recruitment.rulepack)
    rule = pack.stage(stage.rule) if stage.rule else {"kind": "review"}
    ranked = rule["kind"] == "rank"
    due = settlement.has_news(stage) or not found
    lines = checklist.of_stage(stage, now, ranked=ranked, preparation=preparation) if due else []
    context = {
        "stage": stage,
        "zone": stage.recruitment.zone,
        "lines": lines,
        "left": sum(line.mark != checklist.Mark.DONE for line in lines),
        "history": checklist.history(stage),
        "roles": request.user.role_codes,
        "found": found,
        "counts": [(code, pack.sentence(code), n) for code, n in ranking.outcome_counts(found).items()]
        if found
        else [],
        "participants": participants(stage).count(),
        "preparation": preparation,
        "announcements": stage.announcements.order_by("version").prefetch_related("attestations"),
        "shadows": stage.outcome_sets.filter(state=OutcomeSet.State.SHADOW),
        "differences": Difference.objects.filter(set=found, settled_at=None).select_related("application")[:50],
        "holds": stage.holds.standing(now),
        "granted": settlement.grants_not_in(stage, found) if found else [],
        "ranked": ranked,
        "needs_reason": stage.announcements.exists(),
    }
    return render(request, "selection/stage/desk.html", context)


@roles_required(Role.PREPARER)
@require_POST
def stage_result(request, pk):
    """Compute the result: tally the reviews, or rank the scores. A second one is a shadow with a reason."""
    stage = get_object_or_404(Stage.objects.select_related("recruitment"), pk=pk)
    rule = rulepack_files.load(stage.recruitment.rulepack).stage(stage.rule) if stage.rule else {"kind": "review"}
    try:
        if rule["kind"] == "rank":
            reason = request.POST.get("reason", "").strip()
            if stage.announcements.exists() and not reason:
                messages.error(request, _("Hasil sudah diumumkan. Tulis alasan menghitung ulang."))
                return redirect("stage_desk", pk=pk)
            ranking.rank(stage, by=request.user, at=timezone.now(), shadow=stage.announcements.exists(), reason=reason)
        elif current_set(stage):
            readmission.retally(stage, by=request.user, at=timezone.now())
        else:
            verification.tally(stage, by=request.user, at=timezone.now())
    except (ranking.CannotRank, verification.NotReady, readmission.NotReady) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Hasil dihitung."))
    return redirect("stage_desk", pk=pk)


@roles_required(Role.PREPARER)
@require_POST
def stage_preparation(request, pk):
    """Render everything the announcement will publish."""
    stage = get_object_or_404(Stage, pk=pk)
    try:
        announcement.prepare(stage, by=request.user, at=timezone.now(), reason=request.POST.get("reason", ""))
    except announcement.NotReady as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Pengumuman disiapkan. Sekarang orang kedua memeriksa dan mengesahkan."))
    return redirect("stage_desk", pk=pk)


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def preparation_approval(request, pk):
    """The second person approves what was prepared; it publishes itself when it is due."""
    preparation = get_object_or_404(Preparation.objects.select_related("stage__recruitment", "number"), pk=pk)
    if request.method == "POST":
        try:
            announcement.approve(preparation, by=request.user, at=timezone.now())
        except (announcement.NotAllowed, announcement.NotReady) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Disahkan. Pengumuman terbit sendiri pada waktunya."))
        return redirect("stage_desk", pk=preparation.stage_id)
    context = {"preparation": preparation, "stage": preparation.stage, "zone": preparation.stage.recruitment.zone}
    return render(request, "selection/stage/approval.html", context)


@roles_required(*DESK)
@require_GET
def preparation_preview(request, pk, name):
    """A file of a prepared announcement, for staff only."""
    preparation = get_object_or_404(Preparation, pk=pk)
    folder = announcement.prepared_folder(preparation.digest).resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise Http404
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return FileResponse(open(path, "rb"), content_type=kind, headers={"Cache-Control": "private, no-store"})


@roles_required(Role.PREPARER, Role.PUBLISHER)
@require_http_methods(["GET", "POST"])
def difference_settlement(request, pk):
    """Settle a difference with the official status by a reason for the public."""
    difference = get_object_or_404(Difference.objects.select_related("set__stage__recruitment", "application"), pk=pk)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            ranking.settle_difference(
                difference, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
        except ranking.AlreadySettled:
            messages.error(request, _("Perbedaan ini sudah dijelaskan. Penjelasannya tetap."))
        else:
            messages.success(request, _("Perbedaan dijelaskan."))
        return redirect("stage_desk", pk=difference.set.stage_id)
    return render(request, "selection/stage/difference.html", {"difference": difference, "form": form})
