"""The office's side of a check of files: choose them, see how far it is, sum it up or drop it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guards import roles_required
from oversight import rules
from oversight.actions import re_review
from oversight.actions.standing import NotAllowed, NotReady
from oversight.finding_queries import sent_findings
from oversight.forms_recheck import RecheckForm
from selection.actions import ranking, rechecks
from selection.models import Recheck

SHOWN = 500  # files in the table; the numbers above it count all


@roles_required(*rules.OFFICE)
@require_http_methods(["GET", "POST"])
def recheck_new(request, number):
    """Choose the files of a finding's stage to check again; the number is shown before anybody is told."""
    finding = get_object_or_404(sent_findings(), number=number)
    if ranking.is_ranked(finding.stage):
        messages.error(request, _("Tahap ini memakai nilai. Hitung ulang dari halaman temuan."))
        return redirect("finding_answer", number=number)
    form = RecheckForm(request.POST or None, stage=finding.stage)
    count = form.files.count() if form.is_valid() else 0
    if form.is_valid() and request.POST.get("sure") == str(count):
        try:
            found = re_review.open_files(
                finding,
                form.files,
                reason=form.cleaned_data["reason"],
                scope=form.scope,
                by=request.user,
                at=timezone.now(),
            )
        except (NotAllowed, NotReady, rechecks.NotReady) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Berkas dibuka kembali. Pemiliknya sudah dikabari."))
            return redirect("recheck_detail", pk=found.pk)
    context = {"finding": finding, "stage": finding.stage, "form": form, "count": count if not form.errors else 0}
    return render(request, "oversight/recheck_form.html", context, status=422 if form.errors else 200)


@roles_required(*rules.OFFICE)
@require_http_methods(["GET", "POST"])
def recheck_detail(request, pk):
    """How far a check is, file by file but without what was said; sum it up, or drop it whole."""
    found = get_object_or_404(Recheck.objects.select_related("stage__recruitment", "opened_by", "ended_by"), pk=pk)
    if request.method == "POST":
        return _decided(request, found)
    files = found.files.select_related("application__formation").order_by("application__participant_number")
    context = {
        "recheck": found,
        "stage": found.stage,
        "zone": found.stage.recruitment.zone,
        "progress": rechecks.progress(found),
        "files": files[:SHOWN],
    }
    return render(request, "oversight/recheck.html", context)


def _decided(request, found: Recheck):
    try:
        if request.POST.get("decision") == "sum_up":
            shadow = re_review.sum_up(found, by=request.user, at=timezone.now())
            return redirect("review_shadow", pk=shadow.pk)
        if request.POST.get("decision") == "cancel":
            re_review.cancel_files(found, by=request.user, at=timezone.now())
            messages.success(request, _("Pemeriksaan ulang dibatalkan. Semua hasil tetap."))
    except (NotAllowed, NotReady, rechecks.NotReady, ranking.CannotRank) as error:
        messages.error(request, str(error))
    return redirect("recheck_detail", pk=found.pk)
