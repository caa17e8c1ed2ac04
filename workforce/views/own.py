"""The person's own side: claim the profile, see it before the public, ask, object, agree, reply."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import FileAccess
from workforce.actions import claims, requests
from workforce.actions import profile as profiles
from workforce.field_policy import Reader
from workforce.forms import ClaimForm, CorrectionForm, ObjectionForm, ReplyForm
from workforce.models import Employee
from workforce.queries import WHOLE
from workforce.showing import changes_shown, plain, show


def _mine(request) -> Employee:
    """The profile of this account. Raises Http404."""
    return get_object_or_404(Employee.objects.serving().select_related(*WHOLE), user=request.user)


@login_required
@require_GET
def my_profile(request):
    """Everything that is kept about the person, beside what the others see; a claim form for who has none yet."""
    if not Employee.objects.serving().filter(user=request.user).exists():
        return redirect("profile_claim")
    employee, now = _mine(request), timezone.now()
    own, public = show(employee, Reader.PERSON), show(employee, Reader.ANONYMOUS)
    context = {
        "employee": employee,
        "shown": own,
        "pairs": [(own[key], public[key]) for key in own],
        "changes": changes_shown(employee, own),
        "previewed": now < employee.preview_until,
        "shielded": employee.shields.standing().exists(),
        "requests": employee.requests.order_by("-asked_at"),
        "accesses": FileAccess.objects.filter(subject=f"asn:{employee.slug}").order_by("-at")[:20],
    }
    return render(request, "workforce/own/profile.html", context)


@login_required
@require_GET
def my_profile_file(request):
    """The person's own data as a file."""
    answer = plain(show(_mine(request), Reader.PERSON))
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response.headers["Content-Disposition"] = 'attachment; filename="profil-saya.json"'
    return response


def _form_page(request, form, title, words, button):
    context = {"form": form, "title": title, "words": words, "button": button}
    return render(request, "workforce/own/form.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def profile_claim(request):
    """The code on paper takes the profile to this account."""
    form = ClaimForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="profile_claim", user=request.user):
            return ratelimit.respond_429(request)
        try:
            claims.claim(form.cleaned_data["code"], by=request.user, at=timezone.now())
        except claims.NotClaimed as error:
            form.add_error("code", str(error))
        else:
            return redirect("my_profile")
    words = _("Anda pegawai? Minta kode kepada kantor kepegawaian. Kode itu menghubungkan akun ini dengan profil Anda.")
    return _form_page(request, form, _("Hubungkan profil pegawai"), words, _("Hubungkan"))


@login_required
@require_http_methods(["GET", "POST"])
def profile_objection_new(request):
    """The person objects to one field being open."""
    employee = _mine(request)
    form = ObjectionForm(request.POST or None, initial={"key": request.GET.get("bagian")})
    if form.is_valid():
        try:
            made = requests.object_to(
                employee, form.cleaned_data["key"], text=form.cleaned_data["text"], at=timezone.now()
            )
        except requests.NotNow as error:
            form.add_error(None, str(error))
        else:
            held = _("Keberatan tercatat. Bagian ini tidak tampil sampai diputus.")
            messages.success(request, held if made.withholds else _("Keberatan tercatat. Kami memutus dengan alasan."))
            return redirect("my_profile")
    words = _("Dalam masa pratinjau, bagian yang Anda beri keberatan ditahan sampai diputus.")
    return _form_page(request, form, _("Ajukan keberatan"), words, _("Kirim keberatan"))


@login_required
@require_http_methods(["GET", "POST"])
def profile_correction_new(request):
    """The person says what is wrong."""
    employee = _mine(request)
    form = CorrectionForm(request.POST or None, employee=employee)
    if form.is_valid():
        try:
            requests.ask_correction(employee, form.chosen, text=form.cleaned_data["text"], at=timezone.now())
        except requests.NotNow as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Permintaan koreksi tercatat. Kami memutus dengan alasan."))
            return redirect("my_profile")
    words = _("Data yang keliru tidak dihapus diam-diam: koreksinya tampil di samping yang lama.")
    return _form_page(request, form, _("Minta koreksi"), words, _("Kirim permintaan"))


@login_required
@require_http_methods(["GET", "POST"])
def profile_reply(request):
    """The person's words beside the profile."""
    employee = _mine(request)
    newest = employee.replies.first()
    form = ReplyForm(request.POST or None, initial={"text": newest.text if newest else ""})
    if form.is_valid():
        profiles.reply(employee, form.cleaned_data["text"], at=timezone.now())
        messages.success(request, _("Tanggapan Anda tersimpan."))
        return redirect("my_profile")
    words = _("Tulis apa yang menurut Anda perlu dibaca di samping profil Anda.")
    return _form_page(request, form, _("Tulis tanggapan"), words, _("Simpan tanggapan"))


@login_required
@require_POST
def profile_consent(request):
    """Open what needs consent, or close it again."""
    given = request.POST.get("setuju") == "ya"
    profiles.consent(_mine(request), given=given, at=timezone.now())
    messages.success(request, _("Riwayat Anda terbuka.") if given else _("Persetujuan Anda ditarik; riwayat tertutup."))
    return redirect("my_profile")
