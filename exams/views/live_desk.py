"""The office's side of live scores: make a session, open it as another person, give a key, bring a file."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guards import roles_required
from accounts.roles import Role
from exams.actions import live_feed, live_sessions
from exams.forms_live import FeedFileForm, SessionForm
from exams.live_rows import MOST_BYTES, Refused
from exams.models import ExamSession

PREPARER, PUBLISHER = Role.PREPARER, Role.PUBLISHER


@roles_required(PREPARER, PUBLISHER)
@require_http_methods(["GET", "POST"])
def live_desk_list(request):
    """The sessions, and a form for a new one for those who prepare."""
    may_make = request.user.has_role(PREPARER)
    form = SessionForm(request.POST if request.method == "POST" and may_make else None)
    if request.method == "POST" and may_make and form.is_valid():
        try:
            made = live_sessions.make(**form.cleaned_data, by=request.user, at=timezone.now())
        except live_sessions.NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Sesi tersimpan. Rekan lain membukanya sebelum ujian mulai."))
            return redirect("live_desk", made.slug)
    found = ExamSession.objects.select_related("stage__recruitment")[:100]
    context = {"sessions": found, "form": form, "may_make": may_make}
    return render(request, "exams/live/desk_list.html", context, status=422 if form.errors else 200)


@roles_required(PREPARER, PUBLISHER)
@require_http_methods(["GET", "POST"])
def live_desk(request, slug):
    """One session: what arrived, and what may be done with it now. A new key is told on this answer alone."""
    session = get_object_or_404(
        ExamSession.objects.select_related("stage__recruitment", "made_by", "opened_by"), slug=slug
    )
    form, words, refused = FeedFileForm(), "", []
    if request.method == "POST":
        do = request.POST.get("do")
        try:
            if do == "open" and request.user.has_role(PUBLISHER):
                live_sessions.open_(session, by=request.user, at=timezone.now())
                messages.success(request, _("Sesi dibuka. Nilai yang masuk tampil untuk semua orang."))
            elif do == "close" and request.user.has_role(PUBLISHER):
                live_sessions.close(session, by=request.user, at=timezone.now())
                messages.success(request, _("Sesi ditutup. Nilai yang sudah tampil tetap ada."))
            elif do == "key" and request.user.has_role(PREPARER):
                words = live_sessions.new_key(session, by=request.user, at=timezone.now())
            elif do == "file" and request.user.has_role(PREPARER):
                form = FeedFileForm(request.POST, request.FILES)
                if form.is_valid():
                    raw = form.cleaned_data["file"].read(MOST_BYTES + 1)
                    made, new = live_feed.receive(session, raw, by=request.user, at=timezone.now())
                    said = (
                        _("Berkas diterima: %(n)s nilai baru, %(same)s sudah ada.")
                        if new
                        else _("Berkas ini sudah diterima sebelumnya. Tidak ada yang diubah.")
                    )
                    messages.success(request, said % {"n": made.rows, "same": made.same} if new else said)
        except (live_sessions.NotPossible, live_feed.OutOfTurn) as error:
            messages.error(request, str(error))
        except Refused as error:
            refused = error.problems
        if not (words or refused or form.errors):
            return redirect("live_desk", slug)
        session.refresh_from_db()
    context = {
        "session": session, "form": form, "words": words, "refused": refused,
        "key": session.keys.filter(ended_at=None).first(),
        "deliveries": session.deliveries.order_by("-sequence").select_related("by")[:20],
        "may_open": request.user.has_role(PUBLISHER) and not session.opened_at and session.made_by_id != request.user.pk,
        "may_close": request.user.has_role(PUBLISHER) and session.is_open,
        "may_bring": request.user.has_role(PREPARER) and session.is_open,
    }  # fmt: skip
    answer = render(request, "exams/live/desk.html", context, status=422 if refused or form.errors else 200)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
