"""/lapor/: a citizen writes to the team, and comes back by code. No session, no cookie, no address that holds a code."""

from functools import wraps

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import public_page
from oversight import report_codes, report_tokens
from oversight.actions import reports
from oversight.report_clock import answer_due
from oversight.report_files import remake
from oversight.report_forms import CodeForm, MessageForm, ReportForm
from oversight.report_numbers import numbers
from oversight.untraced import counts

REPORTS_PER_HOUR, CODES_PER_HOUR = 20, 120
NEW, TALK = "new report", "talk"


def limited(act: str, most: int):
    """At most `most` posts of this kind from one place within the hour."""

    def decorate(view):
        @wraps(view)
        def counted(request, *args, **kwargs):
            if request.method == "POST" and not counts.allows(request.visitor, act, most, timezone.now()):
                return render(request, "oversight/report/too_often.html", status=429)
            return view(request, *args, **kwargs)

        return counted

    return decorate


@require_GET
def report_start(request):
    """What can be reported, what happens then, what cannot be hidden."""
    return render(request, "oversight/report/start.html", _key() | {"onion": settings.REPORT_ONION})


@csrf_exempt  # nothing of the visitor's browser is trusted here: the token in the form is all there is
@limited("report", REPORTS_PER_HOUR)
@require_http_methods(["GET", "POST"])
def report_new(request):
    """Write a report; the answer to sending it shows its code, once."""
    now = timezone.now()
    if request.method == "GET":
        token = report_tokens.issue(NEW, report_codes.new_code(), at=now)
        return render(request, "oversight/report/new.html", _key() | {"form": ReportForm(), "token": token})
    form, token = ReportForm(request.POST, request.FILES), request.POST.get("token", "")
    try:
        code = report_tokens.code_in(token, NEW, seconds=report_tokens.WRITING_SECONDS, at=now)
    except report_tokens.Stale:
        token = report_tokens.issue(NEW, report_codes.new_code(), at=now)
        form.add_error(None, _("Formulir ini sudah terlalu lama terbuka. Periksa isinya, lalu kirim sekali lagi."))
    if form.is_valid():
        try:
            images = remake.remade(form.cleaned_data["files"])
            reports.receive(code, topic=form.cleaned_data["topic"], content=form.content(), images=images, at=now)
        except remake.BadFile as error:
            form.add_error("files", str(error))
        except reports.NoTeam:
            form.add_error(None, _("Tim pengawas belum membuka saluran ini. Pakai saluran lain di bawah."))
        except reports.AlreadyReceived:
            return _received(request, code, now, again=True)
        else:
            return _received(request, code, now, again=False)
    return render(request, "oversight/report/new.html", _key() | {"form": form, "token": token}, status=422)


def _received(request, code: str, now, *, again: bool):
    context = {"code": report_codes.in_groups(code), "due": answer_due(now), "again": again}
    return render(request, "oversight/report/received.html", context)


@csrf_exempt  # as above
@limited("code", CODES_PER_HOUR)
@require_http_methods(["GET", "POST"])
def report_thread(request):
    """Come back by code: read what the team says, and answer."""
    if "token" in request.POST:
        return _talk(request)
    form = CodeForm(request.POST or None)
    if form.is_valid():
        code = form.cleaned_data["code"]
        try:
            return _thread(request, code, reports.thread(code), MessageForm())
        except reports.UnknownCode:
            form.add_error("code", _("Kode ini tidak kami kenal. Periksa lagi catatan Anda, huruf demi huruf."))
    return render(request, "oversight/report/code.html", {"form": form}, status=422 if form.errors else 200)


def _talk(request):
    """The reporter's next message; the page it was written on holds the code closed."""
    now = timezone.now()
    try:
        code = report_tokens.code_in(request.POST["token"], TALK, seconds=report_tokens.TALKING_SECONDS, at=now)
    except report_tokens.Stale:
        form = CodeForm(data={"code": ""})
        form.is_valid()
        form.add_error(None, _("Halaman tadi sudah terlalu lama terbuka, pesan belum terkirim. Tulis kode Anda lagi."))
        return render(request, "oversight/report/code.html", {"form": form}, status=422)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            images = remake.remade(form.cleaned_data["files"])
            found = reports.say(code, text=form.cleaned_data["text"], images=images, at=now)
        except remake.BadFile as error:
            form.add_error("files", str(error))
        except reports.ThreadOver:
            form.add_error(None, _("Percakapan ini sudah berakhir. Tulis laporan baru dan sebut yang lama."))
        else:
            return _thread(request, code, found, MessageForm(), sent=True)
    return _thread(request, code, reports.thread(code), form)


def _thread(request, code: str, found, form, *, sent: bool = False):
    due = answer_due(found.received_at)
    context = {
        "thread": found,
        "form": form,
        "sent": sent,
        "token": report_tokens.issue(TALK, code, at=timezone.now()),
        "due": due,
        "late": not found.answered and timezone.now() > due,
    }
    return render(request, "oversight/report/thread.html", context, status=422 if form.errors else 200)


@require_GET
@public_page(3600)
def report_statistics(request):
    """How many reports there are, about what, and how fast they are answered."""
    return render(request, "oversight/report/statistics.html", numbers())


def _key() -> dict:
    return {"key": reports.receiving_key()}
