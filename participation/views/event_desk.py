"""Staff prepare events, publish what another prepared, move and cancel them, and count who came."""

from allauth.core import ratelimit
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.guards import roles_required, second_factor_again
from accounts.roles import Role
from lib.document_checks.check import BadDocument
from participation.actions import events, papers, registrations
from participation.forms_events import CancelForm, CountForm, EventForm, MoveForm, PaperForm, RegistrationForm
from participation.models import Event, Registration
from publishing.actions.consenting import WrongCode
from publishing.forms_consent import CodeForm

DESK = (Role.PREPARER, Role.PUBLISHER)
POST_DESK = (*DESK, Role.AGENCY_OFFICER)


def _event(pk) -> Event:
    return get_object_or_404(Event.objects.select_related("recruitment", "prepared_by", "published_by"), pk=pk)


@roles_required(*POST_DESK)
@require_GET
def event_desk_list(request):
    """All events, the newest first; an officer at a post sees those that take questions."""
    found = Event.objects.select_related("recruitment").order_by("-starts_at", "-pk")
    desk = request.user.has_role(*DESK)
    if not desk:
        found = found.published().filter(ends_at__gt=timezone.now(), cancelled_at=None)
    return render(request, "participation/event/desk_list.html", {"events": found[:200], "desk": desk})


@roles_required(*DESK)
@require_GET
def event_desk(request, pk):
    """One event and what may be done with it now."""
    event = _event(pk)
    now = timezone.now()
    context = {
        "event": event,
        "zone": event.zone,
        "waiting": event.registrations.filter(state=Registration.State.WAITING).count(),
        "own": event.prepared_by_id == request.user.pk,
        "begun": event.starts_at <= now,
        "over": event.ends_at <= now,
    }
    return render(request, "participation/event/desk.html", context)


def _form_page(request, form, title, *, event=None, button):
    context = {"form": form, "title": title, "event": event, "button": button}
    return render(request, "participation/event/form.html", context, status=422 if form.errors else 200)


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def event_new(request):
    """Prepare an event; another person publishes it."""
    form = EventForm(request.POST or None)
    if form.is_valid():
        made = events.prepare(form.save(commit=False), by=request.user, at=timezone.now())
        return redirect("event_desk", pk=made.pk)
    return _form_page(request, form, _("Acara baru"), button=_("Simpan acara"))


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def event_edit(request, pk):
    """Reword an event that is not public yet."""
    event = _event(pk)
    form = EventForm(request.POST or None, instance=event)
    if form.is_valid():
        try:
            events.prepare(form.instance, by=request.user, at=timezone.now())
        except events.NotNow as error:
            form.add_error(None, str(error))
        else:
            return redirect("event_desk", pk=pk)
    return _form_page(request, form, _("Ubah acara"), event=event, button=_("Simpan acara"))


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def event_publication(request, pk):
    """GET asks once more; POST makes the event public."""
    event = _event(pk)
    if request.method == "POST":
        try:
            events.publish(event, by=request.user, at=timezone.now())
        except events.NotNow as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Terbit. Semua orang dapat membaca dan mendaftar sekarang."))
        return redirect("event_desk", pk=pk)
    return render(request, "participation/event/publication.html", {"event": event, "zone": event.zone})


@roles_required(Role.PREPARER)
@require_http_methods(["GET", "POST"])
def event_move(request, pk):
    """Another time or place for a public event; everybody registered is told."""
    event = _event(pk)
    with timezone.override(event.zone):
        form = MoveForm(request.POST or None, initial={name: getattr(event, name) for name in events.MOVABLE})
        if form.is_valid():
            values = {name: form.cleaned_data[name] for name in events.MOVABLE}
            reason = form.cleaned_data["reason"]
            try:
                moved = events.move(event, values, reason=reason, by=request.user, at=timezone.now())
            except events.NotNow as error:
                form.add_error(None, str(error))
            else:
                messages.success(
                    request, _("Diubah. Semua yang terdaftar diberi tahu.") if moved else _("Tidak ada yang berubah.")
                )
                return redirect("event_desk", pk=pk)
        return _form_page(request, form, _("Ubah waktu atau tempat"), event=event, button=_("Ubah jadwal"))


