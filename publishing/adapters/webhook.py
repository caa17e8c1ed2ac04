"""A signed message to another institution's computer, as the Standard Webhooks specification has it.

Over https to port 443 only, to a public address that is looked up once, without following redirects. The
receiver tells repeated messages by their id, so that one in doubt may be sent again.
"""

import base64
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import ssl
from collections.abc import Callable
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from publishing.adapters import public_address
from publishing.adapters.answer import Answer, Verdict, of_status
from publishing.adapters.public_address import NotPublic

SECONDS = 10  # for each step: connecting, sending, answering
PORT = 443
PREFIX = "whsec_"


def problem(target: str) -> str:
    """What is wrong with a webhook's address, in words for whoever writes it; "" when nothing is."""
    try:
        parts = urlsplit(target)
        port = parts.port
    except ValueError:
        return _("Alamat ini tidak terbaca. Tulis seperti https://nama.go.id/terima.")
    if parts.scheme != "https" or not parts.hostname:
        return _("Alamat harus mulai dengan https:// lalu nama situs.")
    if port not in (None, PORT):
        return _("Hanya porta 443 yang dipakai. Hapus nomor porta dari alamat.")
    if parts.username or parts.password:
        return _("Jangan tulis nama atau kata sandi di alamat. Pesan ditandatangani dengan kunci.")
    try:
        public_address.resolve(parts.hostname)
    except NotPublic:
        return _("Nama ini tidak menunjuk ke komputer di internet umum. Periksa ejaannya.")
    return ""


def sign(secret: str, identifier: str, timestamp: int, body: bytes) -> str:
    """The value of `webhook-signature`: v1, HMAC-SHA256 over id, seconds since 1970 and body.

    `secret` is what `new_secret` gives: PREFIX and 32 bytes in base64.
    """
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join([identifier.encode(), str(timestamp).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def new_secret() -> str:
    """A fresh key, to be given to the receiver once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def send(
    message: dict,
    *,
    target: str,
    secret: str,
    identifier: str,
    at,
    resolve: Callable[[str], str] = public_address.resolve,
    context: ssl.SSLContext | None = None,
    port: int = PORT,
) -> Answer:
    """Post `message` as JSON to `target`. Reads no more of the answer than its status."""
    parts = urlsplit(target)
    body = json.dumps(message, ensure_ascii=False).encode()
    seconds = int(at.timestamp())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "jabatan-terbuka",
        "webhook-id": identifier,
        "webhook-timestamp": str(seconds),
        "webhook-signature": sign(secret, identifier, seconds, body),
    }
    try:
        address = resolve(parts.hostname)
    except NotPublic as error:
        return Answer(Verdict.REFUSED, str(error))
    connection = _Pinned(parts.hostname, address, port, context or ssl.create_default_context())
    try:
        connection.connect()
    except OSError as error:
        return Answer(Verdict.NOT_TAKEN, f"not reached: {type(error).__name__}")
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        return of_status(connection.getresponse().status)
    except (OSError, http.client.HTTPException) as error:
        return Answer(Verdict.IN_DOUBT, f"no answer: {type(error).__name__}")
    finally:
        connection.close()


class _Pinned(http.client.HTTPSConnection):
    """A connection to an address that was looked up already; the certificate is checked against the name."""

    def __init__(self, host: str, address: str, port: int, context: ssl.SSLContext):
        super().__init__(host, port, timeout=SECONDS, context=context)
        self._address, self._ssl = address, context

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), SECONDS)
        try:
            self.sock = self._ssl.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise
