"""How open the portal is, for everybody: its indicators, what they count, and what its own checks see."""

import csv
from datetime import date, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.guards import public_page
from lib.spreadsheet_text import safe
from oversight.actions.indicators import night_of
from oversight.actions.invariants import EVERY
from oversight.indicators import MEASURES, board, groups
from oversight.indicators.shape import value
from oversight.invariants import INVARIANTS
from oversight.models import InvariantRun, PassRate
from oversight.queries import newest_indicators, newest_runs, years_counted
from vacancies.models import Formation

LATE = EVERY + timedelta(minutes=15)
PER_PAGE = 100  # rows of one list: a page stays light on a phone
FIELDS = (
    "ukuran", "nama", "rentang", "mulai", "pembilang", "penyebut", "nilai", "target", "median_detik",
    "sembilan_persepuluh_detik", "dihitung",
)  # fmt: skip


@public_page(300)
def openness(request):
    """Every indicator of one year, the worst first. Reads what the night counted and counts nothing itself."""
    years = years_counted()
    year = _year(request, years)
    rows = newest_indicators(year)
    context = {
        "year": year,
        "years": years,
        "figures": board.of_year(rows, year),
        "counted_at": max((row.at for row in rows), default=None),
    }
    return render(request, "oversight/openness/index.html", context)


def _year(request, years: list[int]) -> int:
    """The year asked for; the newest one where none is. 404 for anything that was never counted."""
    asked = request.GET.get("tahun", "")
    if not asked:
        return years[0] if years else night_of(timezone.now()).year
    if not asked.isdecimal() or int(asked) not in years:
        raise Http404
    return int(asked)


def _page(request) -> int:
    """The page asked for, counted from one. 404 for what is no page."""
    asked = request.GET.get("halaman", "1")
    if not (asked.isascii() and asked.isdecimal() and 0 < len(asked) < 7 and int(asked) > 0):
        raise Http404
    return int(asked)


@public_page(300)
def indicator_detail(request, name):
    """One indicator: its formula, its months, and the rows it counts, what is missing first."""
    measure = MEASURES.get(name)
    if measure is None:
        raise Http404
    years = years_counted()
    year = _year(request, years)
    figure = next(one for one in board.of_year(newest_indicators(year), year) if one.measure.name == name)
    number = _page(request)
    skip = (number - 1) * PER_PAGE
    rows = measure.rows(timezone.now(), settings.TIME_ZONE, date(year, 1, 1), date(year + 1, 1, 1), PER_PAGE + 1, skip)
    if not rows and number > 1:
        raise Http404
    context = {
        "year": year, "years": years, "figure": figure, "measure": measure, "rows": rows[:PER_PAGE],
        "number": number, "before": number - 1, "after": number + 1 if len(rows) > PER_PAGE else None,
    }  # fmt: skip
    return render(request, "oversight/openness/indicator.html", context)


@public_page(300)
def openness_csv(request):
    """Every number that counts, one row for each indicator and period."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="keterbukaan.csv"'
    writer = csv.writer(response)
    writer.writerow(FIELDS)
    for line in _lines():
        writer.writerow([safe("" if cell is None else str(cell)) for cell in line.values()])
    return response


@public_page(300)
def openness_json(request):
    """The same numbers as the CSV, with the formula of each indicator. What was not counted is null, never zero."""
    measures = [
        {"ukuran": one.name, "nama": one.title, "rumus": one.formula, "satuan": one.things, "dasar": one.source,
         "target": one.target, "alamat": settings.SITE_URL + reverse("indicator_detail", args=[one.name])}
        for one in MEASURES.values()
    ]  # fmt: skip
    answer = {"ukuran": measures, "angka": list(_lines())}
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _lines():
    """FIELDS of every number that counts."""
    for row in newest_indicators():
        measure = MEASURES.get(row.name)
        if measure is None:
            continue  # an indicator of an earlier version
        number = value(measure.kind, row.numerator, row.denominator)
        cells = (row.name, measure.title, row.span, row.period, row.numerator, row.denominator, number, measure.target,
                 row.median, row.tenth, row.at.isoformat())  # fmt: skip
        yield dict(zip(FIELDS, cells, strict=True))


@public_page(300)
def pass_rates(request):
    """Equal treatment: how many of each group passed, where the group is large enough to be told."""
    rates = PassRate.objects.select_related("stage__recruitment", "announcement").order_by(
        "-announcement__public_at", "stage", "grouping", "group"
    )[:400]
    return render(request, "oversight/openness/pass_rates.html", {"tables": _tables(rates)})


def _tables(rates) -> list[dict]:
    """One table for each stage and grouping, with the names of groups as people say them."""
    names = {
        groups.NEED: (_("Jenis kebutuhan"), dict(Formation.Need.choices)),
        groups.LEVEL: (_("Jenjang pendidikan"), {}),
    }
    tables = {}
    for rate in rates:
        title, words = names[rate.grouping]
        table = tables.setdefault(
            (rate.stage_id, rate.grouping),
            {"announcement": rate.announcement, "stage": rate.stage, "title": title, "rows": []},
        )
        label = words.get(rate.group) or rate.group or _("tidak tercatat")
        share = None if rate.took is None else value("share", rate.passed, rate.took)
        table["rows"].append(
            {
                "label": label,
                "rate": rate,
                "share": None if share is None else board.plain(share),
                "width": None if share is None else round(share),
            }  # fmt: skip
        )
    return list(tables.values())


@public_page(60)
def invariant_list(request):
    """What must always be true, when it was last looked at, and over how many rows."""
    now, runs = timezone.now(), newest_runs()
    checks = [_standing(one, runs.get(one.name), now) for one in INVARIANTS.values()]
    context = {
        "checks": sorted(checks, key=lambda one: one["order"]),
        "broken": sum(one["state"] == "broken" for one in checks),
        "unseen": sum(one["state"] in ("unseen", "late", "trouble") for one in checks),
        "last": max((run.at for run in runs.values()), default=None),
        "now": now,
        "history": _history(),
    }
    return render(request, "oversight/openness/invariants.html", context)


def _history() -> list[InvariantRun]:
    """The last looks that found something, each with its sentence."""
    found = list(InvariantRun.objects.broken().order_by("-at")[:20])
    for run in found:
        run.sentence = INVARIANTS[run.name].sentence if run.name in INVARIANTS else run.name
    return found


def _standing(invariant, run: InvariantRun | None, now) -> dict:
    """One check as the page shows it; what is wrong or unknown comes first."""
    if run is None:
        state = "unseen"
    elif run.trouble:
        state = "trouble"
    elif run.offending:
        state = "broken"
    elif now - run.at > LATE:
        state = "late"
    else:
        state = "empty" if run.looked == 0 else "whole"
    order = ["broken", "trouble", "late", "unseen", "whole", "empty"].index(state)
    return {"sentence": invariant.sentence, "name": invariant.name, "run": run, "state": state, "order": order}
