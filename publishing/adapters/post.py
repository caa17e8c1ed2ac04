"""A post on social media or in a chat, through apprise.

apprise answers yes or no; whether a "no" was certain decides between trying again and asking a person. So
the calls it makes are watched: what was refused, what never connected, and what broke off after it was sent.
"""

import threading
from contextlib import contextmanager

import apprise
import requests
from django.utils.translation import gettext as _

from publishing.adapters import public_address
from publishing.adapters.answer import Answer, Verdict, of_status
from publishing.adapters.public_address import NotPublic

# Services that people in the country follow, each tried against a server that speaks its protocol. Others, and
# plain-http ones, are refused: an address typed by mistake must not carry news to a machine nobody knows.
SCHEMAS = frozenset({"tgram", "mastodons", "toots", "x", "twitter", "whatsapp", "evolutions", "ntfys"})
HOSTED = frozenset({"mastodons", "toots", "evolutions", "ntfys"})  # the address names the server
ONE_LINE = frozenset({"whatsapp"})  # Meta refuses a template whose text has line breaks
_seen = threading.local()


def problem(target: str) -> str:
    """What is wrong with a post's address, in words for whoever writes it; "" when nothing is."""
    if _schema(target) not in SCHEMAS:
        return _("Kanal ini belum didukung. Yang didukung: %(names)s.") % {"names": ", ".join(sorted(SCHEMAS))}
    service = _service(target)
    if service is None:
        return _("Alamat kanal ini tidak terbaca. Periksa ejaan dan kuncinya.")
    if _leads_inside(target, service):
        return _("Nama ini tidak menunjuk ke komputer di internet umum. Periksa ejaannya.")
    if _loosens(service):
        return _("Hapus verify dan redirect dari alamat: sertifikat selalu diperiksa dan pengalihan tidak diikuti.")
    return ""


def send(title: str, text: str, *, target: str) -> Answer:
    """Post `title` and `text` once. Never repeats by itself: that is decided by whoever reads the answer."""
    service = _service(target)
    if service is None or _schema(target) not in SCHEMAS:
        return Answer(Verdict.REFUSED, "address not understood")
    if _leads_inside(target, service):
        return Answer(Verdict.REFUSED, "not a public address")
    if _loosens(service):
        return Answer(Verdict.REFUSED, "the address loosens what protects")
    if _schema(target) in ONE_LINE:
        title, text = "", " ".join(f"{title}. {text}".split())
    with _watched() as calls:
        arrived = bool(service.notify(body=text, title=title))
    if arrived:
        return Answer(Verdict.ARRIVED, calls[-1].words if calls else "")
    doubt = [one for one in calls if one.verdict in (Verdict.IN_DOUBT, Verdict.ARRIVED)]
    if doubt:  # part of it may stand there already
        return Answer(Verdict.IN_DOUBT, doubt[-1].words)
    return calls[-1] if calls else Answer(Verdict.REFUSED, "nothing was sent")


def _schema(target: str) -> str:
    return target.partition("://")[0].lower()


def _service(target: str):
    asset = apprise.AppriseAsset(
        app_id="jabatan-terbuka",
        app_url="",
        secure_logging=True,
        http_redirects=False,
        default_service_retry=0,
        plugin_paths=[],
        storage_mode="memory",
    )
    return apprise.Apprise.instantiate(target, asset=asset)


def _leads_inside(target: str, service) -> bool:
    if _schema(target) not in HOSTED:
        return False
    try:
        public_address.resolve(service.host)
    except NotPublic:
        return True
    return False


def _loosens(service) -> bool:
    """Whether the address asks apprise to trust any certificate or to follow redirects."""
    return not service.verify_certificate or service.redirects


@contextmanager
def _watched():
    _seen.calls = calls = []
    try:
        yield calls
    finally:
        del _seen.calls


class _Watching(requests.Session):
    """A session that notes what came of each call, for the thread that asked to watch."""

    def send(self, request, **kwargs):
        try:
            response = super().send(request, **kwargs)
        except requests.exceptions.ConnectTimeout:
            _note(request, Answer(Verdict.NOT_TAKEN, "not reached in time"))
            raise
        except requests.exceptions.ConnectionError as error:
            _note(request, _of_connection(error))
            raise
        except requests.exceptions.RequestException as error:
            _note(request, Answer(Verdict.IN_DOUBT, f"no answer: {type(error).__name__}"))
            raise
        _note(request, of_status(response.status_code))
        return response


def _note(request, answer: Answer) -> None:
    """Keep what came of a call. One that only reads leaves nothing behind, whatever became of it."""
    calls = getattr(_seen, "calls", None)
    if calls is None:
        return
    if request.method in ("GET", "HEAD"):
        if answer.verdict is Verdict.ARRIVED:
            return
        if answer.verdict is Verdict.IN_DOUBT:
            answer = Answer(Verdict.NOT_TAKEN, answer.words)
    calls.append(answer)


def _of_connection(error: requests.exceptions.ConnectionError) -> Answer:
    """Never connected is certain; cut off after connecting is not."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    if type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "SSLError"):
        return Answer(Verdict.NOT_TAKEN, f"not reached: {type(reason).__name__}")
    return Answer(Verdict.IN_DOUBT, f"no answer: {type(reason).__name__}")


# apprise calls requests.post(), which makes a session of this name for each call.
requests.sessions.Session = _Watching
