"""The team's own list of members: all read it, the secretariat changes it."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from oversight import rules
from oversight.actions import membership as memberships
from oversight.forms import MemberForm
from oversight.models import Interest
from oversight.views.guard import members_only


@members_only
@require_GET
def team_members(request):
    """Who is in the team, and who was."""
    running = Interest.objects.current(timezone.now()).select_related("agency", "recruitment", "formation")
    members = request.membership.team.memberships.select_related("user").order_by("since", "pk")
    members = members.prefetch_related(Prefetch("interests", running))
    may_appoint = rules.may_appoint(request.membership)
    context = {"members": members, "may_appoint": may_appoint, "at": timezone.now()}
    return render(request, "oversight/members.html", context)


@members_only
@reauthentication_required
@require_http_methods(["GET", "POST"])
def team_member_new(request):
    """The secretariat takes somebody on."""
    if not rules.may_appoint(request.membership):
        raise PermissionDenied
    form = MemberForm(request.POST or None)
    if form.is_valid():
        last_day = form.cleaned_data.pop("last_day")
        try:
            made = memberships.appoint(**form.cleaned_data, until=_end_of(last_day), by=request.user, at=timezone.now())
        except (memberships.NotAllowed, memberships.NotPossible) as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("%(name)s diangkat. Suratnya dikirim ke alamat itu.") % {"name": made.user.name}
            )
            return redirect("team_members")
    return render(request, "oversight/member_form.html", {"form": form}, status=422 if form.errors else 200)


def _end_of(day) -> datetime | None:
    """The last second of `day` where the portal is."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(settings.TIME_ZONE)) if day else None


@members_only
@reauthentication_required
@require_POST
def team_member_end(request, pk):
    """The secretariat ends a term."""
    member = get_object_or_404(request.membership.team.memberships, pk=pk)
    try:
        memberships.end(member, by=request.user, at=timezone.now())
    except (memberships.NotAllowed, memberships.NotPossible) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Masa tugas diakhiri."))
    return redirect("team_members")
