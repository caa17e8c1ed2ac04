"""The office's side of appraisal: years, lines, predicates of units, calibration. It gives no marks."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guards import roles_required, second_factor_to_send
from accounts.roles import Role
from workforce.actions import appraisal, lines, plans
from workforce.forms_appraisal import CalibrationForm, LineForm, UnitRatingForm, YearForm
from workforce.models import AppraisalYear, Assessment, Period, Plan, ReportingLine
from workforce.queries import DESK

WAITING_SHOWN = 100


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def appraisal_desk_list(request):
    """The years; open one."""
    form = YearForm(request.POST or None)
    if form.is_valid():
        appraisal.open_year(form.cleaned_data["year"], by=request.user, at=timezone.now())
        return redirect("appraisal_desk_list")
    context = {"years": AppraisalYear.objects.all(), "form": form, "waiting": ReportingLine.objects.waiting().count()}
    return render(request, "workforce/appraisal/desk_list.html", context, status=422 if form.errors else 200)


@roles_required(*DESK)
@second_factor_to_send
@require_http_methods(["GET", "POST"])
def appraisal_desk(request, year):
    """One year: how far everybody is, predicates of units, calibration, and its end."""
    year, now, do = get_object_or_404(AppraisalYear, pk=year), timezone.now(), request.POST.get("do", "")
    rating = UnitRatingForm(request.POST if do == "rate" else None, prefix="rate")
    note = CalibrationForm(request.POST if do == "note" else None, prefix="note")
    if request.method == "POST":
        if do == "rate" and rating.is_valid():
            appraisal.rate_unit(year, by=request.user, at=now, **rating.cleaned_data)
            return redirect("appraisal_desk", year=year.pk)
        if do == "note" and note.is_valid():
            appraisal.note_calibration(year, by=request.user, at=now, **note.cleaned_data)
            return redirect("appraisal_desk", year=year.pk)
        if do == "close":
            if not request.user.has_role(Role.PUBLISHER):
                messages.error(request, _("Tahun ditutup oleh pengesah."))
                return redirect("appraisal_desk", year=year.pk)
            try:
                n = appraisal.close_year(year, by=request.user, at=now)
            except plans.NotPossible as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("Tahun ditutup. %(n)s predikat masuk profil.") % {"n": n})
            return redirect("appraisal_desk", year=year.pk)
    found = Plan.objects.filter(year=year)
    context = {
        "year": year,
        "begun": found.count(),
        "agreed": found.filter(state="agreed").count(),
        "assessed": Assessment.objects.filter(plan__year=year, period=Period.YEAR, version=1).count(),
        "ratings": year.unit_ratings.select_related("unit"),
        "notes": year.calibration_notes.select_related("unit"),
        "rating_form": rating,
        "note_form": note,
    }
    wrong = rating.errors or note.errors
    return render(request, "workforce/appraisal/desk.html", context, status=422 if wrong else 200)


@roles_required(*DESK)
@second_factor_to_send
@require_http_methods(["GET", "POST"])
def reporting_line_desk(request):
    """Lines that wait for a second officer; declare one, or all that follow from the structure."""
    now, do = timezone.now(), request.POST.get("do", "")
    form = LineForm(request.POST if do == "declare" else None)
    waiting = ReportingLine.objects.waiting().select_related("employee", "superior", "declared_by").order_by("pk")
    if request.method == "POST":
        if do == "structure":
            n = lines.declare_from_structure(by=request.user, at=now, today=timezone.localdate(now))
            messages.success(request, _("%(n)s garis menunggu pengesahan rekan Anda.") % {"n": n})
            return redirect("reporting_line_desk")
        if do == "confirm":
            chosen = waiting.filter(pk__in=[int(n) for n in request.POST.getlist("line") if n.isdigit()])
            done, refused = lines.confirm_all(chosen, by=request.user, at=now)
            messages.success(request, _("%(n)s garis disahkan.") % {"n": done})
            if refused:
                messages.error(
                    request, _("%(n)s tidak: Anda yang menetapkan, menyangkut Anda, atau berputar.") % {"n": refused}
                )
            return redirect("reporting_line_desk")
        if do == "declare" and form.is_valid():
            try:
                lines.declare(by=request.user, at=now, **form.cleaned_data)
            except lines.NotDeclared as error:
                form.add_error(None, str(error))
            else:
                return redirect("reporting_line_desk")
    context = {
        "waiting": waiting[:WAITING_SHOWN],
        "count": waiting.count(),
        "form": form,
        "standing": ReportingLine.objects.standing().count(),
    }
    return render(request, "workforce/appraisal/lines.html", context, status=422 if form.errors else 200)
