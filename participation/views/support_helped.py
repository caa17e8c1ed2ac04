"""An officer at a post enters that a person supports a contribution; the person agrees by the code of a letter."""

from contextlib import contextmanager

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import roles_required
from participation.actions import contributions
from participation.forms_consultation import HelpedAddressForm
from participation.models import Consultation, Contribution
from participation.views.contribution_helped import POST_DESK
from publishing.views.with_consent import Refused, Steps

A_PAGE = 30


@roles_required(*POST_DESK)
@require_safe
def contribution_helped_list(request, pk):
    """What was said to a consultation, to choose from what a person supports or to write something new."""
    consultation = get_object_or_404(Consultation.objects.public(), pk=pk)
    if not Consultation.objects.taking().filter(pk=pk).exists():
        messages.error(request, _("Konsultasi ini sedang tidak menerima masukan. Lihat waktunya di bawah."))
        return redirect("consultation_desk_list")
    said = Contribution.objects.confirmed().with_support().filter(consultation=consultation)
    said = said.exclude(hiding__restored=False).order_by("-support", "confirmed_at", "pk")
    page = Paginator(said, A_PAGE).get_page(request.GET.get("halaman"))
    return render(request, "participation/consultation/helped_list.html", {"consultation": consultation, "page": page})


@roles_required(*POST_DESK)
@require_http_methods(["GET", "POST"])
def support_helped_new(request, pk):
    """One mailbox has one voice; nothing is kept before the person agreed."""
    rows = Contribution.objects.confirmed().select_related("consultation", "hiding")
    found = get_object_or_404(rows.filter(consultation__in=Consultation.objects.public()), pk=pk)
    now = timezone.now()

    def ask(given):
        with _said():
            contributions.ask_support_consent(found, given["email"], by=request.user, at=now)

    def enter(given, code):
        with _said():
            contributions.support_agreed(found, given["email"], code, by=request.user, at=now)

    steps = Steps(request, HelpedAddressForm(request.POST or None), ask=ask, enter=enter)
    if steps.limited:
        messages.error(request, _("Terlalu sering untuk alamat ini. Coba lagi satu jam lagi."))
    if steps.done:
        messages.success(
            request, _("Selesai. Satu kotak surat satu suara: yang sudah pernah mendukung tidak dihitung lagi.")
        )
        return redirect("contribution_helped_list", pk=found.consultation_id)
    context = {"steps": steps, "said": found, "hidden": contributions.is_hidden(found)}
    return render(
        request,
        "participation/consultation/support_helped.html",
        context,
        status=429 if steps.limited else steps.status,
    )


@contextmanager
def _said():
    """What the action refuses is told to the officer in its own words."""
    try:
        yield
    except (contributions.Closed, contributions.NotPossible) as error:
        raise Refused(str(error)) from None
