"""The address where a machine brings what the screens show."""

from django.core.exceptions import RequestDataTooBig
from django.http import JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from exams.actions import live_feed, live_sessions
from exams.live_rows import MOST_BYTES, Refused
from exams.models import ExamSession


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
