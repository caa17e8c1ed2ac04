"""Redacting a row of a published list: one person prepares, another approves, the keeper puts the files in place."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from selection.actions import redaction
from selection.models import Redaction
from selection.views.erasures import NEWEST


class AskForm(forms.Form):
    """Which row of which list, by which letter."""

    number = forms.CharField(label=_("Nomor pengumuman"), max_length=20, help_text=_("Misalnya 2026-1."))
    p = forms.CharField(label=_("Nomor peserta"), max_length=10, help_text=_("10 huruf dan angka, seperti di daftar."))
    reason = forms.ChoiceField(label=_("Alasan"), choices=Redaction.Reason, widget=forms.RadioSelect)
    letter = forms.RegexField(
        r"^[0-9A-Za-z./ -]{1,60}$",
        label=_("Nomor surat"),
        help_text=_("Nomor putusan, perintah, atau permohonan. Jangan tulis nama orang di sini."),
        error_messages={"invalid": _("Nomor surat berisi huruf, angka, titik, garis miring, dan garis saja.")},
    )


@roles_required(Role.PREPARER, Role.PUBLISHER)
@require_http_methods(["GET", "POST"])
def redaction_list(request):
    """What was redacted or waits, newest first; whoever prepares may prepare one here."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        if not request.user.has_role(Role.PREPARER):
            messages.error(request, _("Yang menyiapkan adalah petugas penyiap. Anda yang mengesahkan."))
            return redirect("redaction_list")
        asked = form.cleaned_data
        try:
            redaction.ask(
                asked["number"].strip(), asked["p"].strip().upper(), reason=asked["reason"], letter=asked["letter"],
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except redaction.NotRedactable as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Disiapkan. Sekarang petugas pengesah memeriksanya."))
            return redirect("redaction_list")
    found = Redaction.objects.select_related("announcement", "asked_by", "approved_by")[:NEWEST]
    context = {"redactions": found, "form": form, "may_ask": request.user.has_role(Role.PREPARER)}
    return render(request, "selection/redaction/list.html", context, status=422 if form.errors else 200)


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def redaction_approval(request, pk):
    """Which rows disappear from which versions; the second person approves all of them."""
    found = get_object_or_404(Redaction.objects.select_related("announcement__stage__recruitment", "asked_by"), pk=pk)
    if request.method == "POST":
        try:
            redaction.approve(found, by=request.user, at=timezone.now())
        except (redaction.NotAllowed, redaction.NotRedactable) as error:
            messages.error(request, str(error))
            return redirect("redaction_approval", pk=pk)
        messages.success(request, _("Disahkan. Berkasnya diganti setelah tercatat dalam catatan publik."))
        return redirect("redaction_list")
    together = Redaction.objects.filter(announcement__number=found.announcement.number, fact=None)
    context = {"redaction": found, "together": together.select_related("announcement").order_by("pk")}
    return render(request, "selection/redaction/approval.html", context)
