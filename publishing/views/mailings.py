"""The office sees letters to many leave, pauses and resumes them, and stops what must not go on."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required
from accounts.roles import STAFF_ROLES, Role
from publishing import mailing_states, queries
from publishing.actions import mailing
from publishing.mailing_states import MailingState
from publishing.models import Mailing

MAY_STOP = (Role.PREPARER, Role.PUBLISHER)
A_PAGE = 30
ACTS = {MailingState.PAUSED: mailing.pause, MailingState.RUNNING: mailing.resume, MailingState.STOPPED: mailing.stop}


class StepForm(forms.Form):
    """What shall happen to the mailing, and why."""

    to = forms.ChoiceField(choices=[(state.value, state.label) for state in ACTS], widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Alasan"),
        max_length=300,
        help_text=gettext_lazy("Dibaca rekan Anda. Jangan tulis nama pelamar."),
        error_messages={"required": gettext_lazy("Tulis alasannya.")},
    )


@roles_required(*STAFF_ROLES)
@require_GET
def mailing_list(request):
    """Letters to many, what runs or is paused first."""
    page = Paginator(queries.mailings(), A_PAGE).get_page(request.GET.get("halaman"))
    return render(request, "publishing/mailing_list.html", {"page": page, "at": timezone.now()})


@roles_required(*STAFF_ROLES)
@require_http_methods(["GET", "POST"])
def mailing_detail(request, pk):
    """How far it is, what failed and why; anybody of the office pauses and resumes it."""
    found = get_object_or_404(Mailing.objects.select_related("publication"), pk=pk)
    form = StepForm(request.POST or None)
    if form.is_valid():
        to = form.cleaned_data["to"]
        if to == MailingState.STOPPED and not request.user.has_role(*MAY_STOP):
            raise PermissionDenied
        try:
            ACTS[to](found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except mailing.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Tercatat: %(state)s.") % {"state": MailingState(to).label.lower()})
            return redirect("mailing_detail", pk=pk)
    now = timezone.now()
    context = {
        "mailing": found,
        "form": form,
        "next": [state for state in ACTS if mailing_states.allows(found.state, state)],
        "may_stop": request.user.has_role(*MAY_STOP) and mailing_states.allows(found.state, MailingState.STOPPED),
        "progress": queries.progress(found),
        "steps": found.steps.select_related("by"),
        "open": found.is_open(now),
        "opens_at": found.next_opening(now),
        "zone": found.zone,
    }
    return render(request, "publishing/mailing_detail.html", context, status=422 if form.errors else 200)
