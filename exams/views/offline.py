"""What a browser shows of a running test when a page is loaded without a network: a sentence, and nothing of the test."""

import json

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from accounts.guards import public_page

# Nothing is kept in a cache: the words are part of the worker, the questions of nobody.
WORKER = """// Answers for the network when there is none, under the path of the test alone. Keeps nothing.
const PAGE = %s;
addEventListener("install", () => skipWaiting());
addEventListener("fetch", (event) => {
  if (event.request.mode !== "navigate" || event.request.method !== "GET") return;
  const page = () => new Response(PAGE, { headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" } });
  event.respondWith(fetch(event.request).catch(page));
});
"""


@require_safe
@public_page(3600)
def offline_script(request):
    """The service worker of a test. Its place is its reach: it never answers for another page of the portal."""
    page = render_to_string("exams/practice/offline.html")
    return HttpResponse(WORKER % json.dumps(page), content_type="text/javascript; charset=utf-8")
