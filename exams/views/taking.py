"""Taking a test, whichever: one question per page, kept at once, the end by the server's clock. A road says whose it is."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from uuid import uuid4

from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from exams import sheets
from exams.actions import sitting as sittings
from exams.models import Sitting

MARK = re.compile(r"[0-9A-Za-z-]{1,36}")


@dataclass(frozen=True)
class Road:
    """The pages of one kind of test: `current` finds the sitting of a request, the rest are names of addresses.

    `store` keeps what waits in a browser apart from that of the other kind.
    """

    current: Callable[[HttpRequest], Sitting | None]
    store: str
    home: str
    question: str
    image: str
    finish: str
    result: str
    after: str  # the words under "end it?": what is seen then
    end: str  # the button to the end


def of_own_sitting(road: Road):
    """The sitting of this browser or account in `request.sitting`; where there is none, to the start."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            request.sitting = road.current(request)
            if request.sitting is None:
                if wants_json(request):
                    return JsonResponse({"gone": True}, status=404)
                return redirect(road.home)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def while_running(road: Road):
    """Only while there is time. Whoever comes later is scored and sees the result."""

    def decorate(view):
        @wraps(view)
        @of_own_sitting(road)
        def guarded(request, *args, **kwargs):
            request.left = left(request.sitting)
            if request.left <= 0:
                return over(request, road)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


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


def over(request, road: Road):
    sittings.end(request.sitting)
    if wants_json(request):
        return JsonResponse({"over": True}, status=409)
    return redirect(road.result)


def question(request, n: int, road: Road):
    """One question. What is sent is kept at once, and the answer to it says so with time and number."""
    if request.method == "POST":
        return _save(request, n, road)
    sheet = sheets.page(request.sitting)
    if not 1 <= n <= len(sheet.places):
        return redirect(road.question, 1)
    context = {"sitting": request.sitting, "sheet": sheet, "one": sheet.places[n - 1], "n": n, "road": road,
               "left": request.left, "clock": sheets.length(request.left), "at": sheets.clock(timezone.now()),
               "mark": uuid4()}  # fmt: skip
    return render(request, "exams/practice/question.html", context)


def _save(request, n: int, road: Road):
    chosen = [letter for letter in request.POST.getlist("jawaban") if letter.strip()]
    mark = request.POST.get("tanda", "")
    mark = mark if MARK.fullmatch(mark) else str(uuid4())
    try:
        given = sittings.answer(request.sitting, n, chosen, doubtful="ragu" in request.POST, mark=mark)
    except sittings.Over:
        if not wants_json(request):
            messages.error(request, _("Waktu sudah habis. Jawaban terakhir tidak masuk."))
        return over(request, road)
    except (sittings.NotDrawn, sittings.NotPossible):
        return _refused(request, n, road, 422, _("Jawaban itu tidak ada pada soal ini. Pilih salah satu yang tampil."))
    except sittings.TooMany:
        return _refused(
            request, n, road, 429, _("Jawaban sudah terlalu sering diubah. Yang terakhir tersimpan tetap berlaku.")
        )
    if wants_json(request):
        return JsonResponse({"number": given.number, "at": sheets.clock(given.at), "left": left(request.sitting)})
    goes_to = request.POST.get("ke", "")
    return redirect(road.question, int(goes_to) if goes_to.isdecimal() and len(goes_to) < 4 else n)


def _refused(request, n: int, road: Road, status: int, words: str):
    if wants_json(request):
        return JsonResponse({"words": words}, status=status)
    messages.error(request, words)
    return redirect(road.question, n)


def questions(request) -> JsonResponse:
    """All questions for the page's script, so that a lost network stops nobody. Never which option is right."""
    sheet = sheets.page(request.sitting)
    return JsonResponse({"questions": [one.plain() for one in sheet.places], "left": request.left})


def image(request, n: int) -> HttpResponse:
    """The picture of a question, for whoever got the question."""
    place = get_object_or_404(request.sitting.items.select_related("version"), position=n)
    found = place.version.content.get("image")
    if not found:
        raise Http404
    return HttpResponse(base64.b64decode(found["data"]), content_type=found["type"])


def state(request) -> JsonResponse:
    """What is saved and how long there is: another tab may have answered since."""
    return JsonResponse({"answers": sheets.given(request.sitting), "left": request.left})


def finish(request, road: Road):
    """Before the end: what is open or in doubt. With the button it is over."""
    if request.method == "POST":
        sittings.end(request.sitting)
        return redirect(road.result)
    context = {"sitting": request.sitting, "sheet": sheets.page(request.sitting), "road": road,
               "clock": sheets.length(request.left)}  # fmt: skip
    return render(request, "exams/practice/finish.html", context)
