"""Needs for trainings: read, propose, support, and the page behind the signed link; the office answers and hides."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import public_page, roles_required
from accounts.roles import Role
from publishing.models.subscriber import of_token
from publishing.views import without_account
from publishing.views.signed_link import keep_address
from workforce.actions import training_need as needs
from workforce.forms_need import AddressForm, AnswerForm, HideForm, NeedForm
from workforce.models import TrainingNeed
from workforce.refusals import NotPossible

FORM = "training_need"  # which forms these are, for the limits and for proofs of work
A_PAGE = 30


@require_safe
@public_page(60)
def need_list(request):
    """What people want to be taught, what most stand behind first."""
    found = TrainingNeed.objects.confirmed().with_support().select_related("training")
    page = Paginator(found.order_by("-support", "confirmed_at", "pk"), A_PAGE).get_page(request.GET.get("halaman"))
    return render(request, "workforce/need/list.html", {"page": page, "query": ""})


def _admitted(request, form, now) -> bool:
    """Whether the form is taken: an account's always, an address within the limits of forms without account."""
    return form.is_valid() and (request.user.is_authenticated or without_account.admits(request, form, FORM, at=now))


@require_http_methods(["GET", "POST"])
def need_new(request):
    """Propose a training, with an account or with an address."""
    known, now = request.user.is_authenticated, timezone.now()
    form = NeedForm(request.POST or None, signed_in=known)
    if _admitted(request, form, now):
        given = form.cleaned_data
        if known:
            needs.propose(text=given["text"], topic=given["topic"], by=request.user, at=now)
            messages.success(request, _("Terima kasih. Dalam satu menit usulan Anda tampil."))
            return redirect("need_list")
        needs.ask_to_propose(text=given["text"], topic=given["topic"], address=given["email"], at=now)
        return render(request, "workforce/need/asked.html")
    context = {"form": form, "proof": "" if known else without_account.task(request, FORM, at=now)}
    return render(request, "workforce/need/new.html", context, status=without_account.status(form))


@require_http_methods(["GET", "POST"])
def need_support(request, pk):
    """Stand behind a need of somebody else; one mailbox, one vote."""
    need = get_object_or_404(TrainingNeed.objects.confirmed(), pk=pk, hidden_at=None)
    known, now = request.user.is_authenticated, timezone.now()
    form = AddressForm(request.POST if request.method == "POST" else None, signed_in=known)
    if _admitted(request, form, now):
        if not known:
            needs.ask_to_support(need, address=form.cleaned_data["email"], at=now)
            return render(request, "workforce/need/asked.html")
        try:
            needs.support(need, by=request.user, at=now)
        except NotPossible as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Dukungan Anda terhitung."))
        return redirect("need_list")
    context = {"form": form, "need": need, "proof": "" if known else without_account.task(request, FORM, at=now)}
    return render(request, "workforce/need/support.html", context, status=without_account.status(form))


@require_http_methods(["GET", "POST"])
def need_room(request, token):
    """What an address proposed and supported: confirm it or let it go. The signed link is the key."""
    subscriber = of_token(token)
    if subscriber is None:
        return render(request, "workforce/need/gone.html", status=404)
    if request.method == "POST":
        own = subscriber.training_needs if request.POST.get("what") == "need" else subscriber.need_votes
        chosen = request.POST.get("which", "")
        found = get_object_or_404(own, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
        try:
            match request.POST.get("do"):
                case "confirm":
                    needs.confirm(found, by=subscriber, at=timezone.now())
                    messages.success(request, _("Terima kasih. Dalam satu menit tampil."))
                case "drop":
                    needs.drop(found, by=subscriber)
                case _:
                    raise Http404
        except NotPossible as error:
            messages.error(request, str(error))
        return redirect("need_room", token=token)
    context = {
        "needs": subscriber.training_needs.order_by("-pk")[:100],
        "votes": subscriber.need_votes.select_related("need").order_by("-pk")[:100],
        "token": token,
    }
    return keep_address(render(request, "workforce/need/room.html", context))


@roles_required(Role.PREPARER, Role.PUBLISHER)
@require_http_methods(["GET", "POST"])
def need_desk(request):
    """Answer or hide what people want to be taught."""
    act, chosen = request.POST.get("do", ""), request.POST.get("which", "")
    failed = None
    if request.method == "POST":
        form = {"answer": AnswerForm, "hide": HideForm}.get(act)
        if form is None:
            raise Http404
        form = form(request.POST)
        key = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
        need = get_object_or_404(TrainingNeed.objects.confirmed(), pk=key)
        if form.is_valid():
            try:
                (needs.answer if act == "answer" else needs.hide)(
                    need, **form.cleaned_data, by=request.user, at=timezone.now()
                )
            except NotPossible as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Tersimpan."))
                return redirect("need_desk")
        failed = form
    found = TrainingNeed.objects.confirmed().with_support().filter(hidden_at=None).select_related("training")
    page = Paginator(found.order_by("answered_at", "-support", "pk"), A_PAGE).get_page(request.GET.get("halaman"))
    context = {"page": page, "query": "", "failed": failed, "trainings": AnswerForm().fields["training"].queryset}
    return render(request, "workforce/need/desk.html", context, status=422 if failed else 200)
