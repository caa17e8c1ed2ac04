"""The desk and the officers of agencies: a queue by due time, one case, one form at a time."""

from django.contrib import messages
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import roles_required
from accounts.roles import Role
from participation import case_forms
from participation.actions import cases
from participation.case_states import CaseState, NotAllowed
from participation.models import CaseClock, ServiceCase
from participation.models.service_case import DESK


@roles_required(*DESK, Role.AGENCY_OFFICER)
@require_safe
def case_queue(request):
    """What waits for this visitor, the nearest due first."""
    mine = ServiceCase.objects.visible_to(request.user).open()
    running = CaseClock.objects.filter(ended_at=None, case__in=mine).select_related("case__agency")
    context = {"clocks": running.order_by("due_at", "pk")[:200], "at": timezone.now()}
    return render(request, "participation/case/queue.html", context)


@roles_required(*DESK, Role.AGENCY_OFFICER)
@require_http_methods(["GET", "POST"])
def case_work(request, number):
    """One case: what the citizen wrote, and what this visitor may do now. Each look is written down."""
    case = get_object_or_404(ServiceCase.objects.visible_to(request.user), number=number)
    if request.method == "POST":
        try:
            if _act(request, case):
                messages.success(request, _("Tercatat."))
                return redirect("case_queue")
            messages.error(request, _("Isian belum lengkap. Tulis kata-kata untuk umum atau pilih kantor."))
        except NotAllowed as error:
            messages.error(request, str(error))
        return redirect("case_work", number=number)
    cases.look(case, by=request.user, at=timezone.now())
    desk = request.user.has_role(*DESK)
    same = ServiceCase.objects.open().filter(topic=case.topic).exclude(pk=case.pk)
    context = {
        "case": case,
        "steps": case.steps.select_related("by", "agency"),
        "clocks": case.clocks.select_related("agency"),
        "photos": case.photos.all(),
        "route": case_forms.RouteForm(initial={"agency": case.agency}),
        "words": case_forms.WordsForm(auto_id="answer_%s"),
        "reason": case_forms.WordsForm(auto_id="reason_%s"),
        "merge": case_forms.MergeForm(),
        "may_route": desk and case.state == CaseState.RECEIVED,
        "may_merge": desk and case.state in (CaseState.RECEIVED, CaseState.ROUTED),
        "may_answer": cases.may_answer(request.user, case),
        "same": same.order_by("-filed_at")[:10] if desk else [],
        "at": timezone.now(),
    }
    return render(request, "participation/case/work.html", context)


def _act(request, case) -> bool:
    """Do what the button says; False where its form is not filled in."""
    who = {"by": request.user, "at": timezone.now()}
    match request.POST.get("do"):
        case "route":
            form = case_forms.RouteForm(request.POST)
            if form.is_valid():
                cases.route(case, **form.cleaned_data, **who)
        case "merge":
            form = case_forms.MergeForm(request.POST)
            if form.is_valid():
                into = ServiceCase.objects.filter(number=form.cleaned_data["number"].strip().upper()).first()
                if into is None:
                    raise NotAllowed(_("Nomor itu tidak kami kenal."))
                cases.merge(case, into, **who)
        case "answer" | "pass_on" | "decline" as do:
            form = case_forms.WordsForm(request.POST)
            act = {"answer": cases.answer, "pass_on": cases.pass_on, "decline": cases.decline}[do]
            if form.is_valid():
                act(case, **form.cleaned_data, **who)
        case _:
            return False
    return form.is_valid()


@roles_required(*DESK, Role.AGENCY_OFFICER)
@require_safe
def case_photo(request, number, pk):
    """A photo, for whoever may open the case."""
    case = get_object_or_404(ServiceCase.objects.visible_to(request.user), number=number)
    photo = get_object_or_404(case.photos, pk=pk)
    cases.look(case, by=request.user, at=timezone.now())
    response = FileResponse(photo.file.open("rb"), content_type=photo.content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
