"""The survey from all sides: answer about others, with an account or with a code on paper; read the own result."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required, second_factor_to_send
from workforce.actions import feedback
from workforce.feedback_results import result_of
from workforce.forms_feedback import CodeForm, CodesForm, FeedbackForm, FeedbackReplyForm, RoundForm
from workforce.models import AppraisalYear, Employee, FeedbackRater, FeedbackRound
from workforce.queries import DESK
from workforce.reading import below, my_employee


@login_required
@require_GET
def feedback_list(request):
    """About whom I am asked, and my own results."""
    now = timezone.now()
    me = my_employee(request.user)
    asked = FeedbackRater.objects.filter(user=request.user, round__closed_at=None, round__closes_at__gt=now)
    asked = asked.filter(subject__in=Employee.objects.unshielded())
    context = {
        "asked": asked.select_related("subject__position", "round__year", "draft").order_by("subject__name"),
        "rounds": FeedbackRound.objects.filter(closed_at__isnull=False).select_related("year"),
        "me": me,
    }
    return render(request, "workforce/feedback/list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def feedback_form(request, pk):
    """My answer about one colleague; it may be changed until the survey closes."""
    mine = FeedbackRater.objects.filter(user=request.user).select_related("subject__position", "round__year", "draft")
    rater = get_object_or_404(mine.filter(subject__in=Employee.objects.unshielded()), pk=pk)
    kept = rater.draft.marks if hasattr(rater, "draft") else None
    form = FeedbackForm(request.POST or None, kept=kept)
    if form.is_valid():
        try:
            feedback.answer(rater, form.marks, at=timezone.now())
        except feedback.NotPossible as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Jawaban Anda tersimpan. Anda dapat mengubahnya sampai survei ditutup."))
        return redirect("feedback_list")
    context = {"form": form, "rater": rater}
    return render(request, "workforce/feedback/form.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def feedback_by_code(request):
    """For whoever was served and holds a paper: no account, no name; the code is never part of an address."""
    given = CodeForm(request.POST or None)
    if request.method == "GET" or not given.is_valid():
        return render(request, "workforce/feedback/code.html", {"form": given}, status=422 if given.errors else 200)
    if not ratelimit.consume(request, action="feedback_code"):
        return ratelimit.respond_429(request)
    rater = feedback.by_code(given.cleaned_data["code"], timezone.now())
    if rater is None:
        given.add_error("code", _("Kode ini tidak berlaku. Periksa hurufnya; mungkin survei sudah ditutup."))
        return render(request, "workforce/feedback/code.html", {"form": given}, status=422)
    form = FeedbackForm(request.POST if "save" in request.POST else None, kept=None)
    if form.is_valid():
        try:
            feedback.answer(rater, form.marks, at=timezone.now())
        except feedback.NotPossible as error:  # the survey ended while the person wrote
            given.add_error("code", str(error))
            return render(request, "workforce/feedback/code.html", {"form": given}, status=422)
        return render(request, "workforce/feedback/thanks.html")
    context = {"form": form, "rater": rater, "code": given.cleaned_data["code"]}
    return render(request, "workforce/feedback/form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def feedback_result(request, year):
    """My own result, and my words to it."""
    me = my_employee(request.user)
    made = get_object_or_404(FeedbackRound.objects.select_related("year"), year=year)
    form = FeedbackReplyForm(request.POST or None)
    if form.is_valid():
        try:
            feedback.reply(made, me, form.cleaned_data["text"], at=timezone.now())
        except feedback.NotPossible as error:
            messages.error(request, str(error))
        return redirect("feedback_result", year=year)
    context = {"made": made, "result": result_of(made, me), "form": form, "employee": me, "own": True}
    return render(request, "workforce/feedback/result.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def team_feedback(request, year, slug):
    """The result of somebody who answers to me, as that person reads it."""
    me = my_employee(request.user)
    made = get_object_or_404(FeedbackRound.objects.select_related("year"), year=year)
    one = get_object_or_404(below(me), slug=slug)
    context = {"made": made, "result": result_of(made, one), "employee": one, "own": False}
    return render(request, "workforce/feedback/result.html", context)


@roles_required(*DESK)
@second_factor_to_send
@require_http_methods(["GET", "POST"])
def feedback_desk(request, year):
    """Open the survey of a year, and make codes for visitors. How many answered stands here, never who."""
    year, now, do = get_object_or_404(AppraisalYear, pk=year), timezone.now(), request.POST.get("do", "")
    made = FeedbackRound.objects.filter(year=year).first()
    form = RoundForm(request.POST if do == "open" else None)
    codes_form = CodesForm(request.POST if do == "codes" else None, prefix="codes")
    codes, subject = [], None
    try:
        if do == "open" and form.is_valid():
            feedback.open_round(year, days=form.cleaned_data["days"], by=request.user, at=now)
            return redirect("feedback_desk", year=year.pk)
        if do == "codes" and made and codes_form.is_valid():
            subject, n = codes_form.cleaned_data["employee"], codes_form.cleaned_data["n"]
            codes = feedback.make_codes(made, subject, n=n, at=now)
    except feedback.NotPossible as error:
        messages.error(request, str(error))
    context = {
        "year": year,
        "made": made,
        "open": made and feedback.is_open(made, now),
        "asked": made.raters.count() if made else 0,
        "answered": made.raters.exclude(draft=None).count() if made else 0,
        "form": form,
        "codes_form": codes_form,
        "codes": codes,
        "subject": subject,
    }
    wrong = form.errors or codes_form.errors
    return render(request, "workforce/feedback/desk.html", context, status=422 if wrong else 200)
