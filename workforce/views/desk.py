"""The office's side: people, codes, shields, requests, files and erasures. Every look at a person is written down."""

from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import roles_required, second_factor_again
from accounts.models import FileAccess
from accounts.roles import Role
from workforce.actions import claims, erasure, requests, shielding
from workforce.field_policy import FIELDS, Reader
from workforce.forms import DecisionForm, LetterForm, ShieldForm
from workforce.models import Employee, EmployeeErasure, ProfileRequest, Shield
from workforce.queries import DESK, WHOLE, profile_for, words_in
from workforce.showing import changes_shown, show

PER_PAGE = 50


def _employee(slug) -> Employee:
    return get_object_or_404(Employee.objects.filter(erased_at=None).select_related(*WHOLE), slug=slug)


def _note(request, employee: Employee, role: str, purpose: str) -> None:
    """The person sees this look: time, role, unit and purpose."""
    with transaction.atomic():
        FileAccess.objects.create(
            person=None, subject=f"asn:{employee.slug}", by=request.user, role=role, unit=request.user.public_label,
            purpose=purpose, at=timezone.now(),
        )  # fmt: skip


@require_GET
def profile_full(request, slug):
    """One person as this account sees them: superior, oversight and office see more than the public page."""
    now = timezone.now()
    employee, reader = profile_for(request.user, slug, now, timezone.localdate(now))
    if reader is Reader.PERSON:
        return redirect("my_profile")
    if reader in (Reader.ANONYMOUS, Reader.CITIZEN):
        return redirect("profile", slug=slug)
    _note(request, employee, reader.value, _("melihat profil pegawai"))
    shown = show(employee, reader)
    context = {"employee": employee, "shown": shown, "changes": changes_shown(employee, shown), "public": False}
    return render(request, "workforce/directory/profile.html", context)


@roles_required(*DESK)
@require_GET
def employee_desk_list(request):
    """Everybody in service, found by name, post or unit; never by NIP, which would stand in the address."""
    people = Employee.objects.serving().select_related("position__unit")
    if words := request.GET.get("q", "")[:80].strip():
        people = people.filter(words_in(["name", "position__name", "position__unit__name"], words))
    page = Paginator(people, PER_PAGE).get_page(request.GET.get("halaman"))
    context = {
        "page": page,
        "words": words,
        "query": f"{urlencode({'q': words})}&" if words else "",
        "shielded": set(Shield.objects.standing().values_list("employee", flat=True)),
        "now": timezone.now(),
        "open_requests": ProfileRequest.objects.filter(decided_at=None).count(),
    }
    return render(request, "workforce/desk/list.html", context)


@roles_required(*DESK)
@require_GET
def employee_desk(request, slug):
    """One person with everything the office keeps, and what may be done now."""
    employee = _employee(slug)
    _note(request, employee, Reader.BKD.value, _("mengurus data pegawai"))
    shown = show(employee, Reader.BKD)
    context = {
        "employee": employee,
        "shown": shown,
        "shield": employee.shields.standing().first(),
        "changes": changes_shown(employee, shown),
        "waiting": employee.requests.filter(decided_at=None),
        "erasure": employee.erasures.first(),
        "previewed": timezone.now() < employee.preview_until,
    }
    return render(request, "workforce/desk/detail.html", context)


@roles_required(*DESK)
@require_POST
def claim_code_new(request, slug):
    """A new code, shown this once, to hand over on paper."""
    employee = _employee(slug)
    try:
        code = claims.make_code(employee, by=request.user, at=timezone.now())
    except claims.NotClaimed as error:
        messages.error(request, str(error))
        return redirect("employee_desk", slug=slug)
    return render(request, "workforce/desk/code.html", {"employee": employee, "code": code, "days": claims.DAYS})


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def shield_new(request, slug):
    """One officer is enough: the person disappears with this answer."""
    employee = _employee(slug)
    form = ShieldForm(request.POST or None)
    if form.is_valid():
        shielding.place(employee, ground=form.cleaned_data["ground"], by=request.user, at=timezone.now())
        messages.success(request, _("Orang ini tidak lagi tampil di halaman, pencarian, unduhan, dan data terbuka."))
        return redirect("employee_desk", slug=slug)
    context = {
        "form": form, "employee": employee, "title": _("Lindungi orang ini"), "button": _("Lindungi sekarang"),
        "words": _("Berlaku seketika. Mencabutnya perlu dua petugas."),
    }  # fmt: skip
    return render(request, "workforce/desk/form.html", context, status=422 if form.errors else 200)


@roles_required(*DESK)
@second_factor_again
@require_POST
def shield_lift(request, slug):
    """The first officer asks, the second lifts."""
    shield = get_object_or_404(Shield.objects.standing().select_related("employee"), employee__slug=slug)
    action = shielding.lift if request.POST.get("langkah") == "cabut" else shielding.ask_lift
    try:
        action(shield, by=request.user, at=timezone.now())
    except shielding.NotLifted as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Tercatat."))
    return redirect("employee_desk", slug=slug)


@roles_required(*DESK)
@require_GET
def profile_request_list(request):
    """What people asked and nobody has decided, the oldest first; then what was decided."""
    cases = ProfileRequest.objects.select_related("employee", "decided_by")
    context = {
        "waiting": cases.filter(decided_at=None, employee__erased_at=None)[:200],
        "decided": cases.exclude(decided_at=None).order_by("-decided_at")[:50],
    }
    return render(request, "workforce/desk/requests.html", context)


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def profile_request(request, pk):
    """One request; the decision with its reason."""
    case = get_object_or_404(
        ProfileRequest.objects.select_related("employee", "credential", "appointment__position"),
        pk=pk,
        employee__erased_at=None,
    )
    form = None if case.decided_at else DecisionForm(request.POST or None, case=case)
    if request.method == "GET":
        _note(request, case.employee, Reader.BKD.value, _("memutus permohonan"))
    elif form and form.is_valid():
        try:
            requests.decide(
                case, granted=form.cleaned_data["granted"], answer=form.cleaned_data["answer"], values=form.values,
                by=request.user, at=timezone.now(),
            )  # fmt: skip
        except requests.NotNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Putusan tercatat dan pemohon diberi tahu."))
            return redirect("profile_request_list")
    context = {"case": case, "form": form, "label": FIELDS[case.key].label}
    return render(request, "workforce/desk/request.html", context, status=422 if form and form.errors else 200)


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def employee_erasure_new(request, slug):
    """Ask that the data of somebody who left goes."""
    employee = _employee(slug)
    form = LetterForm(request.POST or None)
    if form.is_valid():
        try:
            erasure.ask(employee, letter=form.cleaned_data["letter"], by=request.user, at=timezone.now())
        except erasure.NotErasable as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Diajukan. Rekan lain mengesahkannya di halaman ini."))
            return redirect("employee_desk", slug=slug)
    context = {
        "form": form, "employee": employee, "title": _("Ajukan penghapusan data"), "button": _("Ajukan"),
        "words": _("Data pribadi orang yang sudah berhenti dihapus setelah rekan lain mengesahkan. Tidak dapat dibatalkan."),
    }  # fmt: skip
    return render(request, "workforce/desk/form.html", context, status=422 if form.errors else 200)


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_POST
def employee_erasure_approval(request, slug):
    """The second person approves."""
    found = get_object_or_404(EmployeeErasure, employee__slug=slug, approved_at=None)
    try:
        erasure.approve(found, by=request.user, at=timezone.now())
    except erasure.NotErasable as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Disahkan. Data dihapus sebentar lagi."))
    return redirect("employee_desk", slug=slug)
