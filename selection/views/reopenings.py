"""Files that were opened again: two people who never saw them say what follows."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from selection.actions import readmission as actions
from selection.models import Reopening
from selection.queries import reviews_in_force
from selection.views.documents import hand_out


def _file(request, pk) -> Reopening:
    found = get_object_or_404(
        Reopening.objects.of_objections().select_related(
            "application__person", "application__answers", "application__formation__unit", "stage__recruitment",
            "objection",
        ),
        pk=pk,
    )  # fmt: skip
    if not actions.may_judge(request.user, found):
        raise PermissionDenied
    return found


@roles_required(Role.ADJUDICATOR)
@second_factor_again
@require_http_methods(["GET", "POST"])
def reopening_detail(request, pk):
    """An identical case: what was held against the file, what was granted elsewhere, and one word each of two people."""
    found = _file(request, pk)
    if request.method == "POST":
        acts = {
            "met": lambda: actions.judge(found, met=True, by=request.user, at=timezone.now()),
            "not_met": lambda: actions.judge(found, met=False, by=request.user, at=timezone.now()),
            "agree": lambda: actions.agree(found, by=request.user, at=timezone.now()),
            "disagree": lambda: actions.disagree(found, by=request.user),
        }
        try:
            acts.get(request.POST.get("decision"), lambda: None)()
        except actions.NotAllowed as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Tercatat."))
        return redirect("objection_queue")
    actions.open_file(found, by=request.user, at=timezone.now())
    review = reviews_in_force(found.stage).filter(application=found.application).first()
    context = {
        "reopening": found,
        "application": found.application,
        "lacking": review.items.filter(met=False).select_related("requirement", "reason") if review else [],
        "documents": found.application.documents.filter(replaced_at=None).select_related("requirement"),
        "second": found.first_at and found.first_by_id != request.user.pk,
        "zone": found.stage.recruitment.zone,
    }
    return render(request, "selection/objection/reopening.html", context)


@roles_required(Role.ADJUDICATOR)
@require_GET
def reopening_document(request, pk, document):
    """A document of a file that was opened again; the look is written down for the owner."""
    found = _file(request, pk)
    wanted = get_object_or_404(found.application.documents.select_related("requirement"), pk=document)
    actions.open_file(found, by=request.user, at=timezone.now(), document=wanted.requirement.text)
    return hand_out(wanted, shown=True)
