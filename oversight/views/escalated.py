"""What bodies above the office answered: the team writes it down, everybody reads it."""

from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import public_page
from lib.document_checks.check import BadDocument
from oversight.actions import escalated
from oversight.actions.standing import NotAllowed, NotReady
from oversight.finding_queries import own_finding, public_findings
from oversight.forms_escalated import BodyAnswerForm
from oversight.models import BodyAnswer
from oversight.views.guard import members_only


@members_only
@require_http_methods(["GET", "POST"])
def body_answer_new(request, number):
    """Write down a letter of a body that the finding was handed on to."""
    finding = own_finding(request.membership.team, number)
    if not finding.escalations.all():
        raise Http404
    form = BodyAnswerForm(request.POST or None, request.FILES or None, finding=finding)
    if form.is_valid():
        try:
            escalated.write_answer(finding, **form.cleaned_data, by=request.user, at=timezone.now())
        except (NotAllowed, NotReady, BadDocument) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Jawaban dicatat. Semua orang dapat membacanya."))
            return redirect("team_finding", number=number)
    context = {"form": form, "finding": finding}
    return render(request, "oversight/body_answer_form.html", context, status=422 if form.errors else 200)


@require_GET
@public_page(300)
def body_answer_letter(request, number, pk):
    """The letter itself, where the team said that it names nobody."""
    finding = public_findings(timezone.now()).filter(number=number).first()
    if finding is None:
        raise Http404
    found = get_object_or_404(BodyAnswer, pk=pk, finding=finding, file_public=True)
    response = FileResponse(found.file.open("rb"), content_type="application/pdf", filename=f"{number}-{pk}.pdf")
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
