"""The office's desk of consultations: write, publish, moderate, sort, answer, promise, settle."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required
from accounts.roles import Role
from lib.document_checks.check import BadDocument
from participation import forms_consultation as forms
from participation.actions import consultations, contributions
from participation.models import Consultation, Contribution

DESK = (Role.PREPARER, Role.PUBLISHER)
A_PAGE = 50


@roles_required(*DESK)
@require_GET
def consultation_desk_list(request):
    """Drafts and published ones, the newest first."""
    page = Paginator(Consultation.objects.with_standing().order_by("-pk"), A_PAGE).get_page(request.GET.get("halaman"))
    context = {"page": page, "zone": timezone.get_default_timezone()}
    return render(request, "participation/consultation/desk_list.html", context)


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def consultation_desk_new(request):
    """Write a consultation; it is a draft until a second person publishes it."""
    form = forms.ConsultationForm(request.POST or None)
    if form.is_valid():
        try:
            made = consultations.write(**form.cleaned_data, by=request.user, at=timezone.now())
        except consultations.NotPossible as error:
            form.add_error(None, str(error))
        else:
            return redirect("consultation_desk", pk=made.pk)
    context = {"form": form}
    return render(request, "participation/consultation/desk_new.html", context, status=422 if form.errors else 200)


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def consultation_desk(request, pk):
    """One consultation: what is there, and each next act as a small form."""
    found = get_object_or_404(Consultation.objects.with_standing(), pk=pk)
    act = request.POST.get("do", "")
    made = {name: build(request, found, act == name) for name, build in FORMS.items()}
    if request.method == "POST":
        if act not in ACTS:
            raise Http404(_("Tidak ada tindakan seperti itu."))
        form = made.get(act)
        if form is None or form.is_valid():
            try:
                ACTS[act](request, found, form.cleaned_data if form else {})
            except (BadDocument, consultations.NotPossible, contributions.NotPossible) as error:
                if form is None:
                    messages.error(request, str(error))
                    return redirect("consultation_desk", pk=pk)
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Tersimpan."))
                return redirect("consultation_desk", pk=pk)
    said = found.contributions.confirmed().with_support().select_related("hiding__by", "cluster")
    context = {
        "consultation": found,
        "forms": made,
        "failed": made.get(act),
        "which": request.POST.get("which", ""),
        "documents": found.documents.order_by("pk"),
        "clusters": found.clusters.all(),
        "promises": found.promises.select_related("cluster"),
        "page": Paginator(said.order_by("-confirmed_at", "-pk"), A_PAGE).get_page(request.GET.get("halaman")),
        "may_publish": request.user.has_role(Role.PUBLISHER) and found.written_by_id != request.user.pk,
        "today": timezone.localdate(),
        "zone": timezone.get_default_timezone(),
    }
    failed = made.get(act) is not None and bool(made[act].errors)
    return render(request, "participation/consultation/desk.html", context, status=422 if failed else 200)


FORMS = {
    "document": lambda request, found, on: forms.DocumentForm(
        request.POST if on else None, request.FILES if on else None, prefix="document"
    ),
    "sort": lambda request, found, on: forms.ClusterForm(
        request.POST if on else None, consultation=found, prefix="sort"
    ),
    "answer": lambda request, found, on: forms.ResponseForm(request.POST if on else None, prefix="answer"),
    "promise": lambda request, found, on: forms.PromiseForm(
        request.POST if on else None, consultation=found, prefix="promise"
    ),
    "settle": lambda request, found, on: forms.SettleForm(request.POST if on else None, prefix="settle"),
    "hide": lambda request, found, on: forms.HideForm(request.POST if on else None, prefix="hide"),
    "decide": lambda request, found, on: forms.DecideForm(request.POST if on else None, prefix="decide"),
}


def _which(request, rows):
    chosen = request.POST.get("which", "")
    return get_object_or_404(rows, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)


def _publisher_only(request) -> None:
    if not request.user.has_role(Role.PUBLISHER):
        raise PermissionDenied


def _document(request, found, given):
    consultations.add_document(found, **given, by=request.user, at=timezone.now())


def _publish(request, found, given):
    _publisher_only(request)
    consultations.publish(found, by=request.user, at=timezone.now())


def _sort(request, found, given):
    chosen = [int(one) for one in request.POST.getlist("chosen") if one.isdecimal() and len(one) < 19]
    if not chosen:
        raise consultations.NotPossible(_("Tandai dahulu masukan yang sepokok."))
    consultations.sort(found, chosen, **given, by=request.user, at=timezone.now())


def _answer(request, found, given):
    _publisher_only(request)
    consultations.answer(_which(request, found.clusters), **given, by=request.user, at=timezone.now())


def _promise(request, found, given):
    _publisher_only(request)
    consultations.promise(found, **given, by=request.user, at=timezone.now())


def _settle(request, found, given):
    consultations.settle(_which(request, found.promises), **given, by=request.user, at=timezone.now())


def _hide(request, found, given):
    contributions.hide(_which(request, found.contributions), **given, by=request.user, at=timezone.now())


def _decide(request, found, given):
    hidden: Contribution = _which(request, found.contributions.filter(hiding__isnull=False).select_related("hiding"))
    contributions.decide(hidden.hiding, **given, by=request.user, at=timezone.now())


ACTS = {
    "document": _document,
    "publish": _publish,
    "sort": _sort,
    "answer": _answer,
    "promise": _promise,
    "settle": _settle,
    "hide": _hide,
    "decide": _decide,
}
