"""The watch room: what happens right now, for everybody, as a page and as open data."""

import hashlib

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import conditional_page, require_GET

from accounts.guards import public_page
from oversight import live


@require_GET
@conditional_page
@public_page(5)
def live_watch(request):
    """What is open, judged, waiting, arriving, coming, held, late and found.

    An open page asks again by itself and names what it shows; 204 says that nothing is new.
    """
    context = {"watch": live.watch(timezone.now())}
    context["now"] = render_to_string("oversight/live.html#now", context)
    context["shown"] = hashlib.sha256(context["now"].encode()).hexdigest()[:16]
    if not request.htmx:
        answer = render(request, "oversight/live.html", context)
    elif request.GET.get("tampil") == context["shown"]:
        answer = HttpResponse(status=204)
    else:
        answer = render(request, "oversight/live.html#live", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_GET
@conditional_page
@public_page(5)
def live_watch_json(request):
    """The watch room as open data."""
    return JsonResponse(live.plain(live.watch(timezone.now())), json_dumps_params={"ensure_ascii": False})
