"""A superior's side: whose plans wait, agree or give back, assess, and how the own marks are spread."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from workforce.actions import appraisal, plans
from workforce.forms_appraisal import AssessmentForm, NoteForm
from workforce.models import AppraisalYear, Plan, Predicate
from workforce.predicate import GUIDANCE, TABLE, UnitPredicate
from workforce.reading import below, calibration_for, my_employee, plan_below, rating_for, read_plan


@login_required
@require_GET
def team_appraisal_list(request):
    """The people who answer to me, by year, how far they are, and the spread of my marks beside the guidance."""
    me = my_employee(request.user)
    people = list(below(me).select_related("position").order_by("name"))
    years = []
    for year in AppraisalYear.objects.all()[:3]:
        mine = {one.employee_id: one for one in Plan.objects.filter(year=year, employee__in=people)}
        marked = appraisal.newest(mine.values())
        rows = [(one, mine.get(one.pk), marked.get(mine[one.pk].pk) if one.pk in mine else None) for one in people]
        rating = rating_for(me, year)
        spread = appraisal.spread(mine.values())
        years.append(
            {
                "year": year,
                "rows": rows,
                "spread": [(label, spread.get(value, 0)) for value, label in Predicate.choices],
                "rating": rating,
                "guidance": GUIDANCE[UnitPredicate(rating.predicate)] if rating else "",
                "calibration": calibration_for(me, year),
            }
        )
    return render(request, "workforce/appraisal/team.html", {"years": years, "people": people})


@login_required
@require_http_methods(["GET", "POST"])
def team_appraisal(request, pk):
    """One plan of somebody who answers to me."""
    me = my_employee(request.user)
    plan, now, do = plan_below(me, pk), timezone.now(), request.POST.get("do", "")
    form, note = AssessmentForm(), NoteForm()
    if request.method == "POST":
        try:
            if do == "assess":
                form = AssessmentForm(request.POST)
                if form.is_valid():
                    given = form.cleaned_data
                    appraisal.assess(plan, by=request.user, at=now, today=timezone.localdate(now), **given)
                    messages.success(request, _("Penilaian tercatat. Pegawai membacanya dan dapat menanggapi."))
                    return redirect("team_appraisal", pk=pk)
            elif do in ("agree", "give_back"):
                note = NoteForm(request.POST)
                act = plans.agree if do == "agree" else plans.give_back
                if note.is_valid():
                    act(plan, note=note.cleaned_data["note"], by=request.user, at=now)
                    messages.success(request, _("Tercatat."))
                    return redirect("team_appraisal", pk=pk)
        except plans.NotPossible as error:
            messages.error(request, str(error))
    context = {
        "plan": plan,
        "year": plan.year,
        "form": form,
        "note_form": note,
        "table": [(result.label, behaviour.label, predicate.label) for (result, behaviour), predicate in TABLE.items()],
        **read_plan(plan),
    }
    return render(request, "workforce/appraisal/team_plan.html", context, status=422 if form.errors else 200)
