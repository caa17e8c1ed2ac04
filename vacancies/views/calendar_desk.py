"""Staff bring a recruitment to the public and move the dates of its stages."""

from django.contrib import messages
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from lib import rulepack_files
from vacancies.actions import recruitment as recruitments
from vacancies.actions import schedule
from vacancies.forms import ScheduleForm
from vacancies.models import Recruitment, Stage


@roles_required(Role.PREPARER, Role.PUBLISHER)
@require_GET
def recruitment_desk(request, slug):
    """One recruitment: what is missing before it may be published, its stages, the way to move their dates."""
    recruitment = get_object_or_404(Recruitment.objects.select_related("agency", "published_by"), slug=slug)
    try:
        pack = rulepack_files.load(recruitment.rulepack)
    except rulepack_files.NoSuchPack:
        pack = None
    standing = recruitment.formations.filter(withdrawn_at=None)
    context = {
        "recruitment": recruitment,
        "zone": recruitment.zone,
        "missing": [] if recruitment.published_at else recruitments.missing(recruitment),
        "stages": recruitment.stages.order_by("order"),
        "pack": pack,
        "formations": standing.count(),
        "quota": standing.aggregate(n=Sum("quota"))["n"] or 0,
        "may_upload": request.user.has_role(Role.PREPARER),
    }
    return render(request, "vacancies/recruitment_desk.html", context)


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def recruitment_publication(request, slug):
    """GET asks once more; POST makes the recruitment public."""
    recruitment = get_object_or_404(Recruitment.objects.select_related("agency"), slug=slug)
    if request.method == "POST":
        try:
            recruitments.publish(recruitment, by=request.user, at=timezone.now())
        except recruitments.NotReady as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Terbit. Semua orang dapat membaca lowongannya sekarang."))
        return redirect("recruitment_desk", slug=slug)
    context = {"recruitment": recruitment, "missing": recruitments.missing(recruitment)}
    return render(request, "vacancies/recruitment_publication.html", context)


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def stage_schedule(request, pk):
    """Move the dates of one stage. Once the recruitment is public, only with a reason that everybody reads."""
    stage = get_object_or_404(Stage.objects.select_related("recruitment"), pk=pk)
    recruitment = stage.recruitment
    with timezone.override(recruitment.zone):  # officials type the time of their own clocks
        form = ScheduleForm(
            request.POST if request.method == "POST" else None,
            needs_reason=bool(recruitment.published_at),
            initial={name: getattr(stage, name) for name in ("opens_at", "closes_at", "announce_at")},
        )
        if form.is_valid():
            try:
                schedule.change_stage(stage, by=request.user, at=timezone.now(), **form.cleaned_data)
            except schedule.NotMovable as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Jadwal tersimpan."))
                return redirect("recruitment_desk", slug=recruitment.slug)
        context = {"stage": stage, "recruitment": recruitment, "form": form, "now": timezone.now()}
        status = 422 if form.errors else 200
        return render(request, "vacancies/stage_schedule.html", context, status=status)
