"""Formation files on the staff desk: upload with a report, then apply."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required
from accounts.roles import Role
from vacancies.actions import formation_import
from vacancies.forms import FormationFileForm, ReasonForm
from vacancies.models import FormationImport

PER_PAGE = 50


@roles_required(Role.PREPARER, Role.PUBLISHER)
@require_GET
def formation_import_list(request):
    """Every formation file that was read, newest first."""
    imports = (
        FormationImport.objects.select_related("recruitment", "uploaded_by")
        .defer("report", "rows")
        .annotate(new=F("report__new"), changed=F("report__changed"))
    )
    page = Paginator(imports, PER_PAGE).get_page(request.GET.get("halaman"))
    context = {"page": page, "query": "", "may_upload": request.user.has_role(Role.PREPARER)}
    return render(request, "vacancies/formation_import/list.html", context)


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def formation_import_new(request):
    """Read one file: a report of what it would change, or every problem in it."""
    form = FormationFileForm(request.POST, request.FILES) if request.method == "POST" else FormationFileForm()
    refused = None
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = formation_import.stage_file(
                form.cleaned_data["recruitment"], file, file_name=file.name, by=request.user, at=timezone.now()
            )
            return redirect("formation_import_detail", pk=made.pk)
        except formation_import.Refused as error:
            refused = error
    status = 422 if refused or form.errors else 200
    return render(request, "vacancies/formation_import/new.html", {"form": form, "refused": refused}, status=status)


@roles_required(Role.PREPARER, Role.PUBLISHER)
@require_http_methods(["GET", "POST"])
def formation_import_detail(request, pk):
    """What the file would change, line by line; POST applies all of it."""
    made = get_object_or_404(FormationImport.objects.select_related("recruitment").defer("rows"), pk=pk)
    needs_reason = bool(made.recruitment.published_at and (made.report["new"] or made.report["changed"]))
    may_apply = request.user.has_role(Role.PREPARER) and not made.applied_at
    form = ReasonForm(request.POST if request.method == "POST" else None) if needs_reason else None
    if request.method == "POST":
        if not may_apply:
            messages.error(request, _("Berkas ini sudah diterapkan, atau Anda bukan petugas penyiap data."))
            return redirect("formation_import_detail", pk=pk)
        if form is None or form.is_valid():
            reason = form.cleaned_data["reason"] if form else ""
            try:
                formation_import.apply(made, by=request.user, at=timezone.now(), reason=reason)
            except formation_import.NotApplied as error:
                messages.error(request, str(error))
            else:
                messages.success(request, _("Diterapkan. Lowongan sudah berisi data dari berkas ini."))
            return redirect("formation_import_detail", pk=pk)
    lines = [line for line in made.report["formations"] if line["verdict"] != "same" or not _shows_changes(request)]
    context = {
        "made": made,
        "zone": made.recruitment.zone,
        "page": Paginator(lines, PER_PAGE).get_page(request.GET.get("halaman")),
        "query": "tampil=beda&" if _shows_changes(request) else "",
        "only_changes": _shows_changes(request),
        "form": form,
        "may_apply": may_apply,
    }
    status = 422 if form and form.errors else 200
    return render(request, "vacancies/formation_import/detail.html", context, status=status)


def _shows_changes(request) -> bool:
    return request.GET.get("tampil") == "beda"
