"""Messages to many applicants: one officer writes and tries out, another approves."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.guards import roles_required, second_factor_again
from accounts.models import User
from accounts.roles import Role
from lib import masked
from publishing.rendering import letter
from selection import circular_audience
from selection.actions import circular
from selection.forms.circular import ChooseForm, CircularForm
from selection.models import Application, Circular
from vacancies.models import Recruitment

DESK = (Role.PREPARER, Role.PUBLISHER)
A_PAGE = 50


@roles_required(*DESK)
@require_GET
def circular_list(request):
    """Drafts and what was sent, the newest first; whoever prepares chooses a recruitment to write to."""
    found = Circular.objects.filter(discarded_at=None).select_related("recruitment", "stage", "mailing")
    form = ChooseForm(request.GET if "recruitment" in request.GET else None)
    if form.is_valid():
        return redirect("circular_new", slug=form.cleaned_data["recruitment"].slug)
    context = {
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("halaman")),
        "form": form,
        "may_write": request.user.has_role(Role.PREPARER),
        "zone": timezone.get_default_timezone(),
    }
    return render(request, "selection/circular/list.html", context)


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def circular_new(request, slug):
    """Write to the applicants of a recruitment."""
    recruitment = get_object_or_404(Recruitment.objects.published(), slug=slug)
    with timezone.override(recruitment.zone):
        form = CircularForm(request.POST or None, recruitment=recruitment)
        if form.is_valid():
            try:
                made = circular.write(recruitment, **form.cleaned_data, by=request.user, at=timezone.now())
            except circular.NotPossible as error:
                form.add_error(None, str(error))
            else:
                return redirect("circular_detail", pk=made.pk)
        context = {"form": form, "recruitment": recruitment}
        return render(request, "selection/circular/form.html", context, status=422 if form.errors else 200)


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def circular_edit(request, pk):
    """Change a message that nobody approved; its dry run is void then."""
    found = _waiting(pk)
    with timezone.override(found.recruitment.zone):
        form = CircularForm(request.POST or None, instance=found, recruitment=found.recruitment)
        if form.is_valid():
            try:
                circular.rewrite(found, **form.cleaned_data, by=request.user, at=timezone.now())
            except circular.NotPossible as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Tersimpan. Jalankan uji coba lagi."))
                return redirect("circular_detail", pk=pk)
        context = {"form": form, "recruitment": found.recruitment, "circular": found}
        return render(request, "selection/circular/form.html", context, status=422 if form.errors else 200)


@roles_required(*DESK)
@require_GET
def circular_detail(request, pk):
    """The message, what the dry run found, and the next act."""
    found = get_object_or_404(
        Circular.objects.select_related("recruitment", "stage", "written_by", "tried_by", "approved_by", "mailing"),
        pk=pk,
    )
    mine = request.user.pk in (found.written_by_id, found.tried_by_id)
    waiting = not found.approved_at and not found.discarded_at
    context = {
        "circular": found,
        "letter": letter.text(circular.as_publication(found)),
        "zone": found.recruitment.zone,
        "left_out": [(circular_audience.REASONS[reason], n) for reason, n in found.left_out.items()],
        "samples": _samples(found),
        "may_write": waiting and request.user.has_role(Role.PREPARER),
        "may_approve": waiting and found.digest and request.user.has_role(Role.PUBLISHER) and not mine,
        "waits_for_another": waiting and found.digest and mine,
    }
    return render(request, "selection/circular/detail.html", context)


@roles_required(Role.PREPARER)
@require_POST
def circular_trial(request, pk):
    """Run the dry run: nothing is sent."""
    try:
        tried = circular.try_out(_waiting(pk), by=request.user, at=timezone.now())
    except circular.NotPossible as error:
        messages.error(request, str(error))
    else:
        words = _("Uji coba selesai: %(people)s orang akan menerima. Belum ada yang dikirim.")
        messages.success(request, words % {"people": tried.people})
    return redirect("circular_detail", pk=pk)


@roles_required(Role.PREPARER)
@require_POST
def circular_discard(request, pk):
    """Throw a draft away."""
    try:
        circular.discard(_waiting(pk), at=timezone.now())
    except circular.NotPossible as error:
        messages.error(request, str(error))
        return redirect("circular_detail", pk=pk)
    messages.success(request, _("Rancangan dibuang. Tidak ada yang dikirim."))
    return redirect("circular_list")


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def circular_approval(request, pk):
    """The second person approves what the page shows, and no other text."""
    found = _waiting(pk)
    if request.method == "POST":
        try:
            made = circular.approve(found, digest=request.POST.get("digest", ""), by=request.user, at=timezone.now())
        except (circular.NotAllowed, circular.NotPossible, circular.Changed) as error:
            messages.error(request, str(error))
            return redirect("circular_detail", pk=pk)
        messages.success(request, _("Disahkan. Surat berangkat sendiri. Anda masih bisa menjedanya di sini."))
        return redirect("mailing_detail", pk=made.mailing_id)
    context = {
        "circular": found,
        "letter": letter.text(circular.as_publication(found)),
        "zone": found.recruitment.zone,
        "left_out": [(circular_audience.REASONS[reason], n) for reason, n in found.left_out.items()],
        "samples": _samples(found),
    }
    return render(request, "selection/circular/approval.html", context)


def _waiting(pk) -> Circular:
    rows = Circular.objects.filter(approved_at=None, discarded_at=None).select_related("recruitment", "stage")
    return get_object_or_404(rows, pk=pk)


def _samples(found: Circular) -> list[dict]:
    """The people of the dry run's lot, masked: staff see that these are real rows, not whose they are."""
    users = User.objects.in_bulk(found.samples)
    numbers = dict(
        Application.objects.filter(user__in=found.samples, recruitment=found.recruitment_id)
        .order_by("-pk")
        .values_list("user", "participant_number")
    )
    return [
        {"address": masked.address(users[key].email), "number": masked.number(numbers.get(key, ""))}
        for key in found.samples
        if key in users
    ]
