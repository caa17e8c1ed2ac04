"""Practice for everybody, without an account: begin, one question per page, the end, the explanation."""

import base64
import re
from functools import wraps
from uuid import uuid4

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import connection
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import public_page
from exams import practice, sheets
from exams.actions import sitting as sittings
from exams.models import Blueprint, Sitting

A_PAGE = 10
MARK = re.compile(r"[0-9A-Za-z-]{1,36}")


def of_own_sitting(view):
    """The practice of this browser or account in `request.sitting`; where there is none, to the start."""

    @wraps(view)
    def guarded(request, *args, **kwargs):
        request.sitting = practice.current(request)
        if request.sitting is None:
            if wants_json(request):
                return JsonResponse({"gone": True}, status=404)
            return redirect("practice_home")
        return view(request, *args, **kwargs)

    return guarded


def while_running(view):
    """Only while there is time. Whoever comes later is scored and sees the result."""

    @wraps(view)
    @of_own_sitting
    def guarded(request, *args, **kwargs):
        request.left = left(request.sitting)
        if request.left <= 0:
            return _over(request)
        return view(request, *args, **kwargs)

    return guarded


def wants_json(request) -> bool:
    return request.headers.get("Accept") == "application/json"


def left(sitting: Sitting) -> int:
    """Milliseconds that are left by the database's clock; 0 when the sitting was ended."""
    if sitting.ended_at:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM ends_at - clock_timestamp()) FROM exams_sitting WHERE id = %s", [sitting.pk]
        )
        row = cursor.fetchone()
    return max(0, int(row[0] * 1000)) if row else 0


def _over(request):
    sittings.end(request.sitting)
    if wants_json(request):
        return JsonResponse({"over": True}, status=409)
    return redirect("practice_result")


@require_safe
@public_page(300)
def practice_home(request):
    """What one can practise; the same for everybody."""
    context = {"formats": Blueprint.objects.filter(practice=True, offered=True), "kept": settings.PRACTICE_KEPT_DAYS}
    return render(request, "exams/practice/home.html", context)


@require_http_methods(["GET", "POST"])
def practice_start(request, slug):
    """Begin. One at a time: whoever has a practice that runs goes on with that."""
    blueprint = get_object_or_404(Blueprint, slug=slug, practice=True, offered=True)
    found = practice.current(request)
    running = found if found and left(found) else None
    if request.method == "POST" and not running:
        return _begin(request, blueprint, found)
    context = {"blueprint": blueprint, "running": running}
    return render(request, "exams/practice/start.html", context, status=409 if request.method == "POST" else 200)


def _begin(request, blueprint: Blueprint, before: Sitting | None):
    if not ratelimit.consume(request, action="practice"):
        return ratelimit.respond_429(request)
    if before:
        sittings.end(before)
    user = request.user if request.user.is_authenticated else None
    key = practice.new_key()
    try:
        sittings.begin(blueprint, user=user, key=key, at=timezone.now())
    except sittings.AlreadyRunning:
        return redirect("practice_current")
    except sittings.TooFewItems:
        messages.error(request, _("Soal untuk latihan ini belum cukup. Pilih latihan yang lain."))
        return redirect("practice_home")
    response = redirect("practice_question", 1)
    if user is None:
        practice.hand_out(response, key, blueprint.seconds)
    return response


@require_safe
@of_own_sitting
def practice_current(request):
    """To the practice that runs, or to the result of the last one."""
    return redirect("practice_question", 1) if left(request.sitting) else redirect("practice_result")


@require_http_methods(["GET", "POST"])
@while_running
def practice_question(request, n):
    """One question. What is sent is kept at once, and the answer to it says so with time and number."""
    if request.method == "POST":
        return _save(request, n)
    sheet = sheets.page(request.sitting)
    if not 1 <= n <= len(sheet.places):
        return redirect("practice_question", 1)
    context = {"sitting": request.sitting, "sheet": sheet, "one": sheet.places[n - 1], "n": n,
               "left": request.left, "clock": sheets.length(request.left), "at": sheets.clock(timezone.now()),
               "mark": uuid4()}  # fmt: skip
    return render(request, "exams/practice/question.html", context)


