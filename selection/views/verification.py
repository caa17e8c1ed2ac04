"""The verifiers' desk: take the next file, judge each requirement, go on."""

from django.contrib import messages
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import roles_required
from accounts.roles import Role
from selection.actions import rechecks, verification
from selection.forms.review import ItemForm
from selection.models import Recheck, Review
from selection.views.documents import hand_out
from vacancies.models import Stage

DESK = (Role.VERIFIER, Role.SUPERVISOR)


@roles_required(*DESK, Role.PREPARER, Role.PUBLISHER)
@require_GET
def review_queue_list(request):
    """Stages whose files are judged, how far they are, and the button to the next file."""
    stages = list(
        Stage.objects.filter(kind=Stage.Kind.ADMINISTRATIVE, recruitment__published_at__isnull=False)
        .exclude(outcome_sets__state="applied")
        .select_related("recruitment")
        .order_by("announce_at")[:30]
    )
    progress, sealed = verification.progress_of(stages), verification.sealed_among(stages)
    queues = [{"stage": one, "progress": progress[one.pk], "sealed": one.pk in sealed} for one in stages]
    checks = list(Recheck.objects.open().select_related("stage__recruitment")[:30])
    far = rechecks.progress_of(checks)
    again = [{"recheck": one, "progress": far[one.pk]} for one in checks]
    mine = _looks(request.user).select_related("application", "stage")
    context = {"queues": queues, "again": again, "mine": mine, "may_judge": request.user.has_role(*DESK)}
    return render(request, "selection/review/list.html", context)


@roles_required(*DESK)
@require_POST
def review_take(request, stage):
    """The next file of a stage."""
    stage = get_object_or_404(Stage, pk=stage)
    try:
        review = verification.take(stage, by=request.user, at=timezone.now())
    except verification.NotReady as error:
        messages.error(request, str(error))
        return redirect("review_queue_list")
    if review is None:
        messages.success(request, _("Tidak ada berkas lagi untuk Anda di tahap ini."))
        return redirect("review_queue_list")
    return redirect("review_detail", pk=review.pk)


@roles_required(*DESK)
@require_POST
def recheck_take(request, pk):
    """The next file of a check that a finding led to, for somebody who never decided about it."""
    recheck = get_object_or_404(Recheck, pk=pk)
    try:
        review = rechecks.take(recheck, by=request.user, at=timezone.now())
    except verification.NotReady as error:
        messages.error(request, str(error))
        return redirect("review_queue_list")
    if review is None:
        words = _("Tidak ada berkas lagi untuk Anda. Berkas yang pernah Anda putus diperiksa ulang orang lain.")
        messages.success(request, words)
        return redirect("review_queue_list")
    return redirect("review_detail", pk=review.pk)


def _looks(user):
    """The files on the desk of `user`; of a check that is over none is left."""
    again = Q(reopening__recheck__in=Recheck.objects.open())
    return Review.objects.filter(Q(reopening=None) | again, verifier=user, decided_at=None)


def _mine(request, pk) -> Review:
    queryset = _looks(request.user).select_related(
        "application__person", "application__answers", "application__formation__unit", "stage__recruitment"
    )
    return get_object_or_404(queryset, pk=pk)


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def review_detail(request, pk):
    """One file, blind: nobody sees what the other said, but the third, who sees both without names."""
    review = _mine(request, pk)
    application = review.application
    requirements = list(verification.requirements_of(application))
    given = request.POST if request.method == "POST" else None
    forms = [ItemForm(given, requirement=one) for one in requirements]
    complete = request.method == "POST" and not any(form.errors for form in forms)
    if complete:
        try:
            decide = rechecks.decide if review.reopening_id else verification.decide
            decide(review, [form.finding() for form in forms], by=request.user, at=timezone.now())
        except (verification.NotYours, verification.Incomplete, verification.NotReady) as error:
            messages.error(request, str(error) or _("Berkas ini sudah diputus."))
        else:
            messages.success(request, _("Keputusan tercatat."))
        return redirect("review_queue_list")
    verification.open_file(review, by=request.user, at=timezone.now())
    earlier = []
    if review.seat == 3:
        earlier = application.reviews.filter(
            stage=review.stage, reopening=review.reopening_id, seat__lte=2
        ).prefetch_related("items__requirement", "items__reason")
    documents = {one.requirement_id: one for one in application.documents.filter(replaced_at=None)}
    context = {
        "review": review,
        "application": application,
        "person": application.person,
        "answers": getattr(application, "answers", None),
        "rows": [{"form": form, "document": documents.get(form.requirement.pk)} for form in forms],
        "failed": any(form.errors for form in forms),
        "earlier": earlier,
    }
    return render(request, "selection/review/detail.html", context, status=422 if context["failed"] else 200)


@roles_required(*DESK)
@require_POST
def review_return(request, pk):
    """Give the file back; somebody else takes it. For good, when the verifier knows the person."""
    review = _mine(request, pk)
    try:
        if request.POST.get("because") == "kenal":
            verification.step_back(review, by=request.user, at=timezone.now())
            messages.success(request, _("Dicatat. Orang lain memeriksa berkas ini; Anda tidak menerimanya lagi."))
        else:
            verification.put_back(review, by=request.user)
            messages.success(request, _("Berkas dikembalikan ke antrean."))
    except verification.NotYours:
        messages.error(request, _("Berkas ini sudah diputus atau sudah kembali ke antrean."))
    return redirect("review_queue_list")


@roles_required(*DESK)
@require_GET
def review_document(request, pk, document):
    """A document of the file that is open on my desk."""
    review = _mine(request, pk)
    found = get_object_or_404(review.application.documents.select_related("requirement"), pk=document)
    verification.open_file(review, by=request.user, at=timezone.now(), document=found)
    return hand_out(found, shown=True)
