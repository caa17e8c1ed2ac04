"""The desk and the officers of agencies: a queue by due time, one case, one form at a time."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import roles_required
from accounts.roles import Role
from participation import forms_case as forms
from participation.actions import case_work
from participation.case_states import CaseState, NotAllowed
from participation.models import CaseClock, ServiceCase
from participation.models.service_case import DESK
from participation.views.cases import standing


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
def case_work_page(request, number):
    """One case: what the citizen wrote, and what this visitor may do now. Each look is written down."""
    case = get_object_or_404(ServiceCase.objects.visible_to(request.user), number=number)
    filled = {}
    if request.method == "POST":
        do = request.POST.get("do")
        form = _form(do, case, request.POST)
        if form.is_valid():
            try:
                _act(do, case, form.cleaned_data, by=request.user, at=timezone.now())
            except NotAllowed as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Tercatat."))
                return redirect("case_queue")
        filled[do] = form
    return _work_page(request, case, filled)


FORMS = {
    "route": forms.RouteForm,
    "merge": forms.MergeForm,
    "answer": forms.AnswerForm,
    "pass_on": forms.ReasonForm,
    "decline": forms.ReasonForm,
    "mend": forms.MendForm,
}


def _form(do: str, case, filled=None):
    """The form behind a button; its fields have names of their own, for there are several on the page."""
    if do not in FORMS:
        raise Http404(_("Tidak ada tindakan seperti itu."))
    extra = {"case": case} if do == "mend" else {}
    if do == "route":
        extra["initial"] = {"agency": case.agency_id, "summary": case.summary}
    return FORMS[do](filled, auto_id=f"{do}_%s", **extra)


def _act(do: str, case, given: dict, *, by, at) -> None:
    """What the button says. Raises NotAllowed."""
    match do:
        case "route":
            case_work.route(case, **given, by=by, at=at)
        case "merge":
            into = ServiceCase.objects.filter(number=given["number"].strip().upper()).first()
            if into is None:
                raise NotAllowed(_("Nomor itu tidak kami kenal."))
            case_work.merge(case, into, by=by, at=at)
        case "answer":
            case_work.answer(case, **given, by=by, at=at)
        case "pass_on":
            case_work.pass_on(case, **given, by=by, at=at)
        case "decline":
            case_work.decline(case, **given, by=by, at=at)
        case "mend":
            case_work.mend(**given, by=by, at=at)


def _work_page(request, case, filled: dict):
    case_work.look(case, by=request.user, at=timezone.now())
    case = ServiceCase.objects.select_related("agency", "formation", "stage__recruitment").get(pk=case.pk)
    desk = request.user.has_role(*DESK)
    may = {
        "answer": case_work.may_answer(request.user, case),
        "pass_on": case_work.may_answer(request.user, case),
        "route": desk and case.state == CaseState.RECEIVED,
        "decline": desk and case.state == CaseState.RECEIVED,
        "merge": desk and case.state in (CaseState.RECEIVED, CaseState.ROUTED),
        "mend": desk and case.steps.exclude(words="").exists(),
    }
    same = ServiceCase.objects.open().filter(topic=case.topic).exclude(pk=case.pk)
    context = standing(case) | {
        "photos": case.photos.all(),
        "forms": {do: filled.get(do) or _form(do, case) for do, allowed in may.items() if allowed},
        "form": next(iter(filled.values()), None),
        "same": same.order_by("-filed_at")[:10] if may["merge"] else [],
        "desk": desk,
    }
    return render(request, "participation/case/work.html", context, status=422 if filled else 200)


@roles_required(*DESK, Role.AGENCY_OFFICER)
@require_safe
def case_photo(request, number, pk):
    """A photo, for whoever may open the case."""
    case = get_object_or_404(ServiceCase.objects.visible_to(request.user), number=number)
    photo = get_object_or_404(case.photos, pk=pk)
    case_work.look(case, by=request.user, at=timezone.now())
    response = FileResponse(photo.file.open("rb"), content_type=photo.content_type)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
