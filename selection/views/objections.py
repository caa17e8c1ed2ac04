"""A person's pages around an objection to their own result: read first, then point by point, check, send, follow."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lib.document_checks.check import BadDocument
from lib.indonesian_text import instant
from selection import objection_evidence, objection_window
from selection.actions import objection as actions
from selection.actions.explanation import explain
from selection.forms import objection as forms
from selection.forms.application import DocumentForm
from selection.models import Application, Objection
from selection.objectable import Chance, Point, chance_of, chances_of, points_of
from selection.objection_states import ObjectionState
from selection.views.documents import hand_out


def _chance(request, ref, stage) -> tuple[Application, Chance]:
    """The visitor's own result of a stage with objections; others' do not exist for them."""
    mine = Application.objects.visible_to(request.user).select_related("recruitment", "formation__unit")
    application = get_object_or_404(mine, ref=ref)
    found = chance_of(application, get_object_or_404(application.recruitment.stages, slug=stage))
    if found is None:
        raise Http404
    return application, found


def _draft(request, ref, stage) -> tuple[Application, Chance, Objection]:
    application, chance = _chance(request, ref, stage)
    if chance.objection is None or chance.objection.state != ObjectionState.DRAFT:
        raise Http404
    return application, chance, chance.objection


def _page(request, template, application, chance, status=200, **more):
    """A page with the result beside it, so that nobody has to remember what was said."""
    context = {
        "application": application,
        "chance": chance,
        "stage": chance.stage,
        "window": chance.window,
        "zone": chance.window.zone,
        "at": timezone.now(),
        "objection": chance.objection,
        "explanation": explain(chance.outcome),
        "left": chance.window.left(timezone.now()),
        "opened": chance.window.is_open(timezone.now()),
        "over": chance.window.is_over(timezone.now()),
    }
    response = render(request, f"selection/objection/{template}.html", context | more, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_GET
def objection_of(request, ref):
    """The address without a stage leads to the result whose window is open, else to the newest; else to the application."""
    application = get_object_or_404(Application.objects.visible_to(request.user), ref=ref)
    now, found = timezone.now(), chances_of(application)
    if not found:
        messages.info(request, _("Belum ada hasil yang dapat Anda sanggah."))
        return redirect("application_detail", ref=ref)
    best = max(found, key=lambda one: (one.window.is_open(now), one.window.public_at))
    return redirect("objection_detail", ref=ref, stage=best.stage.slug)


@login_required
@require_http_methods(["GET", "POST"])
def objection_detail(request, ref, stage):
    """Before the start: window, rules and one button. A draft: its tasks. Sent: what becomes of it."""
    application, chance = _chance(request, ref, stage)
    if request.method == "POST":
        try:
            actions.start(application, chance.stage, by=request.user, at=timezone.now())
        except actions.NotOpen as error:
            messages.error(request, str(error))
        return redirect("objection_detail", ref=ref, stage=stage)
    objection = chance.objection
    if objection is None:
        return _page(
            request,
            "start",
            application,
            chance,
            points=points_of(chance.outcome),
            rule=objection_window.rule(chance.stage),
        )
    items = {one.key: one for one in objection.items.all()}
    if objection.state == ObjectionState.DRAFT:
        rows = [(point, items.get(point.key)) for point in points_of(chance.outcome)]
        return _page(
            request,
            "tasks",
            application,
            chance,
            rows=rows,
            ready=bool(items),
            attachments=objection.attachments.count(),
        )
    return _page(
        request,
        "sent",
        application,
        chance,
        items=items.values(),
        evidence=objection_evidence.for_reading(objection.evidence),
        attachments=objection.attachments.select_related("document__requirement"),
        overdue=not objection.is_decided and objection.due_at < timezone.now(),
    )


def _point(chance: Chance, key: str) -> Point:
    found = next((one for one in points_of(chance.outcome) if one.key == key), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def objection_point(request, ref, stage, key):
    """One point: what is wrong with it, in the person's words. Saved at once."""
    application, chance, objection = _draft(request, ref, stage)
    point = _point(chance, key)
    said = objection.items.filter(key=key).first()
    initial = {"ground": said.ground, "text": said.text} if said else {"ground": point.grounds[0]}
    form = forms.PointForm(request.POST if request.method == "POST" else None, point=point, initial=initial)
    if request.method == "POST" and "drop" in request.POST:
        actions.drop(objection, key, by=request.user)
        messages.success(request, _("Tidak jadi disanggah."))
        return redirect("objection_detail", ref=ref, stage=stage)
    if form.is_valid():
        actions.dispute(objection, point, **form.cleaned_data, by=request.user)
        messages.success(request, _("Tersimpan."))
        return redirect("objection_detail", ref=ref, stage=stage)
    return _page(request, "point", application, chance, 422 if form.errors else 200, form=form, point=point, said=said)


