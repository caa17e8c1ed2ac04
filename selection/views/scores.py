"""Score files on the staff desk: upload with a report, then a second person decides."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from selection.actions import participants, scores
from selection.models import ScoreBatch
from selection.score_files import parts
from vacancies.models import Stage


class UploadForm(forms.Form):
    """A score file or a participant list, and the reason when it corrects an earlier one."""

    kind = forms.ChoiceField(
        label=_("Isi berkas"),
        choices=[("scores", _("Nilai")), ("participants", _("Daftar peserta (seleksi nasional)"))],
        widget=forms.RadioSelect,
        initial="scores",
    )
    file = forms.FileField(label=_("Berkas"), help_text=_("CSV (UTF-8) atau XLSX. Baris pertama berisi judul kolom."))
    reason = forms.CharField(label=_("Alasan koreksi"), max_length=500, required=False)


@roles_required(Role.PREPARER, Role.PUBLISHER)
@require_GET
def score_batch_list(request, stage):
    """The score files of one stage, newest first."""
    stage = get_object_or_404(Stage.objects.select_related("recruitment"), pk=stage)
    context = {"stage": stage, "zone": stage.recruitment.zone, "batches": stage.batches.order_by("-sequence")}
    return render(request, "selection/scores/list.html", context)


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def score_upload(request, stage):
    """Upload one file: checked whole, stored whole or not at all."""
    stage = get_object_or_404(Stage.objects.select_related("recruitment"), pk=stage)
    form = UploadForm(request.POST or None, request.FILES or None)
    refused = None
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if form.cleaned_data["kind"] == "participants":
                count = participants.import_participants(
                    stage, file, by=request.user, at=timezone.now(), file_name=file.name
                )
                messages.success(request, _("%(n)s peserta baru.") % {"n": count})
                return redirect("score_batch_list", stage=stage.pk)
            batch = scores.stage_file(
                stage, file, file_name=file.name, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"]
            )
            return redirect("score_batch", pk=batch.pk)
        except scores.Refused as error:
            refused = error
    status = 422 if refused or form.errors else 200
    context = {"stage": stage, "form": form, "refused": refused, "carries": parts.of_a_file(stage)}
    return render(request, "selection/scores/upload.html", context, status=status)


@roles_required(Role.PREPARER, Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def score_batch(request, pk):
    """One file: its control totals and what it changes; the second person approves or refuses it."""
    batch = get_object_or_404(ScoreBatch.objects.select_related("stage__recruitment", "uploaded_by"), pk=pk)
    if request.method == "POST":
        act = scores.approve if request.POST.get("decision") == "approve" else scores.refuse
        if act is scores.approve and not request.user.has_role(Role.PUBLISHER):
            messages.error(request, _("Yang mengesahkan adalah petugas pengesah."))
            return redirect("score_batch", pk=pk)
        try:
            act(batch, by=request.user, at=timezone.now())
        except scores.Undecidable as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Keputusan dicatat."))
        return redirect("score_batch", pk=pk)
    context = {
        "batch": batch,
        "stage": batch.stage,
        "shadow": scores.shadow_on(batch),
        "totals": {key: _figure(batch.report.get(key)) for key in ("sum", "min", "max")},
        "carries": parts.of_batch(batch),
    }
    return render(request, "selection/scores/batch.html", context)


def _figure(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None
