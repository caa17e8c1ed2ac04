"""Practice for everybody, without an account: begin, one question per page, the end, the explanation."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import public_page
from exams import practice, sheets
from exams.actions import sitting as sittings
from exams.models import Blueprint, Sitting
from exams.views import taking
from exams.views.taking import Road, left, of_own_sitting, while_running

A_PAGE = 10


PRACTICE = Road(
    current=practice.current, store="latihan", home="practice_home", question="practice_question",
    image="practice_image", finish="practice_finish", result="practice_result", end=gettext_lazy("Akhiri latihan"),
    after=gettext_lazy("Setelah diakhiri, jawaban tidak dapat diubah lagi. Nilai dan pembahasan langsung terlihat."),
)  # fmt: skip


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
@of_own_sitting(PRACTICE)
def practice_current(request):
    """To the practice that runs, or to the result of the last one."""
    return redirect("practice_question", 1) if left(request.sitting) else redirect("practice_result")


@require_http_methods(["GET", "POST"])
@while_running(PRACTICE)
def practice_question(request, n):
    return taking.question(request, n, PRACTICE)


@require_safe
@gzip_page  # no token and nothing that the reader sent is in it: its length tells nothing
@while_running(PRACTICE)
def practice_questions(request):
    return taking.questions(request)


@require_safe
@of_own_sitting(PRACTICE)
def practice_image(request, n):
    return taking.image(request, n)


@require_safe
@while_running(PRACTICE)
def practice_state(request):
    return taking.state(request)


@require_http_methods(["GET", "POST"])
@while_running(PRACTICE)
def practice_finish(request):
    return taking.finish(request, PRACTICE)


@require_safe
@of_own_sitting(PRACTICE)
def practice_result(request):
    """The score by component, the thresholds, and every question with its explanation; once it is over, never before."""
    found = request.sitting
    if not found.ended_at:
        if left(found):
            return redirect("practice_current")
        found = sittings.end(found)
    return show_result(request, found)


@require_http_methods(["GET", "POST"])
def practice_leave(request):
    """Done on a shared device: a practice without account is forgotten with its key. Afterwards the page says so."""
    found = practice.held(request)
    if request.method == "GET":
        return (
            redirect("practice_current") if found else render(request, "exams/practice/left.html", {"road": PRACTICE})
        )
    if found and left(found):
        messages.error(request, _("Latihan masih berjalan. Akhiri dahulu, lalu bersihkan perangkat ini."))
        return redirect("practice_finish")
    if found:
        sittings.forget(sittings.end(found))
    response = redirect("practice_leave")
    practice.take_back(response)
    return response


def show_result(request, found: Sitting, *, past: bool = False):
    """Score, thresholds and explanations of a sitting that is over; `past`: out of the account's history."""
    only_wrong = request.GET.get("tampil") == "salah"
    lines = sheets.explained(found)
    if only_wrong:
        lines = [line for line in lines if not line.full]
    needs = sheets.needs(found)
    asked = request.GET.get("kebutuhan", "")
    need = asked if asked in needs else next(iter(needs), "")
    same_need = f"kebutuhan={asked}&" if asked in needs else ""
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
        "same_need": same_need,
        "query": same_need + ("tampil=salah&" if only_wrong else ""),
    }
    return render(request, "exams/practice/result.html", context)
