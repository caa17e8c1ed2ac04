"""Watching over people who reported: the person's own page, and the team's. The office has no page of it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from oversight.actions import retaliation
from oversight.actions.standing import NotAllowed, NotReady
from oversight.forms_retaliation import JudgementForm, WatchForm
from oversight.views.guard import members_only


@login_required
@require_http_methods(["GET", "POST"])
def watch_own(request):
    """Ask the team to watch over me, see that it does, and take it back."""
    form = WatchForm(request.POST if request.POST.get("do") == "ask" else None)
    if request.POST.get("do") == "withdraw":
        retaliation.withdraw(request.user)
        messages.success(request, _("Ditarik. Tim tidak lagi melihat apa pun tentang Anda, dan catatannya terhapus."))
        return redirect("watch_own")
    if form.is_valid():
        given = {key: form.cleaned_data[key] for key in ("about", "ref", "reported_on")}
        try:
            retaliation.ask(**given, by=request.user, at=timezone.now())
        except (NotAllowed, NotReady) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Tim pengawas menjaga Anda mulai sekarang."))
            return redirect("watch_own")
    context = {"form": form, "employee": retaliation.employee_of(request.user), "watch": retaliation.own(request.user)}
    return render(request, "oversight/retaliation/own.html", context, status=422 if form.errors else 200)


@members_only
@require_GET
def team_watches(request):
    """Who asked for it, and what happened to them since their report."""
    rows = retaliation.seen(by=request.user, at=timezone.now())
    rows.sort(key=lambda row: not any(one.newest is None for one in row[1]))
    return render(request, "oversight/retaliation/list.html", {"rows": rows})


@members_only
@require_http_methods(["GET", "POST"])
def team_watch(request, pk):
    """One person: each change, its decree, how many others it named, and what members think of it."""
    form = JudgementForm(request.POST or None)
    if form.is_valid():
        try:
            retaliation.judge(pk, **form.cleaned_data, by=request.user, at=timezone.now())
        except (NotAllowed, NotReady) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Tersimpan. Hanya tim yang membacanya."))
            return redirect("team_watch", pk=pk)
    rows = retaliation.seen(by=request.user, at=timezone.now())
    found = next(((watch, changes) for watch, changes in rows if watch.pk == pk), None)
    if found is None:
        raise Http404(_("Penjagaan ini sudah ditarik atau berakhir."))
    context = {"watch": found[0], "changes": found[1], "form": form, "choices": form.fields["judgement"].choices}
    return render(request, "oversight/retaliation/detail.html", context, status=422 if form.errors else 200)
