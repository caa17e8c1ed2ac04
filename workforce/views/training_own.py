"""A person's own trainings: take part, see the seat, leave."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from workforce.actions import training as trainings
from workforce.actions import training_after as after
from workforce.forms_training import EnrolmentForm, EvaluationForm, UseForm
from workforce.models import Employee, Enrolment, Training, UseQuestion
from workforce.refusals import NotPossible

State = Enrolment.State


@login_required
@require_GET
def my_trainings(request):
    """Every training of this account, the newest first."""
    found = (
        Enrolment.objects.filter(user=request.user)
        .select_related("training", "certificate", "evaluated", "use")
        .order_by("-pk")
    )
    rows = [(one, _may_leave(one)) for one in found.prefetch_related("training__sessions")]
    return render(request, "workforce/training/mine.html", {"rows": rows})


def _may_leave(enrolment: Enrolment) -> bool:
    """Not once the training has begun, nor between the closing of a list and its draw."""
    now, training = timezone.now(), enrolment.training
    if (
        training.cancelled_at
        or enrolment.state == State.WITHDRAWN
        or min(one.starts_at for one in training.sessions.all()) <= now
    ):
        return False
    return enrolment.state != State.ASKED or training.closes_at > now


@login_required
@require_http_methods(["GET", "POST"])
def enrolment_new(request, slug):
    """Take part in a training that is open."""
    training = get_object_or_404(Training.objects.published(), slug=slug)
    if training.enrolments.filter(user=request.user).exclude(state=State.WITHDRAWN).exists():
        return redirect("my_trainings")
    now = timezone.now()
    if not training.takes_enrolments(now):
        messages.error(request, _("Pendaftaran pelatihan ini tidak sedang dibuka."))
        return redirect("training_detail", slug=slug)
    form = EnrolmentForm(request.POST or None)
    for_others = (
        training.audience == Training.Audience.EMPLOYEES
        and not Employee.objects.serving().filter(user=request.user).exists()
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = trainings.enrol(training, **form.cleaned_data, by=request.user, at=now)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Tercatat: %(state)s.") % {"state": made.get_state_display()})
            return redirect("my_trainings")
    context = {"training": training, "form": form, "for_others": for_others}
    return render(request, "workforce/training/enrolment.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def enrolment_withdrawal(request, slug):
    """Leave a training; the next in line gets the seat."""
    training = get_object_or_404(Training.objects.published(), slug=slug)
    try:
        trainings.withdraw(training, by=request.user, at=timezone.now())
    except NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Anda mundur dari pelatihan ini."))
    return redirect("my_trainings")


@login_required
@require_http_methods(["GET", "POST"])
def evaluation_new(request, number):
    """Say what one thinks of a training, without a name."""
    mine = get_object_or_404(Enrolment.objects.select_related("training"), user=request.user, number=number)
    form = EvaluationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            after.evaluate(mine, **form.cleaned_data, by=request.user)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Terima kasih. Isian Anda tersimpan tanpa nama."))
            return redirect("my_trainings")
    context = {"training": mine.training, "form": form, "title": _("Evaluasi pelatihan"), "button": _("Kirim evaluasi"),
               "words": _("Nama Anda tidak disimpan bersama isian ini. Setelah dikirim, isian tidak dapat diubah.")}  # fmt: skip
    return render(request, "workforce/training/form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def use_answer(request, number):
    """Whether the training was used; asked three months after it."""
    found = UseQuestion.objects.select_related("enrolment__training").exclude(asked_at=None)
    question = get_object_or_404(found, enrolment__user=request.user, enrolment__number=number)
    form = UseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            after.answer_use(question, form.cleaned_data["answer"], by=request.user, at=timezone.now())
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Terima kasih. Jawaban Anda tersimpan."))
            return redirect("my_trainings")
    context = {"training": question.enrolment.training, "form": form, "title": _("Apakah terpakai?"),
               "button": _("Kirim jawaban"), "words": _("Hanya jumlah jawaban yang dibuka.")}  # fmt: skip
    return render(request, "workforce/training/form.html", context, status=422 if form.errors else 200)
