"""The applicant's pages: begin, fill in, send, follow."""

import hashlib
from functools import wraps

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import signed_in_or_leave
from accounts.models import Person
from lib.document_checks.check import BadDocument
from selection import eligibility
from selection.actions import application as actions
from selection.actions import uploads
from selection.forms import application as forms
from selection.models import Application, Document
from selection.receipts import is_recorded
from selection.states import State
from selection.tracking import journey
from selection.views.documents import hand_out
from vacancies.models import Formation


def _mine(request, ref) -> Application:
    """The visitor's own application; others' do not exist for them."""
    queryset = Application.objects.visible_to(request.user).select_related(
        "recruitment", "formation__unit", "formation__recruitment", "person", "answers"
    )
    return get_object_or_404(queryset, ref=ref)


def leads_back(view):
    """What may no longer be changed leads to the tracking page and says so: an old link, or a second tab."""

    @wraps(view)
    def guarded(request, ref, *args, **kwargs):
        try:
            return view(request, ref, *args, **kwargs)
        except actions.NotEditable:
            messages.error(request, _("Lamaran ini tidak dapat diubah lagi."))
            return redirect("application_tracking", ref=ref)

    return guarded


def _draft(request, ref) -> Application:
    application = _mine(request, ref)
    if application.state != State.DRAFT:
        raise actions.NotEditable
    return application


def _vacancy(slug) -> Formation:
    return get_object_or_404(
        Formation.objects.published().select_related("recruitment", "unit").prefetch_related("qualifications"),
        slug=slug,
    )


@login_required
@require_GET
def application_list(request):
    """All my applications, the newest first."""
    applications = (
        Application.objects.visible_to(request.user)
        .select_related("formation__unit", "recruitment")
        .order_by("-created_at")
    )
    return render(request, "selection/applicant/list.html", {"applications": applications})


