"""Live scores: the page for everybody, and the address where a machine brings what the screens show."""

import hashlib

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_GET, require_POST

from accounts.guards import public_page
from exams import live_board
from exams.actions import live_feed, live_sessions
from exams.live_rows import MOST_BYTES, Refused
from exams.models import ExamSession

MOST_PAGES = live_feed.live_rows.MOST_ROWS // live_board.A_PAGE


@require_GET
@public_page(60)
def live_score_list(request):
    """The sessions whose scores everybody may watch, the newest first."""
    found = ExamSession.objects.public().select_related("stage__recruitment")[:100]
    return render(request, "exams/live/list.html", {"sessions": found})


@require_GET
@conditional_page
@public_page(live_board.KEEPS)
def live_scores(request, slug):
    """What arrived, by room and participant. An open page asks again by itself and names what it shows; 204: nothing new."""
    order = request.GET.get("urut", "nilai")
    page = request.GET.get("halaman", "1")
    if order not in live_board.ORDERS or not page.isdecimal() or not 1 <= int(page[:4]) <= MOST_PAGES:
        order, page = "nilai", "1"

    def made():
        session = ExamSession.objects.public().filter(slug=slug).select_related("stage__recruitment").first()
        if session is None:
            raise Http404
        context = live_board.board(session, order=order, page=int(page), at=timezone.now())
        now = render_to_string("exams/live/board.html#now", context)
        title = f"{session.name}, {session.stage.name_public}"
        return {"now": now, "shown": hashlib.sha256(now.encode()).hexdigest()[:16], "title": title}

    paused = request.GET.get("jeda") == "1"
    kept = live_board.kept(f"{slug}:{order}:{int(page)}", made)
    context = kept | {"slug": slug, "order": order, "page_number": int(page), "paused": paused}
    if not request.htmx:
        answer = render(request, "exams/live/board.html", context)
    elif request.GET.get("tampil") == kept["shown"]:
        answer = HttpResponse(status=204)
    else:
        answer = render(request, "exams/live/board.html#live", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@csrf_exempt  # a machine has no form of ours and no cookie: the key of the session is all there is
@require_POST
def live_feed_delivery(request, slug):
    """A delivery of scores as CSV or JSON, with `Authorization: Bearer KEY` and, if the machine counts, `?urut=N`."""
    scheme, _space, words = request.headers.get("Authorization", "").partition(" ")
    session = ExamSession.objects.filter(slug=slug).select_related("stage__recruitment").first()
    key = live_sessions.key_of(session, words) if session and scheme == "Bearer" else None
    if key is None:
        return _answer(401, kesalahan=[_problem(None, "", _("Kunci tidak berlaku untuk sesi ini."))])
    turn = request.GET.get("urut", "")
    if turn and not (turn.isascii() and turn.isdecimal() and len(turn) < 10 and int(turn)):
        return _answer(422, kesalahan=[_problem(None, "urut", _("Urutan adalah bilangan bulat mulai 1."))])
    try:
        raw = request.body
        if len(raw) > MOST_BYTES:
            raise RequestDataTooBig
        made, new = live_feed.receive(session, raw, key=key, sequence=int(turn) if turn else None, at=timezone.now())
    except RequestDataTooBig:
        return _answer(413, kesalahan=[_problem(None, "", _("Kiriman terlalu besar. Bagi menjadi beberapa kiriman."))])
    except Refused as error:
        return _answer(422, kesalahan=[_problem(one.row, one.column, one.words) for one in error.problems])
    except live_feed.OutOfTurn as error:
        return _answer(409, kesalahan=[_problem(None, "urut", str(error))])
    return _answer(201 if new else 200, urut=made.sequence, baru=made.rows, sama=made.same, sha256=made.sha256)


def _problem(row, column: str, words: str) -> dict:
    return {"baris": row, "kolom": column, "perbaikan": words}


def _answer(status: int, **body) -> JsonResponse:
    answer = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
