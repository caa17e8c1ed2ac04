"""The directory for everybody: list, files, one profile, posts without a holder, and the rules of it all.

None of these pages may be kept by a cache without asking again: who is shielded now must not be found in a copy.
"""

import csv
from functools import wraps
from urllib.parse import urlencode

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from lib.spreadsheet_text import safe
from workforce import aggregates, vacant
from workforce.acting import SOURCE
from workforce.field_policy import FIELDS, LISTED, WORDS, Reader
from workforce.filters import DirectoryFilter
from workforce.queries import directory, public_profile
from workforce.showing import changes_shown, plain, show

PER_PAGE, PER_JSON, SLICE = 25, 500, 2000
HEADINGS = {"name": "nama", "position": "jabatan", "unit": "unit"}


def asked_again(view):
    """A public page of which a copy is used only after asking whether it still holds."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, no-cache"
        return response

    return guarded


def counted(view):
    """So many looks a minute from one address and no more: whoever copies the directory one by one is slowed down.

    Without the cache's server nobody is counted: a page for everybody does not depend on it.
    """

    @wraps(view)
    def guarded(request, *args, **kwargs):
        try:
            allowed = ratelimit.consume(request, app="allauth.account", action="profile", limit_get=True)
        except RedisError:
            allowed = True
        return view(request, *args, **kwargs) if allowed else ratelimit.respond_429(request)

    return guarded


def _row(employee) -> dict:
    """What leaves in bulk of one person: LISTED, as the table lets everybody read it."""
    return plain(show(employee, Reader.ANONYMOUS, keys=LISTED))


@require_safe
@asked_again
def directory_list(request):
    """Search, two filters, 25 people a page."""
    found = DirectoryFilter(request.GET, directory(timezone.now()))
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("halaman"))
    rows = [(one.slug, _row(one)) for one in page.object_list]
    query = urlencode([(k, v) for k in ("q", "unit", "jenjang") for v in request.GET.getlist(k) if v])
    context = {
        "form": found.form,
        "page": page,
        "rows": rows,
        "query": f"{query}&" if query else "",
        "files": f"?{query}" if query else "",
        "narrowed": bool(query),
    }
    return render(request, "workforce/directory/list.html", context)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line):
        return line


@require_safe
@asked_again
def directory_csv(request):
    """Name, post and unit of the result, and nothing else."""
    found = DirectoryFilter(request.GET, directory(timezone.now()))
    if not found.form.is_valid():
        return HttpResponse("Saringan ini tidak dikenal.\n", status=400, content_type="text/plain; charset=utf-8")
    writer = csv.writer(_Echo())

    def lines():
        yield "\ufeff" + writer.writerow([HEADINGS[key] for key in LISTED])
        for one in found.qs.iterator(chunk_size=SLICE):
            row = _row(one)
            yield writer.writerow([safe(row.get(key) or "") for key in LISTED])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="pegawai.csv"'
    return response


@require_safe
@asked_again
def directory_json(request):
    """A page of 500 as JSON: name, post and unit, and the address of the next page."""
    found = DirectoryFilter(request.GET, directory(timezone.now()))
    if not found.form.is_valid():
        return JsonResponse({"galat": "Saringan ini tidak dikenal."}, status=400)
    page = Paginator(found.qs, PER_JSON).get_page(request.GET.get("halaman"))
    following = None
    if page.has_next():
        query = [(k, v) for k in ("q", "unit", "jenjang") for v in request.GET.getlist(k) if v]
        following = f"{settings.SITE_URL}{request.path}?{urlencode([*query, ('halaman', page.next_page_number())])}"
    people = [{HEADINGS[key]: value for key, value in _row(one).items()} for one in page.object_list]
    answer = {"jumlah": page.paginator.count, "berikutnya": following, "pegawai": people}
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@require_safe
@asked_again
@counted
def profile(request, slug):
    """One person as everybody sees them."""
    employee = public_profile(slug, timezone.now())
    shown = show(employee, Reader.ANONYMOUS)
    context = {
        "employee": employee,
        "shown": shown,
        "changes": changes_shown(employee, shown),
        "indexed": employee.is_structural,
        "public": True,
    }
    return render(request, "workforce/directory/profile.html", context)


@require_safe
@asked_again
@counted
def profile_json(request, slug):
    """One person for machines: the open fields, and why the others are closed."""
    shown = show(public_profile(slug, timezone.now()), Reader.ANONYMOUS)
    answer = {
        "terbuka": plain(shown),
        "tertutup": {key: one.why for key, one in shown.items() if not one.open},
        "alamat": settings.SITE_URL + reverse("profile", args=[slug]),
    }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@require_safe
@asked_again
def position_list(request):
    """Structural posts without a definitive holder, who acts in them, and who has done so for too long."""
    posts = vacant.posts(timezone.now())
    page = Paginator(posts, 50).get_page(request.GET.get("halaman"))
    context = {
        "page": page,
        "query": "",
        "late": sum(one.is_late for one in posts),
        "source": SOURCE,
    }
    return render(request, "workforce/directory/positions.html", context)


@require_safe
@asked_again
def position_list_json(request):
    """The same posts for machines."""
    posts = [
        {
            "jabatan": one.name,
            "unit": one.unit,
            "jenjang": str(one.level),
            "kosong_sejak": one.since,
            "pelaksana": [
                {
                    "nama": name,
                    "status": acting.appointment.kind,
                    "sejak": acting.first,
                    "batas": acting.limit,
                    "lewat_batas": late,
                }
                for _slug, name, acting, late in one.acting
            ],
        }
        for one in vacant.posts(timezone.now())
    ]
    return JsonResponse({"sumber_batas": SOURCE, "jabatan": posts}, json_dumps_params={"ensure_ascii": False})


@require_safe
@asked_again
def field_policy(request):
    """The table that decides every field, with its legal basis."""
    lines = [(line, WORDS[line.openness]) for line in FIELDS.values()]
    return render(request, "workforce/directory/policy.html", {"lines": lines})


@require_safe
@asked_again
def unit_figures(request):
    """Distributions per office, where they point at nobody."""
    tables = aggregates.tables(timezone.now())
    return render(request, "workforce/directory/figures.html", {"tables": tables, "least": aggregates.LEAST})