@roles_required(Role.PUBLISHER)
@second_factor_again
@require_http_methods(["GET", "POST"])
def event_cancellation(request, pk):
    """The event does not take place; everybody registered is told."""
    event = _event(pk)
    form = CancelForm(request.POST or None)
    if form.is_valid():
        try:
            events.cancel(event, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
        except events.NotNow as error:
            form.add_error(None, str(error))
        else:
            return redirect("event_desk", pk=pk)
    return _form_page(request, form, _("Batalkan acara"), event=event, button=_("Batalkan acara"))


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def event_count(request, pk):
    """How many came, and the recording."""
    event = _event(pk)
    form = CountForm(request.POST or None, initial={"attended": event.attended, "recording_url": event.recording_url})
    if form.is_valid():
        try:
            events.count(event, **form.cleaned_data, by=request.user, at=timezone.now())
        except events.NotNow as error:
            form.add_error(None, str(error))
        else:
            return redirect("event_desk", pk=pk)
    return _form_page(request, form, _("Kehadiran dan rekaman"), event=event, button=_("Simpan kehadiran"))


@roles_required(*DESK)
@require_http_methods(["GET", "POST"])
def event_paper_new(request, pk):
    """Minutes, recording or slides for who was not there."""
    event = _event(pk)
    form = PaperForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            papers.add(event, **form.cleaned_data, by=request.user, at=timezone.now())
        except (events.NotNow, BadDocument) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Tersimpan. Semua orang dapat membacanya di halaman acara."))
            return redirect("event_desk", pk=pk)
    return _form_page(request, form, _("Notulen, rekaman, bahan"), event=event, button=_("Terbitkan dokumen"))


@roles_required(*POST_DESK)
@require_http_methods(["GET", "POST"])
def event_helped_new(request, pk):
    """An officer at a post begins a registration for a person, who gets a code by letter."""
    event = get_object_or_404(Event.objects.published(), pk=pk)
    form = RegistrationForm(request.POST or None)
    if form.is_valid():
        address, people = form.cleaned_data["email"], form.cleaned_data["people"]
        if not ratelimit.consume(request, action="event_helped", key=address.lower()):
            return ratelimit.respond_429(request)
        try:
            made = registrations.ask(event, address, people=people, at=timezone.now(), helped_by=request.user)
        except registrations.Closed:
            form.add_error(None, _("Pendaftaran acara ini sudah tutup."))
        else:
            return redirect("event_helped_code", pk=pk, registration=made.pk)
    return _form_page(request, form, _("Daftarkan seseorang"), event=event, button=_("Kirim kode ke alamat itu"))


@roles_required(*POST_DESK)
@require_http_methods(["GET", "POST"])
def event_helped_code(request, pk, registration):
    """The person's consent: the code that only the person's letter tells. The address is not shown again."""
    found = get_object_or_404(
        Registration.objects.select_related("event", "subscriber"), pk=registration, event=pk, helped_by=request.user
    )
    form = CodeForm(request.POST or None)
    if form.is_valid():
        if not ratelimit.consume(request, action="event_code", key=str(found.pk)):
            return ratelimit.respond_429(request)
        try:
            done = registrations.consent(found, form.cleaned_data["code"], at=timezone.now())
        except WrongCode as error:
            form.add_error("code", error)
        except registrations.Closed:
            form.add_error(None, _("Pendaftaran acara ini sudah tutup."))
        else:
            return render(
                request,
                "participation/event/helped.html",
                {"event": found.event, "registration": done, "zone": found.event.zone},
            )
    return _form_page(request, form, _("Masukkan kode persetujuan"), event=found.event, button=_("Daftarkan"))
