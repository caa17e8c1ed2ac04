"""Answers for load balancers: is the process up, and can it work?"""

from django.db import connection
from django.http import HttpResponse


def alive(request):
    """200 while the process answers at all."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


def ready(request):
    """200 while the database answers too; 503 says that pages from files still work."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Exception:
        return HttpResponse("database\n", status=503, content_type="text/plain", headers={"Cache-Control": "no-store"})
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
