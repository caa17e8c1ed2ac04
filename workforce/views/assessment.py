"""An assessor's desk: declare interests, fill a sheet, lock it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required
from accounts.roles import Role
from vacancies.models import Stage
from workforce import components, forms_panel, participants
from workforce.actions import panel, sheets
from workforce.models import PanelMember, ScoreSheet

MEMBER = (Role.ASSESSOR,)


@roles_required(*MEMBER)
@require_GET
def assessment_list(request):
    """What I score, in which selection, and how far each of my sheets is."""
    rows = []
    for member in _mine(request).order_by("-pk"):
        stages = components.ranked_stages(member.panel.recruitment)
        state = {
            (one.stage_id, one.component): one for one in ScoreSheet.objects.filter(member=member).order_by("version")
        }
        parts = [
            {"stage": stage, "key": c["key"], "label": c["label"], "sheet": state.get((stage.pk, c["key"]))}
            for stage in stages
            for c in components.scored_in(stage, stages)
            if c["key"] in member.components
        ]
        rows.append({"member": member, "parts": parts})
    return render(request, "workforce/panel/assessment_list.html", {"rows": rows})


@roles_required(*MEMBER)
@require_http_methods(["GET", "POST"])
def assessment_declaration(request, pk):
    """Who takes part, by name; those whom I may not judge are marked. Before it nobody scores."""
    member = get_object_or_404(_mine(request), pk=pk)
    people = participants.everybody(member.panel.recruitment)
    if request.method == "POST":
        try:
            panel.declare(member, request.POST.getlist("number"), by=request.user, at=timezone.now())
        except panel.NotPossible as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Pernyataan Anda tercatat."))
            return redirect("assessment_list")
    participants.names_shown(people, by=request.user, at=timezone.now())
    barred = set(member.conflicts.values_list("application_id", flat=True))
    context = {"member": member, "people": [{"one": one, "barred": one.pk in barred} for one in people]}
    return render(request, "workforce/panel/declaration.html", context)


@roles_required(*MEMBER)
@require_http_methods(["GET", "POST"])
def assessment_sheet(request, pk, stage, component):
    """My sheet of one component: numbers of participants only. Save as often as needed, lock once."""
    member = get_object_or_404(_mine(request), pk=pk)
    stage = get_object_or_404(Stage, pk=stage, recruitment=member.panel.recruitment)
    sheet = ScoreSheet.objects.filter(member=member, stage=stage, component=component).order_by("-version").first()
    act, problems, correction = request.POST.get("do", ""), {}, forms_panel.ReasonForm(prefix="again")
    typed = {key.removeprefix("n-"): value for key, value in request.POST.items() if key.startswith("n-")}
    if request.method == "POST":
        try:
            if act == "again":
                correction = forms_panel.ReasonForm(request.POST, prefix="again")
                if not correction.is_valid():
                    raise sheets.NotPossible(_("Tulis alasan perbaikan."))
                given = correction.cleaned_data
                sheets.begin(member, stage, component, by=request.user, at=timezone.now(), **given)
            elif act in ("save", "lock"):
                begun = sheets.begin(member, stage, component, by=request.user, at=timezone.now())
                left = sheets.save(begun, typed, by=request.user)
                if act == "lock":
                    sheets.lock(begun, by=request.user, at=timezone.now())
                    messages.success(request, _("Lembar dikunci. Sidiknya masuk catatan publik."))
                    return redirect("assessment_list")
                messages.success(request, _("Tersimpan. %(n)s peserta belum dinilai.") % {"n": left})
        except sheets.Wrong as error:
            problems = error.problems
        except sheets.NotPossible as error:
            messages.error(request, str(error))
        else:
            return redirect("assessment_sheet", pk=pk, stage=stage.pk, component=component)
    return _page(request, member, stage, component, sheet, typed, problems, correction)


def _page(request, member, stage, component, sheet, typed, problems, correction):
    values = dict(sheet.scores.values_list("application_id", "value")) if sheet else {}
    barred = set(member.conflicts.values_list("application_id", flat=True))
    rows = []
    for one in participants.of_stage(stage):
        if one.pk in barred:
            continue
        kept = (
            ""
            if one.pk not in values
            else sheets.ABSENT
            if values[one.pk] is None
            else str(values[one.pk]).replace(".", ",")
        )
        number = one.participant_number
        rows.append({"one": one, "text": typed.get(number, kept), "problem": problems.get(number, "")})
    context = {
        "member": member,
        "stage": stage,
        "label": components.scored(member.panel.recruitment).get(component, component),
        "component": component,
        "sheet": sheet,
        "rows": rows,
        "barred": len(barred),
        "problems": len(problems),
        "correction": correction,
    }
    return render(request, "workforce/panel/sheet.html", context, status=422 if problems else 200)


def _mine(request):
    return PanelMember.objects.filter(user=request.user, left_at=None, panel__sealed_at__isnull=False).select_related(
        "panel__recruitment", "declaration"
    )
