"""Talents: the office places and another seals; everybody reads how many are in the pools, and how a box comes about."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import public_page, roles_required, second_factor_to_send
from workforce.actions import talent
from workforce.aggregates import LEAST
from workforce.forms_talent import PlacementForm
from workforce.models import AppraisalYear, TalentList
from workforce.queries import DESK
from workforce.talent_boxes import BOXES, Step


@public_page(60)
@require_GET
def talent_pools(request):
    """How many people are in each pool of the years that are sealed; nobody's box."""
    lists = [(one, talent.pools(one)) for one in TalentList.objects.filter(sealed_at__isnull=False)[:5]]
    rows = [
        (performance.label, [BOXES[performance.value, potential.value] for potential in Step])
        for performance in reversed(Step)
    ]
    context = {"lists": lists, "rows": rows, "steps": Step.labels, "least": LEAST}
    return render(request, "workforce/talent/pools.html", context)


@roles_required(*DESK)
@second_factor_to_send
@require_http_methods(["GET", "POST"])
def talent_desk(request, year):
    """The list of a year: begin it, place people by their inputs, let another officer seal it."""
    year, now, do = get_object_or_404(AppraisalYear, pk=year), timezone.now(), request.POST.get("do", "")
    talents = TalentList.objects.filter(year=year).first()
    form = PlacementForm(request.POST if do == "place" else None)
    try:
        if do == "prepare":
            talent.prepare(year, by=request.user, at=now)
            return redirect("talent_desk", year=year.pk)
        if do == "place" and talents and form.is_valid():
            talent.place(talents, by=request.user, at=now, **form.cleaned_data)
            messages.success(request, _("Tercatat."))
            return redirect("talent_desk", year=year.pk)
        if do == "seal" and talents:
            talent.seal(talents, by=request.user, at=now)
            return redirect("talent_desk", year=year.pk)
    except talent.NotPossible as error:
        messages.error(request, str(error))
    placed = (
        sorted(talent.newest_of(talents).values(), key=lambda one: (-one.box, one.employee.name)) if talents else []
    )
    context = {"year": year, "talents": talents, "placed": placed, "form": form}
    return render(request, "workforce/talent/desk.html", context, status=422 if form.errors else 200)
