"""An officer at a post subscribes a person to news about vacancies; the person agrees by the code of a letter."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.guards import roles_required
from accounts.roles import Role
from publishing.views.with_consent import Refused, Steps
from vacancies.actions import alerts
from vacancies.forms_alerts import HelpedAlertForm
from vacancies.listing import Listing
from vacancies.sentence import sentence


@roles_required(Role.PREPARER, Role.PUBLISHER, Role.AGENCY_OFFICER)
@require_http_methods(["GET", "POST"])
def alert_helped_new(request):
    """The search stands in the address, as on the list of vacancies; nothing is kept before the person agreed."""
    query, now = QueryDict(request.GET.urlencode()), timezone.now()

    def ask(given):
        alerts.ask_consent(given["email"], query, cadence=given["cadence"], by=request.user, at=now)

    def enter(given, code):
        try:
            alerts.begin_agreed(given["email"], query, code, cadence=given["cadence"], by=request.user, at=now)
        except alerts.TooMany:
            raise Refused(
                _("Alamat ini sudah mengikuti %(n)s pencarian. Orangnya menghapus satu lewat tautan di suratnya.")
                % {"n": alerts.MOST_SEARCHES}
            ) from None

    steps = Steps(request, HelpedAlertForm(request.POST or None), ask=ask, enter=enter)
    if steps.done:
        messages.success(
            request, _("Kabar lowongan untuk alamat itu sudah aktif. Setiap suratnya memuat tautan berhenti.")
        )
        return redirect("alert_helped_new")
    listing = Listing(query, now)
    context = {"steps": steps, "words": sentence(listing), "typed": query.get("q", ""), "query": query.urlencode()}
    return render(request, "vacancies/alerts/helped.html", context, status=steps.status)
