"""The team's room: every stage read-only, and its holds. Only members enter; they write as the team."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import RoleChange
from accounts.roles import Role
from oversight import comparison, rules
from oversight.actions import hold as holds
from oversight.actions import reading
from oversight.finding_queries import seen_by_team, with_clocks
from oversight.forms import TextForm
from oversight.models import Finding, Reading
from oversight.states import FindingState
from oversight.views.findings import stages
from oversight.views.guard import members_only
from selection.actions.settlement import has_news, unsettled
from selection.models import Hold, Review
from selection.queries import current_set, looks_at_files, peeks_at_files


@members_only
@require_GET
def team_workspace(request):
    """What waits for the team, and every stage that publishes a result."""
    now = timezone.now()
    mine = Finding.objects.filter(team=request.membership.team).select_related("stage__recruitment")
    turns = [FindingState.DRAFT, FindingState.CONFIRMED, FindingState.ANSWERED, FindingState.ASSESSED]
    context = {
        "may_moderate": rules.may_appoint(request.membership),
        "todo": seen_by_team(mine.filter(state__in=turns)),
        "texts": mine.open().filter(text_at=None).order_by("text_due_at"),
        "waiting": with_clocks(mine.filter(state=FindingState.SENT).order_by("due_at"), now),
        "holds": Hold.objects.standing(now).select_related("stage__recruitment", "placed_by"),
        "stages": stages().prefetch_related("announcements").order_by("-announce_at")[:100],
        "role_changes": RoleChange.objects.select_related("user", "by").order_by("-at", "-pk")[:20],
        "at": now,
    }
    return render(request, "oversight/workspace.html", context)


@members_only
@require_GET
def team_stage(request, pk):
    """One stage, read-only: what is unsettled, its score files, and its list held against the scores."""
    stage = get_object_or_404(stages(), pk=pk)
    now = timezone.now()
    reading.note(Reading.Kind.STAGE, at=now)
    last = stage.announcements.filter(public_at__isnull=False).order_by("-version").first()
    result = current_set(stage)
    waiting = not last or has_news(stage)  # a first result or a correction has yet to be published
    compared = None
    if last:
        compared = comparison.of_announcement(last)
    elif result:
        compared = comparison.of_result(result)
    context = {
        "stage": stage,
        "zone": stage.recruitment.zone,
        "issues": unsettled(stage, now) if waiting else [],
        "announcements": stage.announcements.order_by("version"),
        "batches": stage.batches.select_related("uploaded_by", "decided_by").order_by("sequence"),
        "lists": stage.participant_lists.all(),
        "reviews": _reviews(stage),
        "changes": stage.changes.select_related("by").order_by("at"),
        "looks": _looks(stage),
        "peeks": peeks_at_files(stage.recruitment).select_related("by")[:50],
        "recusals": stage.recusals.count(),
        "holds": stage.holds.standing(now),
        "last": last,
        "comparison": compared,
        "may_hold": waiting and not stage.holds.standing(now).exists(),
    }
    return render(request, "oversight/stage.html", context)


def _reviews(stage):
    """Per verifier of the stage, by what applicants see of them: files judged, and how many lack something."""
    judged = Review.objects.filter(stage=stage, reopening=None, decided_at__isnull=False).order_by()
    counted = judged.values("verifier__public_label", "verifier").annotate(
        n=Count("pk"), lacking=Count("pk", filter=Q(verdict="TMS"))
    )
    return counted.order_by("verifier__public_label", "verifier")


def _looks(stage) -> list[tuple[str, int]]:
    """How often files of the recruitment were looked at, by role; nobody's name."""
    counted = looks_at_files(stage.recruitment).order_by("role").values_list("role").annotate(n=Count("pk"))
    return [(Role(role).label, n) for role, n in counted]


@members_only
@require_http_methods(["GET", "POST"])
def hold_new(request, stage):
    """Stop the next publication of a stage."""
    stage = get_object_or_404(stages(), pk=stage)
    form = TextForm(request.POST or None, label=_("Alasan menahan, dibaca publik"))
    if form.is_valid():
        try:
            holds.place(stage, reason=form.cleaned_data["text"][:500], by=request.user, at=timezone.now())
        except (holds.NotAllowed, holds.NothingToHold) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Pengumuman ditahan 24 jam. Minta anggota lain mengonfirmasi."))
            return redirect("team_stage", pk=stage.pk)
    context = {"form": form, "stage": stage, "title": _("Tahan pengumuman")}
    return render(request, "oversight/hold_form.html", context, status=422 if form.errors else 200)


@members_only
@require_POST
def hold_confirm(request, pk):
    """The second member: the hold stands until it is lifted."""
    hold = get_object_or_404(Hold, pk=pk)
    try:
        holds.confirm(hold, by=request.user, at=timezone.now())
    except (holds.NotAllowed, holds.NothingToHold) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Penahanan dikonfirmasi."))
    return redirect("team_workspace")


@login_required
@require_http_methods(["GET", "POST"])
def hold_lift(request, pk):
    """End a hold: a member of the team, or the override official, with a reason for the public."""
    if not (rules.membership_of(request.user, timezone.now()) or rules.may_override(request.user)):
        raise PermissionDenied
    hold = get_object_or_404(Hold.objects.select_related("stage__recruitment"), pk=pk)
    form = TextForm(request.POST or None, label=_("Alasan mencabut, dibaca publik"))
    if form.is_valid():
        try:
            holds.lift(hold, reason=form.cleaned_data["text"][:500], by=request.user, at=timezone.now())
        except holds.NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Penahanan dicabut."))
            return redirect("home" if request.user.is_staff else "team_workspace")
    context = {"form": form, "stage": hold.stage, "title": _("Cabut penahanan")}
    return render(request, "oversight/hold_form.html", context, status=422 if form.errors else 200)
