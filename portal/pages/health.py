"""Answers for load balancers: is the process up, and can it work?"""

from django.http import HttpResponse
from django.utils import timezone

from ledger import stillness


def alive(request):
    """200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def ready(request):
    """200 while the database answers too; 503 says that pages from files still work.

    A record that stands still is said in a word for those who watch, and no reason to take the process out of
    service: pages can be read and applications sent all the same. Why it stands, the keeper's log says.
    """
    try:
        still = stillness.since(timezone.now())
    except Exception:
        return HttpResponse("database\n", status=503, content_type="text/plain", headers={"Cache-Control": "no-store"})
    words = "record\n" if still else "ok\n"
    return HttpResponse(words, content_type="text/plain", headers={"Cache-Control": "no-store"})