@csrf_exempt  # changes nothing and needs no session: it works without a cookie
@require_http_methods(["GET", "POST"])
def eligibility_check(request, slug):
    """The dry run, without an account; the answers are not kept, and travel in no address."""
    formation = _vacancy(slug)
    form = forms.eligibility_form(formation, eligibility.clauses_of(formation), request.POST or None)
    answers = None
    if request.method == "POST" and form.is_valid():
        answers = eligibility.check(
            formation, form.cleaned_data, on=timezone.localdate(timezone=formation.recruitment.zone)
        )
    context = {"formation": formation, "form": form, "answers": answers}
    return render(request, "selection/applicant/eligibility.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def application_start(request, slug):
    """Begin an application: what will be asked, then one button."""
    formation = _vacancy(slug)
    if request.method == "POST":
        try:
            application = actions.start(formation, by=request.user, at=timezone.now())
        except actions.NotOpen as error:
            messages.error(request, str(error))
            return redirect("application_start", slug=slug)
        return redirect("application_detail", ref=application.ref)
    stage = actions.registration_of(formation.recruitment)
    return render(request, "selection/applicant/start.html", {"formation": formation, "stage": stage})


@login_required
@require_GET
def application_detail(request, ref):
    """The task list of a draft; once sent, the tracking page is the home of an application."""
    application = _mine(request, ref)
    if application.state != State.DRAFT:
        return redirect("application_tracking", ref=ref)
    wanted, given = _documents(application)
    sections = [
        {"name": name, "title": section["title"], "done": getattr(application.answers, f"{name}_at") is not None}
        for name, section in SECTIONS.items()
    ]
    required = [one for one in wanted if one.required]
    lacking = sum(one.pk not in given for one in required)
    context = {
        "application": application,
        "sections": sections,
        "lacking": lacking,
        "required": len(required),
        "ready": not actions.missing(application),
        "stage": actions.registration_of(application.recruitment),
        "zone": application.recruitment.zone,
        "done": sum(one["done"] for one in sections) + (lacking == 0),
    }
    return render(request, "selection/applicant/tasks.html", context)


def _documents(application) -> tuple[list, dict[int, Document]]:
    wanted = list(actions.documents_wanted(application))
    given = {one.requirement_id: one for one in application.documents.filter(replaced_at=None)}
    return wanted, given


def _identity_form(request, application):
    person = Person.objects.filter(user=request.user).first()
    fields = ("name", "nik", "birth_date", "phone", "address")
    initial = {field: getattr(person, field) for field in fields} if person else {}
    return forms.IdentityForm(request.POST or None, initial=initial)


def _education_form(request, application):
    return forms.EducationForm(request.POST or None, instance=application.answers, formation=application.formation)


def _accommodation_form(request, application):
    return forms.AccommodationForm(
        request.POST if request.method == "POST" else None,
        initial={"accommodation": application.answers.accommodation or ""},
    )


def _statement_form(request, application):
    return forms.StatementForm(
        request.POST if request.method == "POST" else None,
        initial={"agree": application.answers.statement_at is not None},
    )


def _save_identity(application, cleaned, *, by, at):
    actions.save_identity(application, **cleaned, by=by, at=at)


def _save_education(application, cleaned, *, by, at):
    actions.save_answers(application, "education", **cleaned, by=by, at=at)


def _save_accommodation(application, cleaned, *, by, at):
    actions.save_answers(application, "accommodation", **cleaned, by=by, at=at)


def _save_statement(application, cleaned, *, by, at):
    actions.save_answers(application, "statement", statement_text=str(forms.STATEMENT), by=by, at=at)


SECTIONS = {
    "identity": {"title": gettext_lazy("Data diri"), "form": _identity_form, "save": _save_identity},
    "education": {"title": gettext_lazy("Pendidikan"), "form": _education_form, "save": _save_education},
    "accommodation": {
        "title": gettext_lazy("Penyesuaian saat ujian"),
        "form": _accommodation_form,
        "save": _save_accommodation,
    },
    "statement": {"title": gettext_lazy("Pernyataan"), "form": _statement_form, "save": _save_statement},
}
PATHS = {
    "data-diri": "identity",
    "pendidikan": "education",
    "penyesuaian": "accommodation",
    "pernyataan": "statement",
}


@login_required
@require_http_methods(["GET", "POST"])
@leads_back
def application_section(request, ref, path):
    """One section: shown, checked, saved at once."""
    if path not in PATHS:
        raise Http404
    name = PATHS[path]
    application, section = _draft(request, ref), SECTIONS[name]
    form = section["form"](request, application)
    if name == "identity" and not ratelimit.consume(request, action="save_identity"):
        return ratelimit.respond_429(request)  # who tries one NIK after another would learn which are known here
    if request.method == "POST" and form.is_valid():
        try:
            section["save"](application, form.cleaned_data, by=request.user, at=timezone.now())
        except actions.NotUsable as error:
            form.add_error("nik", str(error))
        else:
            messages.success(request, _("Tersimpan."))
            return redirect("application_detail", ref=ref)
    position = list(SECTIONS).index(name) + 1
    context = {"application": application, "form": form, "title": section["title"], "position": position}
    return render(request, "selection/applicant/section.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
@leads_back
def application_documents(request, ref):
    """The documents asked for, each with its limits and what was handed in."""
    return _documents_page(request, _draft(request, ref))


def _documents_page(request, application, *, problem=None, at_requirement=None, status=200):
    wanted, given = _documents(application)
    rows = [
        {"wanted": one, "given": given.get(one.pk), "problem": problem if one.pk == at_requirement else None}
        for one in wanted
    ]
    context = {"application": application, "rows": rows, "problem": problem, "zone": application.recruitment.zone}
    return render(request, "selection/applicant/documents.html", context, status=status)


@login_required
@require_POST
@leads_back
def document_upload(request, ref, requirement):
    """One file for one requirement: taken whole, or refused with what to do."""
    application = _draft(request, ref)
    wanted = get_object_or_404(actions.documents_wanted(application), pk=requirement)
    form = forms.DocumentForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise BadDocument(form.errors["file"][0])
        uploads.upload(application, wanted, form.cleaned_data["file"], by=request.user, at=timezone.now())
    except BadDocument as error:
        return _documents_page(request, application, problem=str(error), at_requirement=wanted.pk, status=422)
    messages.success(request, _("%(name)s terunggah.") % {"name": wanted.text})
    return redirect("application_documents", ref=ref)


@login_required
@require_GET
def document_download(request, ref, pk):
    """My own document."""
    application = _mine(request, ref)
    document = get_object_or_404(application.documents.select_related("requirement"), pk=pk)
    return hand_out(document)


@login_required
@require_http_methods(["GET", "POST"])
@leads_back
def application_check(request, ref):
    """Everything on one page before it is sent; POST sends it. Twice gives the same receipt."""
    application = _mine(request, ref)
    if application.state == State.SUBMITTED:
        return redirect("application_tracking", ref=ref)
    if application.state != State.DRAFT:
        raise actions.NotEditable
    if request.method == "POST":
        try:
            receipt = actions.submit(application, by=request.user)
        except actions.Unfinished as error:
            messages.error(request, _("Belum terkirim. Yang kurang: %(what)s.") % {"what": ", ".join(error.missing)})
        except (actions.NotOpen, actions.AlreadyApplied) as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request, _("Lamaran terkirim. Nomor tanda terima: %(number)s.") % {"number": receipt.number}
            )
            return redirect("application_tracking", ref=ref)
        return redirect("application_check", ref=ref)
    wanted, given = _documents(application)
    context = {
        "application": application,
        "answers": application.answers,
        "person": application.person,
        "documents": [{"wanted": one, "given": given.get(one.pk)} for one in wanted],
        "missing": actions.missing(application),
        "stage": actions.registration_of(application.recruitment),
        "zone": application.recruitment.zone,
    }
    return render(request, "selection/applicant/check.html", context)


@signed_in_or_leave
@login_required
@require_GET
def application_tracking(request, ref):
    """What is now, what to do, what is next, everything that happened, and who looked at the file.

    An open page asks again every few seconds and names what it shows; 204 says that nothing is new.
    """
    application = _mine(request, ref)
    context = {
        "application": application,
        "journey": journey(application, timezone.now()),
        "receipt": getattr(application, "receipt", None),
        "recorded": is_recorded(application),
        "documents": application.documents.filter(replaced_at=None).select_related("requirement"),
        "zone": application.recruitment.zone,
    }
    context["status"] = render_to_string("selection/applicant/tracking.html#status", context, request)
    context["shown"] = hashlib.sha256(context["status"].encode()).hexdigest()[:16]
    if not request.htmx:
        context["on_a_screen"] = application.live_scores.exists()
        return render(request, "selection/applicant/tracking.html", context)
    if request.GET.get("tampil") == context["shown"]:
        return HttpResponse(status=204)
    return render(request, "selection/applicant/tracking.html#live", context)


@login_required
@require_http_methods(["GET", "POST"])
@leads_back
def application_withdraw(request, ref):
    """Take the application back, on a page of its own that says what it means."""
    application = _mine(request, ref)
    if application.state not in (State.DRAFT, State.SUBMITTED):
        raise actions.NotEditable
    form = forms.WithdrawForm(request.POST or None)
    if form.is_valid():
        actions.withdraw(application, by=request.user, at=timezone.now(), because=form.cleaned_data["because"])
        messages.success(request, _("Lamaran dibatalkan."))
        return redirect("application_tracking", ref=ref)
    return render(request, "selection/applicant/withdraw.html", {"application": application, "form": form})


@login_required
@require_GET
def receipt_detail(request, ref):
    """The receipt, made to be printed."""
    application = _mine(request, ref)
    receipt = getattr(application, "receipt", None)
    if receipt is None:
        raise Http404
    context = {
        "application": application,
        "receipt": receipt,
        "recorded": is_recorded(application),
        "zone": application.recruitment.zone,
    }
    return render(request, "selection/applicant/receipt.html", context)
