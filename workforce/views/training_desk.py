"""The office's desk of trainings: write, add meetings, hand in the office's secret, publish what another wrote."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required, second_factor_again, second_factor_to_send
from accounts.roles import Role
from workforce.actions import training as trainings
from workforce.actions import training_after as after
from workforce.actions import training_draw as draws
from workforce.forms_training import CancelForm, SecretForm, SessionForm, TrainingForm
from workforce.models import Attendance, Party, Training
from workforce.refusals import NotPossible
from workforce.training_draws import standing
from workforce.training_results import results

DESK = (Role.PREPARER, Role.PUBLISHER)


@roles_required(*DESK)
@require_GET
def training_desk_list(request):
    """All trainings, the newest first."""
    counts = {state: Count("enrolments", filter=Q(enrolments__state=state)) for state in ("asked", "seated", "waiting")}
    rows = Training.objects.annotate(**counts).order_by("-pk")[:200]
    return render(request, "workforce/training/desk_list.html", {"rows": rows})


def _form_page(request, form, title, *, training=None):
    context = {"form": form, "title": title, "training": training}
    return render(request, "workforce/training/desk_form.html", context, status=422 if form.errors else 200)


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def training_new(request):
    """Prepare a training; another person publishes it."""
    form = TrainingForm(request.POST or None)
    if form.is_valid():
        made = trainings.prepare(form.save(commit=False), by=request.user, at=timezone.now())
        return redirect("training_desk", pk=made.pk)
    return _form_page(request, form, _("Pelatihan baru"))


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def training_edit(request, pk):
    """Reword a training that is not public yet."""
    training = get_object_or_404(Training, pk=pk)
    form = TrainingForm(request.POST or None, instance=training)
    if form.is_valid():
        try:
            trainings.prepare(form.instance, by=request.user, at=timezone.now())
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return redirect("training_desk", pk=pk)
    return _form_page(request, form, _("Ubah pelatihan"), training=training)


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def training_publication(request, pk):
    """GET asks once more; POST opens enrolment."""
    training = get_object_or_404(Training, pk=pk)
    if request.method == "POST":
        try:
            trainings.publish(training, by=request.user, at=timezone.now())
        except NotPossible as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Terbit. Pendaftaran dibuka sekarang."))
        return redirect("training_desk", pk=pk)
    return render(request, "workforce/training/publication.html", {"training": training})


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def training_cancellation(request, pk):
    """Why a public training does not take place."""
    training = get_object_or_404(Training.objects.published(), pk=pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            trainings.cancel(training, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except NotPossible as error:
            form.add_error("reason", str(error))
        else:
            messages.success(request, _("Pelatihan batal. Semua peserta mendapat surat."))
            return redirect("training_desk", pk=pk)
    context = {"form": form, "training": training}
    return render(request, "workforce/training/cancellation.html", context, status=422 if form.errors else 200)


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def training_desk(request, pk):
    """One training and what may be done with it now, each act as a small form."""
    training = get_object_or_404(Training.objects.select_related("draw"), pk=pk)
    act = request.POST.get("do", "")
    forms = {
        name: kind(request.POST if act == name else None, prefix=name)
        for name, kind in (("session", SessionForm), ("commit", SecretForm), ("reveal", SecretForm))
    }
    form = forms.get(act)
    if request.method == "POST":
        if act not in ACTS:
            raise Http404
        if form is None or form.is_valid():
            try:
                done = ACTS[act](request, training, form.cleaned_data if form else {})
            except NotPossible as error:
                if form is None:
                    messages.error(request, str(error))
                    return redirect("training_desk", pk=pk)
                form.add_error(next(iter(form.fields)), str(error))  # beside what was typed, and once
            else:
                messages.success(request, done)
                return redirect("training_desk", pk=pk)
    context = {
        "training": training,
        "sessions": training.sessions.all(),
        "one": standing(training, Party.OFFICE),
        "forms": forms,
        "failed": form if form is not None and form.errors else None,
        "is_preparer": request.user.has_role(Role.PREPARER),
        "may_cancel": training.published_at and not training.cancelled_at and request.user.has_role(Role.PUBLISHER),
        "may_publish": request.user.has_role(Role.PUBLISHER) and training.prepared_by_id != request.user.pk,
        "now": timezone.now(),
        "counts": {state: training.enrolments.filter(state=state).count() for state in ("asked", "seated", "waiting")},
    }
    return render(request, "workforce/training/desk.html", context, status=422 if context["failed"] else 200)


def _preparer_only(request) -> None:
    if not request.user.has_role(Role.PREPARER):
        raise PermissionDenied


def _session(request, training, given) -> str:
    _preparer_only(request)
    trainings.add_session(training, **given, by=request.user, at=timezone.now())
    return _("Pertemuan tersimpan.")


def _unsession(request, training, given) -> str:
    _preparer_only(request)
    which = request.POST.get("which", "")
    key = int(which) if which.isdecimal() and len(which) < 19 else 0
    trainings.remove_session(get_object_or_404(training.sessions, pk=key), by=request.user, at=timezone.now())
    return _("Pertemuan dihapus.")


def _commit(request, training, given) -> str:
    draws.commit(training, party=Party.OFFICE, value=given["value"], by=request.user, at=timezone.now())
    return _("Sidik tercatat. Simpan rahasianya baik-baik.")


def _reveal(request, training, given) -> str:
    found = standing(training, Party.OFFICE).shows
    if found is None:
        raise NotPossible(_("Tidak ada putaran yang menunggu rahasia instansi."))
    draws.reveal(found, party=Party.OFFICE, value=given["value"], by=request.user, at=timezone.now())
    return _("Rahasia putaran ini terbuka dan tercatat.")


ACTS = {"session": _session, "unsession": _unsession, "commit": _commit, "reveal": _reveal}


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def attendance(request, pk, session):
    """Who was at one meeting: a box for everybody with a seat."""
    training = get_object_or_404(Training, pk=pk)
    meeting = get_object_or_404(training.sessions, pk=session)
    if request.method == "POST":
        chosen = {int(one) for one in request.POST.getlist("hadir") if one.isdecimal() and len(one) < 19}
        try:
            after.attend(meeting, chosen, by=request.user, at=timezone.now())
        except NotPossible as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Kehadiran tersimpan."))
        return redirect("attendance", pk=pk, session=session)
    there = dict(Attendance.objects.filter(session=meeting).values_list("enrolment_id", "present"))
    rows = [(one, there.get(one.pk)) for one in after.attended(training)]
    context = {"training": training, "meeting": meeting, "rows": rows, "begun": meeting.starts_at <= timezone.now()}
    return render(request, "workforce/training/attendance.html", context)


@roles_required(*DESK)
@second_factor_to_send
@require_http_methods(["GET", "POST"])
def certification(request, pk):
    """Who attended enough; an officer who wrote no attendance issues the certificates."""
    training = get_object_or_404(Training, pk=pk)
    if request.method == "POST":
        try:
            n = after.certify(training, by=request.user, at=timezone.now())
        except NotPossible as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("%(n)s sertifikat terbit.") % {"n": n})
        return redirect("certification", pk=pk)
    context = {
        "training": training,
        "rows": after.attended(training),
        "meetings": training.sessions.count(),
        "results": results(training),
        "words": training.evaluations.exclude(words="").order_by("pk").values_list("words", flat=True),
    }
    return render(request, "workforce/training/certification.html", context)
