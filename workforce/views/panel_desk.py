"""The office's desk of panels: write, seal, put the sheets together; and the official's desk of choices."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required, second_factor_again, second_factor_to_send
from accounts.roles import Role
from selection.actions import scores
from vacancies.models import Formation, Recruitment, Stage
from workforce import components, forms_panel, spread
from workforce.actions import choice, panel, sheets
from workforce.models import Panel

DESK = (Role.PREPARER, Role.PUBLISHER)
OFFICIAL = (Role.APPOINTING_OFFICIAL,)


@roles_required(*DESK)
@require_GET
def panel_desk_list(request):
    """Recruitments that a panel judges, the newest first."""
    rows = Recruitment.objects.filter(kind__in=panel.KINDS).select_related("panel").order_by("-pk")[:100]
    return render(request, "workforce/panel/desk_list.html", {"rows": rows})


@roles_required(*DESK)
@second_factor_to_send
@require_http_methods(["GET", "POST"])
def panel_desk(request, pk):
    """One recruitment: its panel, and each next act as a small form."""
    recruitment = get_object_or_404(Recruitment, pk=pk, kind__in=panel.KINDS)
    found = Panel.objects.filter(recruitment=recruitment).select_related("recruitment").first()
    act = request.POST.get("do", "")
    forms = _forms(request, found, recruitment, act)
    form = forms.get(act)
    if request.method == "POST":
        if act not in ACTS:
            raise Http404(_("Tidak ada tindakan seperti itu."))
        if form is None or form.is_valid():
            try:
                ACTS[act](request, found or recruitment, form.cleaned_data if form else {})
            except (panel.NotPossible, sheets.NotPossible, scores.Refused) as error:
                if form is None:
                    messages.error(request, str(error))
                    return redirect("panel_desk", pk=pk)
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Tersimpan."))
                return redirect("panel_desk", pk=pk)
    context = {
        "recruitment": recruitment,
        "panel": found,
        "forms": forms,
        "failed": form,
        "members": found.members.all() if found else (),
        "labels": components.scored(recruitment),
        "weights": components.weights(recruitment),
        "parts": spread.parts_of(found) if found and found.sealed_at else (),
        "stages": components.ranked_stages(recruitment),
        "may_seal": found and request.user.has_role(Role.PUBLISHER) and found.written_by_id != request.user.pk,
        "may_remove": found and request.user.has_role(Role.PUBLISHER if found.sealed_at else Role.PREPARER),
        "is_preparer": request.user.has_role(Role.PREPARER),
        "zone": recruitment.zone,
    }
    failed = form is not None and bool(form.errors)
    return render(request, "workforce/panel/desk.html", context, status=422 if failed else 200)


def _forms(request, found, recruitment, act: str) -> dict:
    """The forms that fit what the panel is now; the one of `act` holds what was typed."""

    def given(name):
        return request.POST if name == act else None

    if found is None:
        return {"write": forms_panel.PanelForm(given("write"), prefix="write")}
    member = forms_panel.MemberForm(
        given("member"), prefix="member", components=components.scored(recruitment), panel=found
    )
    return {
        "member": member,
        "remove": forms_panel.LeaveForm(given("remove"), prefix="remove"),
        "combine": forms_panel.CombineForm(given("combine"), prefix="combine"),
    }


def _preparer_only(request) -> None:
    if not request.user.has_role(Role.PREPARER):
        raise PermissionDenied


def _write(request, recruitment, given):
    _preparer_only(request)
    panel.write(recruitment, **given, by=request.user, at=timezone.now())


def _member(request, found, given):
    _preparer_only(request)
    panel.add_member(found, **given, by=request.user, at=timezone.now())


def _remove(request, found, given):
    # Before the sealing whoever writes the panel takes somebody out; after it the one who approves writes it down.
    if not request.user.has_role(Role.PUBLISHER if found.sealed_at else Role.PREPARER):
        raise PermissionDenied
    chosen = request.POST.get("which", "")
    member = get_object_or_404(found.members, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
    panel.remove_member(member, reason=given["reason"], by=request.user, at=timezone.now())


def _seal(request, found, given):
    if not request.user.has_role(Role.PUBLISHER):
        raise PermissionDenied
    panel.seal(found, by=request.user, at=timezone.now())


def _combine(request, found, given):
    _preparer_only(request)
    chosen = request.POST.get("which", "")
    key = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
    stage = next((one for one in components.ranked_stages(found.recruitment) if one.pk == key), None)
    if stage is None:
        raise Http404(_("Tidak ada tahap seperti itu."))
    sheets.combine(stage, by=request.user, at=timezone.now(), reason=given["reason"])


ACTS = {"write": _write, "member": _member, "remove": _remove, "seal": _seal, "combine": _combine}


@roles_required(*DESK, Role.ASSESSOR)
@require_GET
def panel_comparison(request, stage, component):
    """The sheets of one component side by side, once all of them are locked."""
    stage = get_object_or_404(Stage.objects.select_related("recruitment__panel"), pk=stage)
    found = get_object_or_404(Panel, recruitment=stage.recruitment, sealed_at__isnull=False)
    own = found.members.filter(user=request.user, components__contains=[component]).exists()
    if not own and not request.user.has_role(*DESK):
        raise PermissionDenied
    stages = components.ranked_stages(stage.recruitment)
    here = next((one for one in stages if one.pk == stage.pk), None)
    labels = {c["key"]: c["label"] for c in components.scored_in(here, stages)} if here else {}
    if component not in labels:
        raise Http404(_("Bagian ini tidak dinilai pada tahap itu."))
    lines = spread.compare(stage, component, found.outlier_points)
    now = sheets.Sheets(stage.recruitment_id)
    scored = {one.member_id for one in now.in_force(stage, component)}
    members = [one for one in now.members if one.pk in scored]
    rows = [
        {"line": one, "cells": [(one.values.get(m.pk, ""), m.pk in one.marked) for m in members]} for one in lines or ()
    ]
    context = {
        "stage": stage,
        "panel": found,
        "label": labels[component],
        "rows": rows,
        "members": members,
        "waiting": len(now.missing(stage, component)) if lines is None else 0,
    }
    return render(request, "workforce/panel/comparison.html", context)


@roles_required(*OFFICIAL)
@require_GET
def choice_desk_list(request):
    """Every formation that waits for the official's choice, or has it."""
    panels = Panel.objects.filter(sealed_at__isnull=False).select_related("recruitment").order_by("-pk")[:30]
    now = timezone.now()
    rows = []
    for one in panels:
        stage = choice.last_stage(one.recruitment)
        rows.append({"panel": one, "best": choice.best_of(one), "waits": choice.waits_for(stage, now) if stage else ""})
    return render(request, "workforce/panel/choice_list.html", {"rows": rows})


@roles_required(*OFFICIAL)
@second_factor_again
@require_http_methods(["GET", "POST"])
def choice_new(request, pk):
    """Take one of the best of a formation, with the reason that everybody reads."""
    formation = get_object_or_404(Formation.objects.select_related("recruitment", "unit"), pk=pk)
    found = get_object_or_404(Panel, recruitment=formation.recruitment, sealed_at__isnull=False)
    best = next((one for one in choice.best_of(found) if one.formation.pk == formation.pk), None)
    if best is None or best.choice:
        messages.error(request, _("Tidak ada yang dapat dipilih untuk jabatan ini."))
        return redirect("choice_desk_list")
    form = forms_panel.ChoiceForm(request.POST or None, best=best)
    if form.is_valid():
        try:
            choice.choose(formation, **form.cleaned_data, by=request.user, at=timezone.now())
        except choice.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Pilihan tercatat dan terbit."))
            return redirect("choice_desk_list")
    context = {"form": form, "formation": formation, "best": best, "panel": found}
    return render(request, "workforce/panel/choice_new.html", context, status=422 if form.errors else 200)
