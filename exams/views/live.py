"""Live scores for everybody: the board, the wall, what differs from the official scores."""

import csv
import hashlib
import io
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import conditional_page, require_GET

from accounts.guards import public_page
from exams import live_board, live_kept
from exams.live_board import Asked
from exams.models import ExamSession
from lib import spreadsheet_text
from selection.rendering.rows import plain


@require_GET
@public_page(60)
def live_score_list(request):
    """The sessions whose scores everybody may watch, the newest first."""
    found = ExamSession.objects.public().select_related("stage__recruitment")[:100]
    return render(request, "exams/live/list.html", {"sessions": found})


def kept_shortly(view):
    """Everybody's caches may keep the answer as long as a rendering lives, and not show an older one meanwhile."""

    @wraps(view)
    def answered(request, slug):
        answer = view(request, slug)
        answer.headers["Cache-Control"] = f"public, max-age={live_kept.KEEPS}"
        return answer

    return answered


@require_GET
@conditional_page
@kept_shortly
def live_scores(request, slug):
    """What arrived, by room and participant. An open page asks again by itself and names the table that it shows;
    while that is still the table, the answer only says how old the data is. `cari` finds one participant."""
    asked, at = Asked.of(request.GET), timezone.now()
    wanted = request.GET.get("cari", "").strip().upper()[:20]
    if wanted:
        return render(request, "exams/live/found.html", _found(slug, wanted, at))
    kept = live_kept.kept(f"{slug}{asked.address()}", lambda: _pieces(slug, asked, at))
    context = kept | {"slug": slug, "asked": asked, "here": asked.address(), "paused": asked.paused,
                      "pause": asked.address(jeda=1), "go_on": asked.address(jeda=0)}  # fmt: skip
    page = "exams/live/wall.html" if asked.wall else "exams/live/board.html"
    if not request.htmx:
        answer = render(request, page, context)
    elif asked.wall:
        answer = render(request, "exams/live/wall.html#live", context)
    elif request.GET.get("tampil") == kept["shown"]:
        answer = render(request, "exams/live/board.html#age_alone", context | {"polled": "age"})
        answer.headers["HX-Retarget"] = "#umur"
    else:
        answer = render(request, "exams/live/board.html#live", context | {"polled": "table"})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _pieces(slug: str, asked: Asked, at) -> dict:
    """The rendered parts of a page: all that a viewer costs is putting them together."""
    read = live_kept.reading(slug, at=at)
    session, found = read["session"], read["lines"]
    page = live_board.page_of(found, asked, session.rooms)
    context = {
        "session": session, "asked": asked, "page": page, "keys": [key.upper() for key in read["keys"]],
        "fresh_from": at - live_board.FRESH, "closed": sum(one.closed for one in found),
        "differences": read["differences"], "room_names": list(enumerate(session.rooms, start=1)),
        "room": session.rooms[asked.room - 1] if 0 < asked.room <= len(session.rooms) else "",
        "previous": asked.address(halaman=page.number - 1), "next": asked.address(halaman=page.number + 1),
        "by_number": asked.address(urut="nomor", halaman=0), "by_total": asked.address(urut="nilai", halaman=0),
        "turn": asked.address(halaman=page.number % page.paginator.num_pages + 1),
    } | live_board.freshness(session, found, at=at)  # fmt: skip
    parts = {name: render_to_string(f"exams/live/board.html#{name}", context) for name in ("age", "rooms", "table")}
    context = {name: context[name] for name in ("turn", "room_names")} | parts
    return context | {
        "shown": hashlib.sha256(parts["table"].encode()).hexdigest()[:16],
        "title": f"{session.name}, {session.stage.name_public}", "is_open": session.is_open,
        "session": session, "head": session.name,
    }  # fmt: skip


def _found(slug: str, wanted: str, at) -> dict:
    read = live_kept.reading(slug, at=at)
    return {
        "session": read["session"], "slug": slug, "wanted": wanted, "keys": [key.upper() for key in read["keys"]],
        "lines": [one for one in read["lines"] if wanted in one.number][:20],
    } | live_board.freshness(read["session"], read["lines"], at=at)  # fmt: skip


@require_GET
@conditional_page
@kept_shortly
def live_differences(request, slug):
    """Whose scores on the screen are not those of the official file or of the announcement."""

    def made():
        read = live_kept.reading(slug, at=timezone.now())
        context = {"session": read["session"], "compared": read["differences"], "slug": slug}
        return render(request, "exams/live/differences.html", context).content

    return HttpResponse(live_kept.kept(f"{slug}:selisih", made))


@require_GET
@conditional_page
@kept_shortly
def live_scores_csv(request, slug):
    """The board as a table file."""
    answer = HttpResponse(
        live_kept.kept(f"{slug}:csv", lambda: _table_file(slug)), content_type="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="nilai-langsung-{slug}.csv"'
    return answer


def _table_file(slug: str) -> str:
    read, file = live_kept.reading(slug, at=timezone.now()), io.StringIO()
    zone, rows = read["session"].stage.recruitment.zone, csv.writer(file)
    rows.writerow(["nomor", "ruang", "waktu", *read["keys"], "total"])
    for one in live_board.ordered(read["lines"], "nomor"):
        values = [None] * (len(read["keys"]) + 1) if one.closed else [*one.values, one.total]
        when = one.shown_at.astimezone(zone).isoformat(timespec="seconds")
        rows.writerow([one.number, spreadsheet_text.safe(one.room), when, *(plain(value) or "" for value in values)])
    return file.getvalue()
