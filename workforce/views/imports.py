"""Files of employees: one uploads and reads the report, another applies."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required, second_factor_to_send
from accounts.roles import Role
from workforce.actions import employee_import as imports
from workforce.employee_files.rows import OPTIONAL, REQUIRED, Refused
from workforce.forms import EmployeeFileForm
from workforce.models import EmployeeImport
from workforce.queries import DESK

PER_PAGE = 50


@roles_required(*DESK)
@require_GET
def employee_import_list(request):
    """Every file that was read, the newest first."""
    found = EmployeeImport.objects.select_related("uploaded_by", "applied_by").defer("rows")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("halaman"))
    return render(request, "workforce/desk/import_list.html", {"page": page, "query": ""})


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def employee_import_new(request):
    """Read one file: a report of what it would change, or every problem in it."""
    form = EmployeeFileForm(request.POST or None, request.FILES or None)
    refused = None
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = imports.stage_file(file, file_name=file.name, by=request.user, at=timezone.now())
            return redirect("employee_import", pk=made.pk)
        except Refused as error:
            refused = error
    context = {"form": form, "refused": refused, "required": REQUIRED, "optional": OPTIONAL}
    return render(request, "workforce/desk/import_new.html", context, status=422 if refused or form.errors else 200)


@roles_required(*DESK)
@second_factor_to_send
@require_http_methods(["GET", "POST"])
def employee_import(request, pk):
    """What the file would do, line by line; POST by another publisher applies all of it."""
    made = get_object_or_404(EmployeeImport.objects.select_related("uploaded_by", "applied_by"), pk=pk)
    may_apply = request.user.has_role(Role.PUBLISHER) and not made.applied_at and made.uploaded_by != request.user
    if request.method == "POST":
        if not may_apply:
            messages.error(request, _("Berkas ini diterapkan sekali, oleh pengesah yang bukan pengunggahnya."))
            return redirect("employee_import", pk=pk)
        try:
            imports.apply(made, by=request.user, at=timezone.now())
        except (imports.NotApplied, Refused) as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Diterapkan. Orang baru tampil untuk umum setelah masa pratinjau."))
        return redirect("employee_import", pk=pk)
    page = Paginator(imports.waiting_lines(made), PER_PAGE).get_page(request.GET.get("halaman"))
    context = {"made": made, "page": page, "query": "", "may_apply": may_apply}
    return render(request, "workforce/desk/import.html", context)
