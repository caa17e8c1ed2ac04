"""Requests under /lapor/ leave no trace: what tells a visitor from another is dropped before anything can keep it.

Outermost of the middleware, so that no session, log line, error tracker or page below ever sees an address, a cookie,
a browser's name or a referring page. What remains of the visitor is a count under a key that lives for one hour in the
memory of this process.
"""

import hashlib
import hmac
import ipaddress
import logging
import secrets
import threading
import traceback

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

PLACE = "/lapor"
NAMES = ("report_start", "report_new", "report_thread", "report_statistics")
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
# Headers that say what is sent and to whom; all others say who sends it.
KEPT_HEADERS = {"HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_TRANSFER_ENCODING"}
DROPPED = {"REMOTE_ADDR", "REMOTE_HOST", "REMOTE_PORT", "REMOTE_USER"}

logger = logging.getLogger("portal.lapor")


class Untraced:
    """Strips requests under PLACE, answers their errors itself, and sends nothing that a browser keeps."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.addresses = {reverse(name) for name in NAMES}

    def __call__(self, request):
        if not is_untraced(request):
            return self.get_response(request)
        if request.path_info not in self.addresses:  # perhaps a code, typed after the address: nothing below sees it
            return HttpResponseRedirect(reverse("report_start"), headers=HEADERS)
        request.visitor = counts.visitor(address_of(request.META), timezone.now())
        request.came_signed_in = settings.SESSION_COOKIE_NAME in request.META.get("HTTP_COOKIE", "")
        strip(request)
        request.upload_handlers = [InMemory(request)]
        response = self.get_response(request)
        response.cookies.clear()
        for name, value in HEADERS.items():
            if not response.headers.get(name, "").startswith("public"):  # the numbers are for everybody
                response.headers[name] = value
        return response

    def process_exception(self, request, exception):
        """Answer an error here: Django would log its words, and tell whoever collects errors."""
        if not is_untraced(request):
            return None
        place = traceback.extract_tb(exception.__traceback__)[-1]
        logger.error("%s in %s line %s", type(exception).__name__, place.name, place.lineno)
        return HttpResponse(
            _("Ada yang salah di pihak kami. Isi Anda tidak tersimpan. Kembali, lalu coba lagi sebentar lagi.") + "\n",
            status=500,
            content_type="text/plain; charset=utf-8",
        )


class LeavesOut(logging.Filter):
    """Logs say nothing of a request under PLACE, not even when it came; of an error they say its kind."""

    def filter(self, record):
        request = getattr(record, "request", None)
        if request is None or not is_untraced(request):
            return True
        if not record.exc_info:
            return False
        record.msg, record.args = "%s", (record.exc_info[0].__name__,)
        record.exc_info = record.exc_text = record.request = None
        return True


class InMemory(MemoryFileUploadHandler):
    """Keeps a file that is sent in memory, whatever its size: the limit of the body is far below."""

    def handle_raw_input(self, *args, **kwargs):
        self.activated = True


def is_untraced(request) -> bool:
    return f"{request.path_info}/".startswith(f"{PLACE}/")


def strip(request) -> None:
    """Take everything out of a request that says who sends it, or where from."""
    for name in list(request.META):
        if name in DROPPED or (name.startswith("HTTP_") and name not in KEPT_HEADERS):
            del request.META[name]
    request.META["QUERY_STRING"] = ""  # nothing here is asked by an address; a code would stand in it


def address_of(environ) -> str:
    """The visitor's address as our own proxies saw it; of IPv6 the network, of which one household has many."""
    chain = [part.strip() for part in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    found = chain[-proxies] if proxies and len(chain) >= proxies else environ.get("REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(found)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((address, 64), strict=False) if address.version == 6 else address)


class HourlyCounts:
    """How often an unknown somebody did something in this hour. The key, and with it all counts, is new each hour.

    Kept in the memory of one process and nowhere else; with several processes the limits are that much wider.
    """

    def __init__(self):
        self.lock = threading.Lock()
        self.hour, self.key, self.seen = None, b"", {}

    def visitor(self, address: str, at) -> bytes:
        """What stands for `address` in this hour."""
        with self.lock:
            self._turn(at)
            return hmac.new(self.key, address.encode(), hashlib.sha256).digest()[:16]

    def allows(self, visitor: bytes, act: str, most: int, at) -> bool:
        """Count one `act` of `visitor`; whether it is within `most` for this hour."""
        with self.lock:
            self._turn(at)
            self.seen[visitor, act] = self.seen.get((visitor, act), 0) + 1
            return self.seen[visitor, act] <= most

    def _turn(self, at) -> None:
        hour = int(at.timestamp()) // 3600
        if hour != self.hour:
            self.hour, self.key, self.seen = hour, secrets.token_bytes(32), {}


counts = HourlyCounts()
