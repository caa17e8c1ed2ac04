"""Tests that count, as their participants see them: the door, the questions, the score. One device for each seat."""

from collections import Counter

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_safe

from exams import exam_card, exam_key, local_bars, own_seats, sheets
from exams.actions import local_scores, resits, seats
from exams.actions import sitting as sittings
from exams.forms_local import DoorForm
from exams.models import Seat
from exams.views import taking
from exams.views.taking import Road, of_own_sitting, while_running

EXAM = Road(
    current=exam_key.current, store="ujian", home="exam_door", question="exam_question", image="exam_image",
    finish="exam_finish", result="exam_result", end=gettext_lazy("Akhiri ujian"),
    after=gettext_lazy("Setelah diakhiri, jawaban tidak dapat diubah lagi. Nilai Anda langsung terlihat."),
)  # fmt: skip


@require_http_methods(["GET", "POST"])
def exam_door(request):
    """Into the test: with the number of the card and the code that is handed out at the seat, or with the account."""
    form = DoorForm(request.POST or None, initial={"number": request.GET.get("nomor", "")[:10]})
    if request.method == "POST" and form.is_valid():
        number, code = form.cleaned_data["number"], form.cleaned_data["code"]
        if not ratelimit.consume(request, action="exam_door", key=f"{get_adapter().get_client_ip(request)} {number}"):
            return ratelimit.respond_429(request)
        key = exam_key.new()
        try:
            seats.enter_with_code(number, code, key=key, at=timezone.now())
        except seats.NotKnown:
            form.add_error(None, _("Nomor dan kode ini tidak cocok, atau kodenya sudah dipakai. Minta petugas ruang."))
        else:
            return exam_key.handed_out(redirect("exam_start"), key)
    here = seats.of_key(exam_key.of(request))
    signed_in = _signed_in(request)
    own = own_seats.of(request.user, here=here, at=timezone.now()) if signed_in else []
    sitting = exam_key.current(request) if here else None
    context = {"form": form, "here": here, "over": sitting and sitting.ended_at, "own": own, "signed_in": signed_in}
    return render(request, "exams/local/door.html", context, status=422 if form.errors else 200)


def _signed_in(request) -> bool:
    """Asks for no session where the browser has none: a device of the room is nobody's."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


@require_http_methods(["GET", "POST"])
def exam_enter(request, pk):
    """With the account: the own seat of a test that allows own devices."""
    if not request.user.is_authenticated:
        return redirect("exam_door")
    seat = get_object_or_404(seats.PLACE, pk=pk, application__user=request.user)
    if request.method == "POST":
        key = exam_key.new()
        try:
            seats.enter_with_account(seat, user=request.user, key=key, at=timezone.now())
        except seats.NotKnown:
            messages.error(request, _("Ujian ini belum dibuka, sudah selesai, atau hanya dapat diikuti di ruangnya."))
        except seats.Elsewhere:
            messages.error(request, _("Ujian Anda terbuka di perangkat lain. Petugas dapat membebaskan kursi Anda."))
        else:
            return exam_key.handed_out(redirect("exam_start"), key)
    return redirect("exam_door")


@require_http_methods(["GET", "POST"])
def exam_start(request):
    """At the seat, before the first question. The own time runs from the button."""
    seat = seats.of_key(exam_key.of(request))
    if seat is None:
        return redirect("exam_door")
    if request.method == "POST":
        try:
            sittings.begin_at(seat, at=timezone.now())
        except sittings.NotYet:
            messages.error(request, _("Ujian belum mulai atau pintunya sudah ditutup. Lihat waktunya di bawah."))
            return redirect("exam_start")
        return redirect("exam_question", 1)
    if exam_key.current(request):
        return redirect("exam_question", 1)
    minutes = (seat.test.blueprint.seconds + seat.extra_seconds) // 60
    sections = Counter()
    for one in seat.test.blueprint.parts.all():
        sections[one.get_component_display()] += one.count
    context = {"seat": seat, "test": seat.test, "minutes": minutes, "count": sections.total(), "sections": dict(sections),
               "begun": seat.test.begins_at <= timezone.now()}  # fmt: skip
    return render(request, "exams/local/start.html", context)


@require_http_methods(["GET", "POST"])
@while_running(EXAM)
def exam_question(request, n):
    return taking.question(request, n, EXAM)


@require_safe
@gzip_page
@while_running(EXAM)
def exam_questions(request):
    return taking.questions(request)


@require_safe
@while_running(EXAM)
def exam_image(request, n):
    return taking.image(request, n)


@require_safe
@while_running(EXAM)
def exam_state(request):
    return taking.state(request)


@require_http_methods(["GET", "POST"])
@while_running(EXAM)
def exam_finish(request):
    return taking.finish(request, EXAM)


@require_safe
@of_own_sitting(EXAM)
def exam_result(request):
    """The own score as soon as it is over, by component, on the scale of the stage and beside its thresholds.

    No explanation: items are used again.
    """
    found = request.sitting
    if not found.ended_at:
        if taking.left(found):
            return redirect("exam_question", 1)
        found = sittings.end(found)
    seat = found.seat
    score = local_scores.in_force(found)
    lines, need = local_bars.of(seat, local_scores.scaled(seat.test, score["parts"]))
    sheet = [[place.version_id, value] for place, value in sittings.sheet_of(found)]
    lost = request.GET.get("tertinggal", "")
    context = {
        "sitting": found, "seat": seat, "test": seat.test, "total": score["total"],
        "parts": sheets.part_lines(score),
        "lines": lines, "need": need,
        "lost": int(lost) if lost.isdecimal() and len(lost) < 4 else 0,
        "corrected": score != found.score, "line": local_scores.line_of(found, sheet),
        "replaced": resits.replaced().filter(pk=seat.pk).exists(),
        "public": seat.test.session.opened_at and seat.test.session.slug,
        "own": _signed_in(request) and seat.application.user_id == request.user.pk,
    }  # fmt: skip
    return render(request, "exams/local/result.html", context)


@require_http_methods(["GET", "POST"])
def exam_leave(request):
    """Done on a device that others use next: it lets go of the seat. Afterwards the page says where the score is."""
    seat = seats.of_key(exam_key.of(request))
    if request.method == "GET":
        return redirect("exam_start") if seat else render(request, "exams/practice/left.html", {"road": EXAM})
    if seat:
        found = exam_key.current(request)
        if found and not taking.left(found):
            sittings.end(found)
        try:
            seats.leave(seat)
        except seats.NotOver:
            messages.error(request, _("Ujian Anda belum selesai. Akhiri dahulu, lalu bersihkan perangkat ini."))
            return redirect("exam_finish" if found else "exam_start")
    return exam_key.taken_back(redirect("exam_leave"))


@require_safe
def exam_card_pdf(request, pk):
    """The card of an own seat, to print: number, place, time, and the way to the door as QR."""
    if not request.user.is_authenticated:
        return redirect("exam_door")
    seat = get_object_or_404(Seat.objects.select_related(*exam_card.NEEDS), pk=pk, application__user=request.user)
    return HttpResponse(
        exam_card.of(seat, settings.SITE_URL),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="kartu-{seat.application.participant_number}.pdf"'},
    )
