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


@roles_required(*DESK, Role.AGENCY_OFFICER)
@require_GET
def consultation_desk_list(request):
    """Drafts and published ones, the newest first; an officer at a post sees those that take contributions."""
    found, desk = Consultation.objects.with_standing().order_by("-pk"), request.user.has_role(*DESK)
    if not desk:
        found = found.taking()
    page = Paginator(found, A_PAGE).get_page(request.GET.get("halaman"))
    context = {"page": page, "desk": desk, "zone": timezone.get_default_timezone()}
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
    """One consultation: what is there, and each next act as a small form. A refused one keeps what was typed."""
    found = get_object_or_404(Consultation.objects.with_standing(), pk=pk)
    act, refused = request.POST.get("do", ""), None
    if request.method == "POST":
        if act not in ACTS:
            raise Http404(_("Tidak ada tindakan seperti itu."))
        form = _bound(request, found, act)
        if form is None or form.is_valid():
            try:
                ACTS[act](request, found, form.cleaned_data if form else {})
            except (BadDocument, consultations.NotPossible, contributions.NotPossible) as error:
                if form is None:
                    messages.error(request, str(error))
                    return redirect(request.get_full_path())
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Tersimpan."))
                return redirect(request.get_full_path())
        refused = form
    said = found.contributions.confirmed().with_support().select_related("hiding__by", "cluster")
    page = Paginator(said.order_by("-confirmed_at", "-pk"), A_PAGE).get_page(request.GET.get("halaman"))
    clusters, promises = list(found.clusters.all()), list(found.promises.select_related("cluster"))
    row = request.POST.get("which", "") if refused else None
    _dress(clusters, "answer", act, row, refused)
    _dress(promises, "settle", act, row, refused)
    _dress(page.object_list, "hide", act, row, refused)
    _dress(page.object_list, "decide", act, row, refused)
    context = {
        "consultation": found,
        "forms": {name: refused if refused and act == name else _form(name, found) for name in ONE_ON_THE_PAGE},
        "failed": refused,
        "chosen": _chosen(request) if refused else [],
        "documents": found.documents.order_by("pk"),
        "clusters": clusters,
        "promises": promises,
        "page": page,
        "may_publish": request.user.has_role(Role.PUBLISHER) and found.written_by_id != request.user.pk,
        "publisher": request.user.has_role(Role.PUBLISHER),
        "today": timezone.localdate(),
        "zone": timezone.get_default_timezone(),
    }
    return render(request, "participation/consultation/desk.html", context, status=422 if refused else 200)


ONE_ON_THE_PAGE = {"document": forms.DocumentForm, "sort": forms.ClusterForm, "promise": forms.PromiseForm}
ONE_IN_A_ROW = {
    "answer": forms.ResponseForm,
    "settle": forms.SettleForm,
    "hide": forms.HideForm,
    "decide": forms.DecideForm,
}
KNOW_THE_CONSULTATION = {"sort", "promise"}


def _form(name: str, found: Consultation, *given):
    more = {"consultation": found} if name in KNOW_THE_CONSULTATION else {}
    return ONE_ON_THE_PAGE[name](*given, prefix=name, **more)


def _bound(request, found: Consultation, act: str):
    """The form of `act` with what was sent; None for an act without a form."""
    if act in ONE_ON_THE_PAGE:
        return _form(act, found, request.POST, request.FILES)
    if act in ONE_IN_A_ROW:
        row = request.POST.get("which", "")
        return ONE_IN_A_ROW[act](request.POST, prefix=act, auto_id=f"{act}-{row if row.isdecimal() else 0}-%s")
    return None


def _dress(rows, name: str, act: str, row: str | None, refused) -> None:
    """Give each row its form `<name>_form`: the refused one with what was typed and why, the others empty."""
    for one in rows:
        own = refused if row == str(one.pk) and act == name else None
        setattr(one, f"{name}_form", own or ONE_IN_A_ROW[name](prefix=name, auto_id=f"{name}-{one.pk}-%s"))


def _which(request, rows):
    chosen = request.POST.get("which", "")
    return get_object_or_404(rows, pk=int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0)


def _chosen(request) -> list[int]:
    return [int(one) for one in request.POST.getlist("chosen") if one.isdecimal() and len(one) < 19]


def _publisher_only(request) -> None:
    if not request.user.has_role(Role.PUBLISHER):
        raise PermissionDenied


def _document(request, found, given):
    consultations.add_document(found, **given, by=request.user, at=timezone.now())


def _publish(request, found, given):
    _publisher_only(request)
    consultations.publish(found, by=request.user, at=timezone.now())


def _sort(request, found, given):
    chosen = _chosen(request)
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
