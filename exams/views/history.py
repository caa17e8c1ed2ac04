"""The own practice of an account, and what items tell about themselves."""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import public_page
from exams.actions import sitting as sittings
from exams.models import Component, ItemStatistic, Sitting
from exams.views.practice import show_result
from lib.spreadsheet_text import safe

A_PAGE = 50


def _own(request):
    return Sitting.objects.filter(user=request.user, blueprint__practice=True).exclude(ended_at=None)


@login_required
@require_safe
def practice_history(request):
    """What this account practised, the newest first."""
    found = _own(request).select_related("blueprint").order_by("-ended_at", "-pk")
    context = {"page": Paginator(found, A_PAGE).get_page(request.GET.get("halaman"))}
    return render(request, "exams/practice/history.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def practice_past(request, pk):
    """One of them with its explanations; POST deletes it for good."""
    found = get_object_or_404(_own(request).select_related("blueprint"), pk=pk)
    if request.method == "POST":
        sittings.forget(found)
        messages.success(request, _("Latihan itu terhapus."))
        return redirect("practice_history")
    return show_result(request, found, past=True)


def _statistics():
    found = ItemStatistic.objects.filter(version__item__free=True).select_related("version__item")
    return found.order_by("version__item__component", "version__item__topic", "version__item__code", "version__number")


@require_safe
@public_page(300)
def practice_statistics(request):
    """How often each free item was drawn, how hard it is, how well it tells people apart. Never which option is right."""
    component = request.GET.get("komponen", "")
    found = _statistics()
    if component in Component.values:
        found = found.filter(version__item__component=component)
    else:
        component = ""
    context = {
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("halaman")),
        "query": f"komponen={component}&" if component else "",
        "component": component,
        "components": [one for one in Component.choices if one[0] in ("twk", "tiu", "tkp")],
    }
    return render(request, "exams/practice/statistics.html", context)


@require_safe
@public_page(300)
def practice_statistics_csv(request):
    """The same as a table of everything."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="statistik-latihan-cat.csv"'
    writer = csv.writer(response)
    writer.writerow(
        ["kode", "versi", "komponen", "pokok", "tampil", "dihitung", "dijawab", "nilai_penuh", "rata_rata", "daya_beda"]
    )
    for one in _statistics().iterator():
        item = one.version.item
        figures = [
            one.full if one.enough else "",
            *(f"{value:.3f}" if value is not None else "" for value in (one.mean, one.discrimination)),
        ]
        writer.writerow(
            [
                safe(item.code),
                one.version.number,
                item.component,
                safe(item.topic),
                one.drawn,
                one.counted,
                one.answered,
                *figures,
            ]
        )
    return response
