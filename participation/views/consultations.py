"""Consultations as everybody sees them: read, say something, support, and the page behind the signed link."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import public_page
from participation.actions import contributions
from participation.forms_consultation import AddressForm, AppealForm, ContributionForm
from participation.models import Cluster, Consultation, ConsultationDocument, Contribution, Hiding, Promise
from publishing.models.subscriber import of_token
from publishing.views import without_account
from publishing.views.signed_link import keep_address

A_PAGE = 30
FORM = "contribution"  # which forms these are, for the limits and for proofs of work


@require_safe
@public_page(60)
def consultation_list(request):
    """All consultations, the newest first, each with its standing."""
    found = Consultation.objects.public().with_standing().with_counts().order_by("-opens_at", "-pk")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("halaman"))
    context = {"page": page, "zone": timezone.get_default_timezone()}
    return render(request, "participation/consultation/list.html", context)


@require_safe
@public_page(60)
def consultation_detail(request, slug):
    """The question, its documents, what the office answered and promised, and what people said (?pokok= of a cluster)."""
    found = get_object_or_404(Consultation.objects.public().with_standing(), slug=slug)
    promises = _promises(found)
    seen = Q(contributions__hiding=None) | Q(contributions__hiding__restored=True)
    clusters = list(found.clusters.annotate(voices=Count("contributions", filter=seen)))
    chosen = _chosen(clusters, request.GET.get("pokok", ""))
    replies = Contribution.objects.confirmed().with_support().select_related("hiding")
    said = found.contributions.confirmed().with_support().select_related("hiding", "cluster")
    said = said.filter(cluster=chosen) if chosen else said.filter(parent=None)
    said = said.prefetch_related(Prefetch("replies", replies)).order_by("-support", "confirmed_at", "pk")
    context = {
        "consultation": found,
        "documents": found.documents.order_by("pk"),
        "clusters": clusters,
        "chosen": chosen,
        "unsorted": found.contributions.confirmed().filter(cluster=None).exclude(hiding__restored=False).count(),
        "promises": promises,
        "tally": {
            "done": sum(one.state == Promise.State.DONE for one in promises),
            "dropped": sum(one.state == Promise.State.DROPPED for one in promises),
            "late": sum(one.overdue for one in promises),
        },
        "page": Paginator(said, A_PAGE).get_page(request.GET.get("halaman")),
        "query": f"pokok={chosen.pk}&" if chosen else "",
        "rules": Hiding.Rule.labels,
        "zone": timezone.get_default_timezone(),
    }
    return render(request, "participation/consultation/detail.html", context)


def _promises(consultation: Consultation) -> list[Promise]:
    today = timezone.localdate()
    promises = list(consultation.promises.select_related("cluster"))
    for one in promises:
        one.overdue = one.is_overdue(today)
    return promises


def _chosen(clusters: list[Cluster], wanted: str) -> Cluster | None:
    """The cluster that was asked for; none is asked for without a number."""
    if not wanted:
        return None
    for one in clusters:
        if str(one.pk) == wanted:
            return one
    raise Http404(_("Tidak ada kelompok masukan seperti itu."))


@require_safe
@public_page(3600)
def consultation_document(request, slug, pk):
    """A PDF of a published consultation."""
    documents = ConsultationDocument.objects.filter(consultation__in=Consultation.objects.public())
    found = get_object_or_404(documents, consultation__slug=slug, pk=pk)
    response = FileResponse(found.file.open("rb"), content_type="application/pdf", filename=f"{slug}-{pk}.pdf")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


@require_http_methods(["GET", "POST"])
def contribution_new(request, slug):
    """Say something, or answer somebody (?balas=). The answer is the same whoever asks, for whatever address."""
    consultation = get_object_or_404(Consultation.objects.public().with_standing(), slug=slug)
    parent = _parent(consultation, request.GET.get("balas", ""))
    form, now = ContributionForm(request.POST or None), timezone.now()
    if form.is_valid() and without_account.admits(request, form, FORM, at=now):
        given = form.cleaned_data
        try:
            contributions.contribute(
                consultation, address=given["email"], name=given["name"], text=given["text"], parent=parent, at=now
            )
        except (contributions.Closed, contributions.NotPossible) as error:
            form.add_error(None, str(error))
        else:
            return render(request, "participation/consultation/asked.html", {"consultation": consultation})
    context = {
        "consultation": consultation,
        "parent": parent,
        "form": form,
        "rules": Hiding.Rule.labels,
        "proof": without_account.task(request, FORM, at=now),
    }
    return render(request, "participation/consultation/new.html", context, status=without_account.status(form))


def _parent(consultation: Consultation, chosen: str) -> Contribution | None:
    if not chosen:
        return None
    shown = consultation.contributions.confirmed().filter(parent=None).exclude(hiding__restored=False)
    return get_object_or_404(shown, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)


@require_http_methods(["GET", "POST"])
def contribution_support(request, pk):
    """Stand behind what somebody said; one address, one vote."""
    shown = Contribution.objects.confirmed().exclude(hiding__restored=False).select_related("consultation")
    contribution = get_object_or_404(shown, pk=pk)
    form, now = AddressForm(request.POST or None), timezone.now()
    if form.is_valid() and without_account.admits(request, form, FORM, at=now):
        try:
            contributions.support(contribution, address=form.cleaned_data["email"], at=now)
        except contributions.Closed as error:
            form.add_error(None, str(error))
        else:
            context = {"consultation": contribution.consultation}
            return render(request, "participation/consultation/asked.html", context)
    context = {
        "contribution": contribution,
        "consultation": contribution.consultation,
        "form": form,
        "proof": without_account.task(request, FORM, at=now),
    }
    return render(request, "participation/consultation/support.html", context, status=without_account.status(form))


@require_http_methods(["GET", "POST"])
def contribution_room(request, token):
    """Everything an address said: to confirm or drop what waits, and to appeal once. The signed link is the key."""
    subscriber = of_token(token)
    if subscriber is None:
        return render(request, "participation/consultation/gone.html", status=404)
    form = AppealForm(request.POST if request.POST.get("do") == "appeal" else None)
    if request.method == "POST":
        try:
            if _act(request, subscriber, form):
                return redirect("contribution_room", token=token)
        except (contributions.Closed, contributions.NotPossible) as error:
            messages.error(request, str(error))
            return redirect("contribution_room", token=token)
    said = subscriber.contributions.select_related("consultation", "hiding").order_by("-made_at")
    votes = subscriber.contribution_votes.select_related("contribution__consultation").order_by("-made_at")
    context = {
        "said": said[:100],
        "votes": votes[:100],
        "token": token,
        "form": form,
        "which": request.POST.get("which", "") if form.errors else "",
        "zone": timezone.get_default_timezone(),
    }
    status = 422 if form.errors else 200
    return keep_address(render(request, "participation/consultation/room.html", context, status=status))


def _act(request, subscriber, form) -> bool:
    """Do what was pressed; False when the form has to be shown again."""
    now = timezone.now()
    own = subscriber.contributions if request.POST.get("what") == "said" else subscriber.contribution_votes
    chosen = request.POST.get("which", "")
    found = get_object_or_404(own, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)
    match request.POST.get("do"):
        case "confirm":
            contributions.confirm(found, by=subscriber, at=now)
            messages.success(request, _("Terima kasih. Dalam satu menit terlihat di halaman konsultasi."))
        case "drop":
            contributions.drop(found, by=subscriber)
        case "appeal" if isinstance(found, Contribution):
            if not form.is_valid():
                return False
            hiding = get_object_or_404(Hiding, contribution=found)
            contributions.appeal(hiding, text=form.cleaned_data["text"], by=subscriber, at=now)
            messages.success(request, _("Keberatan Anda terkirim. Moderator lain memutuskannya."))
        case _:
            raise Http404(_("Tidak ada tindakan seperti itu."))
    return True
