"""Conflicts of interest on the team's own pages: declared by the member, ended by the secretariat."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from oversight.actions import interest
from oversight.actions.standing import NotAllowed, NotReady
from oversight.forms import InterestForm
from oversight.models import Interest
from oversight.views.guard import members_only


@members_only
@require_http_methods(["GET", "POST"])
def team_interest_new(request):
    """Declare an interest of mine."""
    form = InterestForm(request.POST or None)
    if form.is_valid():
        try:
            interest.declare(request.membership, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotReady as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Dicatat. Anda tidak ikut memutus di sana."))
            return redirect("team_members")
    return render(request, "oversight/interest_form.html", {"form": form}, status=422 if form.errors else 200)


@members_only
@require_POST
def team_interest_end(request, pk):
    """The secretariat ends an interest of a colleague."""
    found = get_object_or_404(Interest, pk=pk, membership__team=request.membership.team)
    try:
        interest.end(found, by=request.user, at=timezone.now())
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Benturan kepentingan diakhiri."))
    return redirect("team_members")
