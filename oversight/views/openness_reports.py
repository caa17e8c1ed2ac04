"""Openness reports for everybody, comments on them, and the secretariat's desk for comments."""

from allauth.core import ratelimit
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.guards import public_page
from oversight import rules
from oversight.actions import report_comment as comments
from oversight.forms_openness import CommentForm, DecisionForm
from oversight.models import OpennessReport, ReportComment
from oversight.views.workspace import members_only


@require_safe
@public_page(60)
def openness_report_list(request):
    """All reports, the newest first."""
    reports = OpennessReport.objects.public().only("number", "kind", "public_at", "due_at", "content")[:60]
    return render(request, "oversight/openness/report_list.html", {"reports": reports})


@require_safe
@public_page(60)
def openness_report(request, number):
    """One report as it was written, its files, and what readers said."""
    report = get_object_or_404(OpennessReport.objects.public(), number=number)
    said = list(report.comments.all())
    context = {
        "report": report,
        "content": report.content,
        "comments": [one for one in said if one.published],
        "refused": [one for one in said if one.moderated_at and not one.published],
        "waiting": sum(one.moderated_at is None for one in said),
        "open": report.takes_comments(timezone.now()),
        "late": report.written_at.date() > report.due_at.date(),
    }
    return render(request, "oversight/openness/report.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def report_comment_new(request, number):
    """A reader says something about a report; it waits for the secretariat of the team."""
    report = get_object_or_404(OpennessReport.objects.public(), number=number)
    form = CommentForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="report_comment"):
            return ratelimit.respond_429(request)
        try:
            comments.write(report, **form.cleaned_data, at=timezone.now())
        except comments.NotOpen as error:
            form.add_error(None, str(error))
        else:
            return render(request, "oversight/openness/comment_done.html", {"report": report})
    context = {"report": report, "form": form, "open": report.takes_comments(timezone.now())}
    return render(request, "oversight/openness/comment_form.html", context, status=422 if form.errors else 200)


def _secretariat_only(view):
    """Only members of the secretariat; the other members of the team read what is public."""

    @members_only
    def guarded(request, *args, **kwargs):
        if not rules.may_appoint(request.membership):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@_secretariat_only
@require_GET
def report_comment_list(request):
    """Comments that wait, the oldest first."""
    waiting = ReportComment.objects.waiting().select_related("report")[:50]
    return render(request, "oversight/openness/comment_list.html", {"waiting": waiting, "form": DecisionForm()})


@_secretariat_only
@require_POST
def report_comment_decide(request, pk):
    """Show a comment or refuse it with a reason."""
    comment = get_object_or_404(ReportComment.objects.waiting(), pk=pk)
    form = DecisionForm(request.POST)
    publish = request.POST.get("act") == "publish"
    if form.is_valid():
        try:
            comments.decide(
                comment, publish=publish, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
            )
        except (comments.NeedsReason, comments.NotAllowed) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Komentar diterbitkan.") if publish else _("Komentar tidak diterbitkan."))
    return redirect("report_comment_list")
