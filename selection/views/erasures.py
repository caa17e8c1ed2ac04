"""Erasing personal data: one person of the office asks, another approves, the worker erases."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from selection.actions import erasure
from selection.models import Application, Erasure

NEWEST = 100


class AskForm(forms.Form):
    """Whose data is to go, by which letter."""

    application = forms.CharField(
        label=_("Nomor lamaran"), max_length=14, help_text=_("LMR- diikuti 8 huruf dan angka. Salah satu saja cukup.")
    )
    reason = forms.ChoiceField(
        label=_("Alasan"),
        choices=[(one.value, one.label) for one in (Erasure.Reason.REQUEST, Erasure.Reason.ORDER)],
        widget=forms.RadioSelect,
    )
    letter = forms.RegexField(
        r"^[0-9A-Za-z./ -]{1,60}$",
        label=_("Nomor surat"),
        help_text=_("Nomor surat permohonan atau putusan. Jangan tulis nama orang di sini."),
        error_messages={"invalid": _("Nomor surat berisi huruf, angka, titik, garis miring, dan garis saja.")},
    )

    def clean_application(self):
        found = Application.objects.filter(ref=self.cleaned_data["application"].strip().upper()).first()
        if found is None:
            raise forms.ValidationError(_("Nomor lamaran ini tidak ada. Periksa lagi di surat permohonannya."))
        return found


@roles_required(Role.PREPARER, Role.PUBLISHER)
@require_http_methods(["GET", "POST"])
def erasure_list(request):
    """What was asked and done, newest first; whoever prepares may ask here."""
    form = AskForm(request.POST or None)
    if form.is_valid():
        if not request.user.has_role(Role.PREPARER):
            messages.error(request, _("Yang mengajukan adalah petugas penyiap. Anda yang mengesahkan."))
            return redirect("erasure_list")
        asked = form.cleaned_data
        try:
            erasure.ask(
                asked["application"], reason=asked["reason"], letter=asked["letter"], by=request.user, at=timezone.now()
            )
        except (erasure.NotErasable, erasure.NotAllowed) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Pengajuan dicatat. Sekarang petugas pengesah memeriksanya."))
            return redirect("erasure_list")
    found = Erasure.objects.select_related("asked_by", "approved_by")[:NEWEST]
    context = {"erasures": found, "form": form, "may_ask": request.user.has_role(Role.PREPARER)}
    return render(request, "selection/erasure/list.html", context, status=422 if form.errors else 200)


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def erasure_approval(request, pk):
    """What will go and what will stay; the second person approves."""
    found = get_object_or_404(Erasure.objects.exclude(reason=Erasure.Reason.EXPIRED), pk=pk)
    if request.method == "POST":
        try:
            erasure.approve(found, by=request.user, at=timezone.now())
        except erasure.NotAllowed as error:
            messages.error(request, str(error))
            return redirect("erasure_approval", pk=pk)
        messages.success(request, _("Disahkan. Data terhapus dalam beberapa menit."))
        return redirect("erasure_list")
    return render(request, "selection/erasure/approval.html", {"erasure": found})