@login_required
@require_http_methods(["GET", "POST"])
def objection_files(request, ref, stage):
    """Which documents show it, and files that explain."""
    application, chance, objection = _draft(request, ref, stage)
    form = _documents_form(request, application, objection)
    if form.is_valid():
        wanted = [int(one) for one in form.cleaned_data["documents"]]
        actions.point_to(objection, wanted, by=request.user, at=timezone.now())
        messages.success(request, _("Tersimpan."))
        return redirect("objection_detail", ref=ref, stage=stage)
    return _files_page(request, application, chance, form=form)


def _documents_form(request, application, objection):
    documents = application.documents.select_related("requirement").order_by("requirement__order", "uploaded_at")
    choices = [(str(one.pk), _document_words(one, application.recruitment.zone)) for one in documents]
    chosen = objection.attachments.filter(document__isnull=False).values_list("document", flat=True)
    given = request.POST if request.method == "POST" and "file" not in request.FILES else None
    return forms.DocumentsForm(given, choices=choices, initial={"documents": [str(one) for one in chosen]})


def _document_words(document, zone) -> str:
    words = _("%(name)s, diunggah %(when)s") % {
        "name": document.requirement.text,
        "when": instant(document.uploaded_at, zone),
    }
    return words + (_(" (kemudian diganti)") if document.replaced_at else "")


def _files_page(request, application, chance, *, form, problem=None, status=200):
    explaining = chance.objection.attachments.filter(document=None)
    return _page(
        request,
        "files",
        application,
        chance,
        status,
        form=form,
        explaining=explaining,
        problem=problem,
        max_kb=actions.MAX_KB,
        most=actions.MOST_FILES,
    )


@login_required
@require_POST
def objection_upload(request, ref, stage):
    """One PDF that explains: taken whole, or refused with what to do."""
    application, chance, objection = _draft(request, ref, stage)
    if not ratelimit.consume(request, action="objection_upload"):
        return ratelimit.respond_429(request)
    form = DocumentForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise BadDocument(form.errors["file"][0])
        actions.explain(objection, form.cleaned_data["file"], by=request.user, at=timezone.now())
    except (BadDocument, actions.TooMany) as error:
        empty = _documents_form(request, application, objection)
        return _files_page(request, application, chance, form=empty, problem=str(error), status=422)
    messages.success(request, _("Berkas penjelasan terunggah."))
    return redirect("objection_files", ref=ref, stage=stage)


@login_required
@require_POST
def objection_detach(request, ref, stage, pk):
    """Take a file out of the draft."""
    _application, _found, objection = _draft(request, ref, stage)
    actions.detach(objection, pk, by=request.user)
    messages.success(request, _("Berkas penjelasan dihapus."))
    return redirect("objection_files", ref=ref, stage=stage)


@login_required
@require_GET
def objection_attachment(request, ref, stage, pk):
    """My own attachment."""
    _application, chance = _chance(request, ref, stage)
    if chance.objection is None:
        raise Http404
    return hand_out(get_object_or_404(chance.objection.attachments, pk=pk, document=None), called="penjelasan")


@login_required
@require_http_methods(["GET", "POST"])
def objection_check(request, ref, stage):
    """Everything on one page before it is sent; POST sends it. Twice gives the same number."""
    application, chance = _chance(request, ref, stage)
    objection = chance.objection
    if objection is None or objection.state != ObjectionState.DRAFT:
        return redirect("objection_detail", ref=ref, stage=stage)
    form = forms.SendForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            sent = actions.file(objection, by=request.user)
        except (actions.NotOpen, actions.Unfinished) as error:
            messages.error(request, str(error))
            return redirect("objection_check", ref=ref, stage=stage)
        messages.success(request, _("Sanggah terkirim. Nomor sanggah: %(number)s.") % {"number": sent.number})
        return redirect("objection_detail", ref=ref, stage=stage)
    return _page(
        request,
        "check",
        application,
        chance,
        422 if form.errors else 200,
        form=form,
        items=list(objection.items.all()),
        attachments=objection.attachments.select_related("document__requirement"),
    )
