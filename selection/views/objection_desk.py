"""The desk where objections are decided, by people who took no part in the result."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from selection import objection_evidence, rules
from selection.actions import objection_decision as actions
from selection.forms.decision import DecisionForm, DisagreementForm
from selection.models import Objection, Reopening
from selection.objection_states import ObjectionState
from selection.views.documents import hand_out


@roles_required(Role.ADJUDICATOR, Role.PREPARER, Role.PUBLISHER)
@require_GET
def objection_queue(request):
    """Objections that wait, the nearest due first; whose part in the result bars them sees so, not the file."""
    waiting = list(Objection.objects.waiting().select_related("stage__recruitment").order_by("due_at", "pk")[:200])
    barred = rules.barred_from(waiting, request.user)
    judges = request.user.has_role(Role.ADJUDICATOR)
    reopened = Reopening.objects.of_objections().unsettled()
    reopened = reopened.select_related("application", "objection", "stage__recruitment")
    reopened = list(reopened.order_by("at", "pk")[:100])
    shut = rules.barred_from_files(reopened, request.user)
    context = {
        "rows": [(one, judges and one.pk not in barred) for one in waiting],
        "judges": judges,
        "reopened": [(one, judges and one.pk not in shut) for one in reopened],
        "decided": Objection.objects.decided().select_related("stage__recruitment").order_by("-decided_at")[:20],
        "at": timezone.now(),
    }
    return render(request, "selection/objection/queue.html", context)


def _case(request, pk) -> Objection:
    """An objection that this visitor may judge; the file of others stays shut."""
    objection = get_object_or_404(
        Objection.objects.filed().select_related(
            "application__person", "application__answers", "application__formation__unit", "stage__recruitment"
        ),
        pk=pk,
    )
    if not rules.may_judge(request.user, objection):
        raise PermissionDenied
    return objection


@roles_required(Role.ADJUDICATOR)
@second_factor_again
@require_http_methods(["GET", "POST"])
def objection_case(request, pk):
    """One objection: what is disputed, what the portal knows, and the decision. The owner sees that it was opened."""
    objection = _case(request, pk)
    items = list(objection.items.select_related("requirement", "reason"))
    given = request.POST if request.method == "POST" else None
    form = DecisionForm(given, items=items, initial={"answer": objection.answer, "summary": objection.summary})
    if form.is_valid():
        try:
            actions.decide(
                objection,
                verdicts=form.verdicts(),
                answer=form.cleaned_data["answer"],
                summary=form.cleaned_data["summary"],
                by=request.user,
                at=timezone.now(),
            )
        except actions.Incomplete as error:
            form.add_error("summary", str(error))
        except actions.NotAllowed as error:
            messages.error(request, str(error))
            return redirect("objection_queue")
        else:
            messages.success(request, _("Putusan tercatat."))
            return redirect("objection_queue")
    actions.open_file(objection, by=request.user, at=timezone.now())
    context = {
        "objection": objection,
        "application": objection.application,
        "items": items,
        "form": form if objection.state == ObjectionState.FILED else None,
        "second": objection.state == ObjectionState.PROPOSED and objection.decided_by_id != request.user.pk,
        "disagreement": DisagreementForm(),
        "documents": objection.application.documents.select_related("requirement").order_by(
            "requirement__order", "uploaded_at"
        ),
        "attachments": objection.attachments.select_related("document__requirement"),
        "evidence": objection_evidence.for_reading(objection.evidence),
        "steps": objection.steps.select_related("by"),
        "zone": objection.stage.recruitment.zone,
        "at": timezone.now(),
    }
    return render(request, "selection/objection/case.html", context, status=422 if form.errors else 200)


@roles_required(Role.ADJUDICATOR)
@second_factor_again
@require_POST
def objection_confirmation(request, pk):
    """The second person agrees, or gives it back with a reason."""
    objection = _case(request, pk)
    try:
        if request.POST.get("decision") == "agree":
            actions.confirm(objection, by=request.user, at=timezone.now())
            messages.success(request, _("Sanggah dikabulkan. Berkas dan kasus yang sama dibuka kembali."))
        else:
            actions.give_back(objection, because=request.POST.get("because", ""), by=request.user, at=timezone.now())
            messages.success(request, _("Dikembalikan. Sanggah menunggu putusan lagi."))
    except (actions.NotAllowed, actions.Incomplete) as error:
        messages.error(request, str(error))
        return redirect("objection_case", pk=pk)
    return redirect("objection_queue")


@roles_required(Role.ADJUDICATOR)
@require_GET
def objection_case_file(request, pk, kind, file):
    """A document of the file, or an attachment; each look is written down for the owner."""
    objection = _case(request, pk)
    if kind == "dokumen":
        found = get_object_or_404(objection.application.documents.select_related("requirement"), pk=file)
        name, called = found.requirement.text, ""
    elif kind == "penjelasan":
        found = get_object_or_404(objection.attachments, pk=file, document=None)
        name = called = "penjelasan"
    else:
        raise Http404
    actions.open_file(objection, by=request.user, at=timezone.now(), document=name)
    return hand_out(found, shown=True, called=called)
