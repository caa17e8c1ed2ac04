"""The team's desk for citizen reports: unlock, read, answer, close. Members alone; the office has no part in it."""

from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from oversight import sitting
from oversight.actions import finding as findings
from oversight.actions import report_desk as desk
from oversight.actions import team_keys
from oversight.report_clock import answer_due
from oversight.report_forms import NewPassphraseForm, PassphraseForm, ReplyForm
from oversight.report_states import OVER, ReportState
from oversight.views.workspace import members_only
from vacancies.models import Stage


def with_sitting(view):
    """Gives the view the member's opened key as `request.private`; None where the passphrase has to be given first."""

    @members_only
    @wraps(view)
    def guarded(request, *args, **kwargs):
        half = request.COOKIES.get(sitting.COOKIE, "")
        try:
            opened = sitting.resume(
                request.membership, half, session_key=request.session.session_key, at=timezone.now()
            )
        except sitting.Locked:
            request.private, request.sitting = None, None
        else:
            request.private, request.sitting = opened.private, opened
        return view(request, *args, **kwargs)

    return guarded


def _report(request, pk):
    found = desk.report_of(request.membership, pk)
    if found is None:
        raise Http404
    return found


@with_sitting
@require_GET
def report_list(request):
    """Every report for the team: about what, since when, how far."""
    state = request.GET.get("keadaan", "")
    rows = desk.reports_of(request.membership, state=state if state in ReportState.values else "")
    now = timezone.now()
    context = {
        "reports": [{"report": one, "due": answer_due(one.received_at), "late": _late(one, now)} for one in rows],
        "state": state,
        "states": ReportState.choices,
        "unlock_form": PassphraseForm(),
        "team_key": team_keys.current(request.membership.team),
        "next": request.path,
    }
    return render(request, "oversight/report/desk_list.html", context)


def _late(report, now) -> bool:
    return report.first_answer_at is None and now > answer_due(report.received_at)


@members_only
@require_POST
def report_unlock(request):
    """Open the member's key with the passphrase for fifteen minutes."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("report_list")
    now = timezone.now()
    try:
        sitting.count_try(request.membership)
        private = team_keys.open_member_key(passphrase=request.POST.get("passphrase", ""), by=request.user, at=now)
    except sitting.TooManyTries:
        messages.error(request, _("Terlalu sering salah. Tunggu 15 menit, lalu coba lagi."))
        return redirect(back)
    except team_keys.WrongPassphrase:
        messages.error(request, _("Kalimat sandi tidak cocok. Coba lagi."))
        return redirect(back)
    except team_keys.NotPossible as error:
        messages.error(request, str(error))
        return redirect("report_keys")
    sitting.forget_tries(request.membership)
    half = sitting.begin(request.membership, private, session_key=request.session.session_key, at=now)
    response = redirect(back)
    response.set_cookie(
        sitting.COOKIE, half, max_age=sitting.LASTS, path=sitting.PATH, httponly=True, samesite="Strict",
        secure=request.is_secure(),
    )  # fmt: skip
    return response


@members_only
@require_POST
def report_lock(request):
    """End the sitting at once."""
    sitting.end(request.COOKIES.get(sitting.COOKIE, ""))
    response = redirect("report_list")
    response.delete_cookie(sitting.COOKIE, path=sitting.PATH, samesite="Strict")
    return response


@with_sitting
@require_GET
def report_detail(request, pk):
    """One report: what was said, and the next step."""
    return _detail(request, _report(request, pk), ReplyForm())


def _detail(request, report, form):
    opened = desk.read(report, private=request.private, by=request.user, at=timezone.now()) if request.private else []
    context = {
        "report": report,
        "opened": opened,
        "unreadable": bool(opened) and opened[0].content is None,
        "form": form,
        "unlock_form": PassphraseForm(),
        "due": answer_due(report.received_at),
        "late": _late(report, timezone.now()),
        "closed": report.state in OVER,
        "stages": Stage.objects.announcing()
        .filter(recruitment__published_at__isnull=False)
        .select_related("recruitment")
        .order_by("-announce_at")[:100],
        "next": request.path,
    }
    return render(request, "oversight/report/desk_detail.html", context, status=422 if form.errors else 200)


@with_sitting
@require_POST
def report_reply(request, pk):
    """Say something to the reporter; the words are sealed to the code."""
    report, form = _report(request, pk), ReplyForm(request.POST)
    if form.is_valid():
        try:
            desk.answer(report, **form.cleaned_data, by=request.user, at=timezone.now())
        except desk.NotReady as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Pesan terkunci untuk pelapor dan menunggu di halamannya."))
            return redirect("report_detail", pk=pk)
    return _detail(request, report, form)


@with_sitting
@require_POST
def report_finding(request, pk):
    """Begin a finding that this report led to; nothing of the report goes into it."""
    report = _report(request, pk)
    stage = get_object_or_404(Stage.objects.announcing(), pk=request.POST.get("stage") or 0)
    try:
        made = desk.draft_finding(report, stage, by=request.user, at=timezone.now())
    except (desk.NotReady, desk.NotAllowed, findings.NotAllowed, findings.NotReady) as error:
        messages.error(request, str(error))
        return redirect("report_detail", pk=pk)
    return redirect("team_finding", number=made.number)


@with_sitting
@require_GET
def report_image(request, pk, number, position):
    """One picture of a message."""
    if request.private is None:
        return redirect("report_detail", pk=pk)
    found = desk.image(
        _report(request, pk), number, position, private=request.private, by=request.user, at=timezone.now()
    )
    if found is None:
        raise Http404
    return HttpResponse(found, content_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@with_sitting
@require_GET
def report_keys(request):
    """Who can open reports, which key reports are sealed to, and my own key."""
    return _keys(request, NewPassphraseForm())


def _keys(request, form):
    context = {
        "form": form,
        "unlock_form": PassphraseForm(),
        "next": request.path,
        **team_keys.overview(request.membership, at=timezone.now()),
    }
    return render(request, "oversight/report/keys.html", context, status=422 if form.errors else 200)


@with_sitting
@require_POST
def member_key_new(request):
    """Choose a passphrase; the member has a key from now on."""
    form = NewPassphraseForm(request.POST)
    if form.is_valid():
        try:
            team_keys.make_member_key(passphrase=form.cleaned_data["passphrase"], by=request.user, at=timezone.now())
        except team_keys.NotPossible as error:
            form.add_error("passphrase", str(error))
        else:
            messages.success(request, _("Kunci Anda sudah dibuat. Buka dengan kalimat sandi itu."))
            return redirect("report_keys")
    return _keys(request, form)


@with_sitting
@require_POST
def team_key_new(request):
    """Make the team's first key, or a new one in the place of the last."""
    return _with_key(request, team_keys.make_team_key, _("Kunci tim sudah dibuat dan dicatat untuk umum."))


@with_sitting
@require_POST
def team_key_give(request, pk):
    """Let another member read: the second of the two steps."""
    member = get_object_or_404(request.membership.team.memberships.current(timezone.now()), pk=pk)

    def give(**who):
        return team_keys.give(member, **who)

    return _with_key(request, give, _("Anggota itu sekarang dapat membuka laporan."))


def _with_key(request, act, done: str):
    if request.private is None:
        messages.error(request, _("Buka dahulu kunci Anda dengan kalimat sandi."))
        return redirect("report_keys")
    try:
        act(private=request.private, by=request.user, at=timezone.now())
    except (team_keys.NotAllowed, team_keys.NotPossible) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("report_keys")
