"""An officer at a post writes down what a person says to a consultation; the person agrees by the code of a letter."""

from allauth.core import ratelimit
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guards import roles_required
from accounts.roles import Role
from participation.actions import contributions
from participation.forms_consultation import ContributionForm
from participation.models import Consultation, Contribution
from participation.views.consultation_desk import DESK
from publishing.actions.consenting import WrongCode
from publishing.forms_consent import CodeForm

POST_DESK = (*DESK, Role.AGENCY_OFFICER)


@roles_required(*POST_DESK)
@require_http_methods(["GET", "POST"])
def contribution_helped_new(request, pk):
    """The person's words; a letter with a code goes to the person's address."""
    consultation = get_object_or_404(Consultation.objects.public(), pk=pk)
    if not Consultation.objects.taking().filter(pk=pk).exists():
        messages.error(request, _("Konsultasi ini sedang tidak menerima masukan. Lihat waktunya di bawah."))
        return redirect("consultation_desk_list")
    form = ContributionForm(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        if not ratelimit.consume(request, action="contribution", key=given["email"].lower()):
            return ratelimit.respond_429(request)
        try:
            made = contributions.contribute(
                consultation, address=given["email"], name=given["name"], text=given["text"], parent=None,
                at=timezone.now(), helped_by=request.user,
            )  # fmt: skip
        except (contributions.Closed, contributions.NotPossible) as error:
            form.add_error(None, str(error))
        else:
            return redirect("contribution_helped_code", pk=pk, contribution=made.pk)
    return _page(request, form, consultation, _("Tulis masukan seseorang"), _("Kirim kode ke alamat itu"))


@roles_required(*POST_DESK)
@require_http_methods(["GET", "POST"])
def contribution_helped_code(request, pk, contribution):
    """The person's consent: the code that only the person's letter tells. The address is not shown again."""
    rows = Contribution.objects.select_related("consultation", "subscriber").exclude(subscriber=None)
    found = get_object_or_404(rows, pk=contribution, consultation=pk, helped_by=request.user, confirmed_at=None)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="event_code", key=f"contribution:{found.pk}"):
            return ratelimit.respond_429(request)
        try:
            contributions.consent(found, form.cleaned_data["code"], at=timezone.now())
        except WrongCode as error:
            form.add_error("code", error)
        except (contributions.Closed, contributions.NotPossible) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Masukan itu sekarang tampil di halaman konsultasi."))
            return redirect("consultation_desk_list")
    title, button = _("Masukkan kode persetujuan"), _("Kirim masukan")
    return _page(request, form, found.consultation, title, button, words=found.text)


def _page(request, form, consultation, title, button, words=""):
    context = {"form": form, "consultation": consultation, "title": title, "button": button, "words": words}
    return render(request, "participation/consultation/helped.html", context, status=422 if form.errors else 200)
