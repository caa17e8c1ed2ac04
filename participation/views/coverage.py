"""The coverage of sessions by district, as a page and as CSV."""

import csv

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.guards import public_page
from lib.small_cells import LEAST
from lib.spreadsheet_text import safe
from participation import coverage

SHOWN = 30  # recruitments to choose from


@require_safe
@public_page(300)
def event_coverage(request):
    """One recruitment: where sessions took place, where its applicants come from, and where nobody went."""
    choice = list(coverage.recruitments()[:SHOWN])
    chosen = request.GET.get("pengadaan", "")
    recruitment = get_object_or_404(coverage.recruitments(), slug=chosen) if chosen else next(iter(choice), None)
    now = timezone.now()
    context = {
        "choice": choice,
        "table": coverage.of(recruitment, at=now) if recruitment else None,
        "least": LEAST,
    }
    return render(request, "participation/event/coverage.html", context)


@require_safe
@public_page(300)
def event_coverage_csv(request):
    """Every table as one file."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="cakupan-acara.csv"'
    writer = csv.writer(response)
    writer.writerow(["pengadaan", "kecamatan", "acara_selesai", "acara_akan_datang", "hadir", "pelamar", "dihitung"])
    now = timezone.now()
    for recruitment in coverage.recruitments()[:SHOWN]:
        table = coverage.of(recruitment, at=now)
        counted = table.counted_at.isoformat() if table.counted_at else ""
        for row in table.rows:
            people = _("kurang dari %(n)s atau disamarkan") % {"n": LEAST} if row.small else row.applicants
            cells = [recruitment.slug, row.name, row.held, row.coming, row.attended, people, counted]
            writer.writerow([safe("" if cell is None else str(cell)) for cell in cells])
    return response
