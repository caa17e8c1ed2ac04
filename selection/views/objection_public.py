"""Objections as everybody sees them: numbers per stage, and decisions as precedents, without anybody's words."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.guards import public_page
from lib.canonical import canonical
from selection import objection_statistics
from selection.actions.objection_decision import statement
from selection.filters import DecisionFilter
from selection.models import Objection


def decisions():
    """Every decided objection, the newest first."""
    return Objection.objects.decided().select_related("stage__recruitment").order_by("-decided_at", "-pk")


@public_page(30)
def objection_overview(request):
    """What an objection is, how they go, stage by stage."""
    numbers = objection_statistics.by_stage(timezone.now())
    context = {"numbers": numbers, "newest": decisions().prefetch_related("items")[:5]}
    return render(request, "selection/objection/overview.html", context)


@public_page(30)
def objection_decision_list(request):
    """Precedents: found by words, result and what was disputed."""
    found = DecisionFilter(request.GET, queryset=decisions().prefetch_related("items"))
    page = Paginator(found.qs, 20).get_page(request.GET.get("halaman"))
    query = request.GET.copy()
    query.pop("halaman", None)
    context = {"filter": found, "page": page, "query": query.urlencode() + "&" if query else ""}
    return render(request, "selection/objection/decisions.html", context)


@public_page(30)
def objection_decision(request, number):
    """One decision: requirement, argument of the office, result."""
    objection = get_object_or_404(decisions().select_related("announcement", "fact"), number=number)
    context = {
        "objection": objection,
        "items": objection.items.select_related("requirement", "reason"),
        "same": objection.reopenings.exclude(application=objection.application_id).count(),
        "zone": objection.stage.recruitment.zone,
    }
    return render(request, "selection/objection/decision.html", context)


@public_page(30)
def objection_decision_file(request, number):
    """The decision as the digest in the record covers it."""
    objection = get_object_or_404(decisions(), number=number)
    text = canonical(statement(objection, objection.items.all(), objection.state, objection.summary))
    return HttpResponse(text, content_type="application/json")
