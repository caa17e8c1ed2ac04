"""News about vacancies without an account: ask, confirm, change, leave. The signed link is the key."""

from contextlib import suppress
from functools import wraps

from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from publishing.models.subscriber import of_token
from publishing.views import without_account
from publishing.views.signed_link import keep_address
from vacancies.actions import alerts
from vacancies.forms_alerts import AlertForm
from vacancies.listing import Listing
from vacancies.models import SavedSearch
from vacancies.sentence import sentence

FORM = "alert"  # which form this is, for the limits and for proofs of work


@require_http_methods(["GET", "POST"])
def alert_new(request):
    """Ask for news about the search in the address. The answer is the same whoever asks, for whatever address."""
    query = QueryDict(request.GET.urlencode())
    form, now = AlertForm(request.POST or None), timezone.now()
    if form.is_valid() and without_account.admits(request, form, FORM, at=now):
        with suppress(alerts.TooMany):  # said on the page behind the link, to the owner of the address only
            alerts.ask(form.cleaned_data["email"], query, cadence=form.cleaned_data["cadence"], at=now)
        return render(request, "vacancies/alerts/asked.html")
    context = {
        "form": form,
        "words": sentence(Listing(query, now)),
        "query": query.urlencode(),
        "proof": without_account.task(request, FORM, at=now),
    }
    return render(request, "vacancies/alerts/new.html", context, status=without_account.status(form))


def _by_link(view):
    """Only with a link that was given out; the address in it is not passed on to other sites."""

    @wraps(view)
    def guarded(request, token, *args, **kwargs):
        request.subscriber = of_token(token)
        if request.subscriber is None:
            return render(request, "vacancies/alerts/gone.html", status=404)
        return keep_address(view(request, token, *args, **kwargs))

    return guarded


@require_http_methods(["GET", "POST"])
@_by_link
def alert_room(request, token):
    """Everything kept about an address: its searches, to confirm, change, drop, or all of it to delete."""
    subscriber = request.subscriber
    if request.method == "GET":
        searches = list(subscriber.searches.all())
        context = {
            "subscriber": subscriber,
            "searches": searches,
            "waiting": [one for one in searches if one.confirmed_at is None],
            "token": token,
            "zone": timezone.get_default_timezone(),
            "full": len(searches) >= alerts.MOST_SEARCHES,
        }
        return render(request, "vacancies/alerts/room.html", context)
    match request.POST.get("do"):
        case "confirm":
            alerts.confirm(subscriber, at=timezone.now())
        case "forget":
            alerts.forget(subscriber)
            return render(request, "vacancies/alerts/left.html")
        case "change" if request.POST.get("cadence") in SavedSearch.Cadence.values:
            alerts.change(_own(request), cadence=request.POST["cadence"], at=timezone.now())
        case "drop":
            alerts.drop(_own(request))
        case _:
            raise Http404(_("Tidak ada tindakan seperti itu."))
    return redirect("alert_room", token=token)


def _own(request) -> SavedSearch:
    chosen = request.POST.get("search", "")
    return get_object_or_404(request.subscriber.searches, pk=int(chosen) if chosen.isdecimal() else 0)


@csrf_exempt  # the mailbox presses this button, and has no form of ours (RFC 8058); the link itself is the key
@require_http_methods(["GET", "POST"])
@_by_link
def alert_leave(request, token):
    """Leave by one press; the page asks once, for mail programs open links by themselves."""
    if request.method == "POST":
        alerts.forget(request.subscriber)
        return render(request, "vacancies/alerts/left.html")
    return render(request, "vacancies/alerts/leave.html", {"subscriber": request.subscriber})
