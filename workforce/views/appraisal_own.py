"""A person's own appraisal: the plan, the evidence, what the superior said, and the reply."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workforce.actions import appraisal, plans
from workforce.forms_appraisal import AssessmentReplyForm, EvidenceForm, PlanForm
from workforce.models import AppraisalYear, Assessment, Plan
from workforce.plan_states import PlanState
from workforce.reading import calibration_for, my_employee, read_plan


@login_required
@require_GET
def my_appraisal_list(request):
    """The years, and how far mine are."""
    me = my_employee(request.user)
    mine = {one.year_id: one for one in me.plans.all()}
    years = [(year, mine.get(year.pk)) for year in AppraisalYear.objects.all()]
    context = {"years": years, "superior": plans.superior_for(me), "leads": me.lines_below.standing().exists()}
    return render(request, "workforce/appraisal/mine.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def my_appraisal(request, year):
    """My plan of one year: write and send it, or take it back; then what was said about it."""
    me, year = my_employee(request.user), get_object_or_404(AppraisalYear, pk=year)
    now, do = timezone.now(), request.POST.get("do", "")
    plan = Plan.objects.filter(employee=me, year=year).first()
    form = None
    if request.method == "POST":
        try:
            plan = plan or plans.begin(me, year, at=now)
            if do == "take_back":
                plans.take_back(plan, by=request.user, at=now)
            elif do in ("save", "send"):
                form = PlanForm(request.POST, plan=plan)
                if not form.is_valid():
                    return _page(request, me, year, plan, form, status=422)
                plans.write(plan, results=form.results, behaviour=form.behaviour)
                if do == "send":
                    plans.propose(plan, by=request.user, at=now)
                messages.success(request, _("Terkirim ke atasan.") if do == "send" else _("Tersimpan."))
        except plans.NotPossible as error:
            messages.error(request, str(error))
        return redirect("my_appraisal", year=year.pk)
    return _page(request, me, year, plan, form)


def _page(request, me, year, plan, form, *, evidence=None, status=200):
    writes = plan is not None and plan.state == PlanState.DRAFT and not year.closed_at
    context = {
        "me": me,
        "year": year,
        "plan": plan,
        "superior": plans.superior_for(me),
        "form": form or (PlanForm(plan=plan) if writes else None),
        "evidence_form": evidence or EvidenceForm(),
        "reply_form": AssessmentReplyForm(),
        "calibration": calibration_for(me, year),
        **(read_plan(plan) if plan else {}),
    }
    return render(request, "workforce/appraisal/my_year.html", context, status=status)


@login_required
@require_POST
def my_evidence_new(request, year):
    """One more thing that was done."""
    me = my_employee(request.user)
    plan = get_object_or_404(Plan.objects.select_related("year"), employee=me, year=year)
    form = EvidenceForm(request.POST)
    if not form.is_valid():
        return _page(request, me, plan.year, plan, None, evidence=form, status=422)
    try:
        plans.add_evidence(plan, at=timezone.now(), **form.cleaned_data)
    except plans.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Bukti tercatat."))
    return redirect("my_appraisal", year=year)


@login_required
@require_POST
def my_assessment_reply(request, pk):
    """My words to one assessment of mine."""
    me = my_employee(request.user)
    found = get_object_or_404(Assessment.objects.select_related("plan"), pk=pk, plan__employee=me)
    form = AssessmentReplyForm(request.POST)
    if form.is_valid():
        appraisal.reply(found, form.cleaned_data["text"], at=timezone.now())
        messages.success(request, _("Tanggapan Anda tercatat. Atasan membacanya."))
    else:
        messages.error(request, _("Tulis tanggapan Anda."))
    return redirect("my_appraisal", year=found.plan.year_id)
