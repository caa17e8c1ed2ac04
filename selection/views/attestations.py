"""Officially signed documents on the stage desk: one person hands in, another one decides."""

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from lib.document_checks.check import SIGNED, BadDocument, check
from selection.actions import attestation as attestations
from selection.models import Announcement, Attestation

LARGEST_KB = 50 * 1024


class HandInForm(forms.Form):
    """The signed PDF, number and date as they stand in it, and why it takes the place of an earlier one."""

    letter = forms.CharField(
        label=_("Nomor surat"),
        max_length=100,
        help_text=_("Tulis persis seperti di surat, misalnya 800.1.2.2/123/BKPSDM."),
    )
    letter_date = forms.DateField(label=_("Tanggal surat"), widget=forms.DateInput(attrs={"type": "date"}))
    file = forms.FileField(
        label=_("PDF yang sudah ditandatangani"),
        help_text=_("Hasil dari layanan tanda tangan (BSrE atau PSrE lain), paling besar 50 MB. Jangan dicetak ulang."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,.pdf"}),
    )
    reason = forms.CharField(
        label=_("Alasan mengganti dokumen sebelumnya, dibaca publik"), max_length=500, required=False
    )

    def __init__(self, *args, zone, replaces: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.zone = zone
        if not replaces:
            del self.fields["reason"]

    def clean_letter_date(self):
        found = self.cleaned_data["letter_date"]
        if found > timezone.now().astimezone(self.zone).date():
            raise forms.ValidationError(_("Tanggal surat belum tiba. Tulis tanggal yang tertulis di surat."))
        return found


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def attestation_new(request, pk):
    """Hand in the signed PDF of one public announcement; checked whole, stored whole or not at all."""
    announcement = get_object_or_404(Announcement.objects.public().select_related("stage__recruitment"), pk=pk)
    replaced = attestations.in_force(announcement)
    zone = announcement.stage.recruitment.zone
    form = HandInForm(request.POST or None, request.FILES or None, zone=zone, replaces=replaced is not None)
    if form.is_valid():
        given = form.cleaned_data
        try:
            found = attestations.hand_in(
                announcement,
                check(given["file"], kind=SIGNED, max_kb=LARGEST_KB),
                letter=given["letter"],
                letter_date=given["letter_date"],
                reason=given.get("reason", ""),
                by=request.user,
                at=timezone.now(),
            )
        except BadDocument as error:
            form.add_error("file", str(error))
        except attestations.NotReady as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Dokumen disimpan. Sekarang orang kedua memeriksa dan mengesahkan."))
            return redirect("attestation_detail", pk=found.pk)
    context = {"announcement": announcement, "stage": announcement.stage, "form": form, "replaced": replaced}
    return render(request, "selection/attestation/new.html", context, status=422 if form.errors else 200)


@roles_required(Role.PREPARER, Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def attestation_detail(request, pk):
    """What was found in one signed PDF; the second person approves or refuses it."""
    one = _one(pk)
    if request.method == "POST":
        act = attestations.approve if request.POST.get("decision") == "approve" else attestations.refuse
        if act is attestations.approve and not request.user.has_role(Role.PUBLISHER):
            messages.error(request, _("Yang mengesahkan adalah petugas pengesah."))
            return redirect("attestation_detail", pk=pk)
        try:
            act(one, by=request.user, at=timezone.now())
        except (attestations.NotAllowed, attestations.NotReady) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Keputusan dicatat."))
        return redirect("attestation_detail", pk=pk)
    stage = one.announcement.stage
    context = {"one": one, "stage": stage, "zone": stage.recruitment.zone}
    return render(request, "selection/attestation/detail.html", context)


@roles_required(Role.PREPARER, Role.PUBLISHER)
@require_GET
def attestation_file(request, pk):
    """The PDF as it was handed in, for staff only."""
    one = _one(pk)
    try:
        file = open(attestations.kept_file(one.sha256), "rb")  # noqa: SIM115 - the response closes it
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, content_type="application/pdf", headers={"Cache-Control": "private, no-store"})


def _one(pk: int) -> Attestation:
    found = Attestation.objects.select_related("announcement__stage__recruitment", "uploaded_by", "decided_by")
    return get_object_or_404(found, pk=pk)
