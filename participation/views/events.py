"""Events for everybody: the list, its feeds, one event, and coming without an account."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guards import public_page
from lib import json_ld
from participation import event_posting
from participation.actions import registrations
from participation.event_calendar import calendar_of
from participation.forms_events import RegistrationForm
from participation.models import Event, EventPaper
from participation.views.questions import for_everybody
from publishing.views import without_account

FORM = "event"  # which form this is, for the limits and for proofs of work
TOP = 5  # questions on the page of an event; the others are behind a link
CALENDAR = "text/calendar; charset=utf-8"


def _published():
    return Event.objects.published().select_related("recruitment")


@require_safe
@public_page(60)
def event_list(request):
    """Events that come, and those that were."""
    now = timezone.now()
    context = {
        "coming": Event.objects.coming(now).select_related("recruitment")[:100],
        "page": Paginator(Event.objects.past(now).select_related("recruitment"), 20).get_page(
            request.GET.get("halaman")
        ),
        "query": "",
    }
    return render(request, "participation/event/list.html", context)


@require_safe
@public_page(30)
def event_detail(request, slug):
    """One event: when, where, how to get in, what changed."""
    event = get_object_or_404(_published(), slug=slug)
    now = timezone.now()
    context = {
        "event": event,
        "zone": event.zone,
        "changes": event.changes.all(),
        "papers": event.papers.all(),
        "open": event.takes_registrations(now),
        "asking": event.takes_questions(now),
        "questions": for_everybody(event).exclude(hiding__restored=False)[:TOP],
        "over": event.ends_at <= now,
        "posting": json_ld.in_script(event_posting.describe(event)),
    }
    return render(request, "participation/event/detail.html", context)


@require_safe
@public_page(3600)
def event_paper(request, slug, pk):
    """A PDF that is left of a session."""
    found = get_object_or_404(EventPaper.objects.exclude(file=""), event__slug=slug, pk=pk)
    response = FileResponse(found.file.open("rb"), content_type="application/pdf", filename=f"{slug}-{pk}.pdf")
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return response


@require_safe
@public_page(300)
def event_calendar(request, slug):
    """One event for the calendar of a phone."""
    event = get_object_or_404(_published().prefetch_related("changes"), slug=slug)
    return HttpResponse(calendar_of([event], event.title), content_type=CALENDAR)


@require_safe
@public_page(300)
def event_calendar_all(request):
    """Every event as one calendar to follow."""
    events = _published().prefetch_related("changes").order_by("-starts_at")[:200]
    name = _("Acara %(name)s") % {"name": settings.INSTANCE["short_name"]}
    return HttpResponse(calendar_of(events, name), content_type=CALENDAR)


class EventFeed(Feed):
    """Atom: the newest events."""

    feed_type = Atom1Feed
    language = "id"

    def __call__(self, request, *args, **kwargs):
        response = super().__call__(request, *args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=60"
        return response

    def title(self):
        return _("Acara %(name)s") % {"name": settings.INSTANCE["short_name"]}

    def link(self):
        return settings.SITE_URL + reverse("event_list")

    def feed_url(self):
        return settings.SITE_URL + reverse("event_feed")

    def author_name(self):
        return settings.INSTANCE["office"]

    def items(self):
        return _published().order_by("-published_at")[:50]

    def item_title(self, item):
        return f"BATAL: {item.title}" if item.cancelled_at else item.title

    def item_description(self, item):
        return item.about

    def item_link(self, item):
        return settings.SITE_URL + reverse("event_detail", args=[item.slug])

    def item_updateddate(self, item):
        return item.cancelled_at or item.published_at

    def item_pubdate(self, item):
        return item.published_at


@require_http_methods(["GET", "POST"])
def event_registration_new(request, slug):
    """Ask to come, by e-mail. The answer is the same for whatever address."""
    event = get_object_or_404(_published(), slug=slug)
    now = timezone.now()
    form = RegistrationForm(request.POST or None)
    if event.takes_registrations(now) and form.is_valid() and without_account.admits(request, form, FORM, at=now):
        try:
            registrations.ask(event, form.cleaned_data["email"], people=form.cleaned_data["people"], at=now)
        except registrations.Closed:
            return redirect("event_detail", slug=slug)
        return render(request, "participation/event/asked.html", {"event": event})
    context = {
        "event": event,
        "form": form,
        "zone": event.zone,
        "open": event.takes_registrations(now),
        "proof": without_account.task(request, FORM, at=now),
    }
    return render(request, "participation/event/registration.html", context, status=without_account.status(form))