def _save(request, n):
    chosen = [letter for letter in request.POST.getlist("jawaban") if letter.strip()]
    mark = request.POST.get("tanda", "")
    mark = mark if MARK.fullmatch(mark) else str(uuid4())
    try:
        given = sittings.answer(request.sitting, n, chosen, doubtful="ragu" in request.POST, mark=mark)
    except sittings.Over:
        if not wants_json(request):
            messages.error(request, _("Waktu sudah habis. Jawaban terakhir tidak masuk."))
        return _over(request)
    except (sittings.NotDrawn, sittings.NotPossible):
        return _refused(request, 422, _("Jawaban itu tidak ada pada soal ini. Pilih salah satu yang tampil."))
    except sittings.TooMany:
        return _refused(request, 429, _("Jawaban sudah terlalu sering diubah. Yang terakhir tersimpan tetap berlaku."))
    if wants_json(request):
        return JsonResponse({"number": given.number, "at": sheets.clock(given.at), "left": left(request.sitting)})
    goes_to = request.POST.get("ke", "")
    return redirect("practice_question", int(goes_to) if goes_to.isdecimal() and len(goes_to) < 4 else n)


def _refused(request, status: int, words: str):
    if wants_json(request):
        return JsonResponse({"words": words}, status=status)
    return HttpResponse(words + "\n", status=status, content_type="text/plain; charset=utf-8")


@require_safe
@gzip_page  # no token and nothing that the reader sent is in it: its length tells nothing
@while_running
def practice_questions(request):
    """All questions for the page's script, so that a lost network stops nobody. Never which option is right."""
    sheet = sheets.page(request.sitting)
    return JsonResponse({"questions": [one.plain() for one in sheet.places], "left": request.left})


@require_safe
@of_own_sitting
def practice_image(request, n):
    """The picture of a question, for whoever got the question."""
    place = get_object_or_404(request.sitting.items.select_related("version"), position=n)
    image = place.version.content.get("image")
    if not image:
        raise Http404
    return HttpResponse(base64.b64decode(image["data"]), content_type=image["type"])


@require_safe
@while_running
def practice_state(request):
    """What is saved and how long there is: another tab may have answered since."""
    return JsonResponse({"answers": sheets.given(request.sitting), "left": request.left})


@require_http_methods(["GET", "POST"])
@while_running
def practice_finish(request):
    """Before the end: what is open or in doubt. With the button it is over."""
    if request.method == "POST":
        sittings.end(request.sitting)
        return redirect("practice_result")
    context = {"sitting": request.sitting, "sheet": sheets.page(request.sitting), "clock": sheets.length(request.left)}
    return render(request, "exams/practice/finish.html", context)


@require_safe
@of_own_sitting
def practice_result(request):
    """The score by component, the thresholds, and every question with its explanation; once it is over, never before."""
    found = request.sitting
    if not found.ended_at:
        if left(found):
            return redirect("practice_current")
        found = sittings.end(found)
    return show_result(request, found)


def show_result(request, found: Sitting, *, past: bool = False):
    """Score, thresholds and explanations of a sitting that is over; `past`: out of the account's history."""
    only_wrong = request.GET.get("tampil") == "salah"
    lines = sheets.explained(found)
    if only_wrong:
        lines = [line for line in lines if not line.full]
    needs = sheets.needs(found)
    need = request.GET.get("kebutuhan", "")
    need = need if need in needs else next(iter(needs), "")
    lost = request.GET.get("tertinggal", "")
    context = {
        "sitting": found,
        "parts": sheets.result_lines(found),
        "bars": sheets.bar_lines(found, need),
        "needs": needs,
        "need": need,
        "need_label": needs.get(need, ""),
        "lost": int(lost) if lost.isdecimal() and len(lost) < 4 else 0,
        "total": found.score["total"],
        "page": Paginator(lines, A_PAGE).get_page(request.GET.get("halaman")),
        "only_wrong": only_wrong,
        "past": past,
        "query": "tampil=salah&" if only_wrong else "",
    }
    return render(request, "exams/practice/result.html", context)
