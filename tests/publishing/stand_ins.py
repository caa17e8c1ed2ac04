"""Servers that stand in for outside channels: they speak the real protocol, and can refuse, stall and half-close."""

import datetime
import json
import ssl
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TAKES, REFUSES, BUSY, BROKEN, STALLS, HALF_CLOSES, REDIRECTS, DRIPS = (
    "takes", "refuses", "busy", "broken", "stalls", "half-closes", "redirects", "drips",
)  # fmt: skip
STATUS = {TAKES: 200, REFUSES: 403, BUSY: 429, BROKEN: 502, REDIRECTS: 302}


class StandIn:
    """An HTTP server on a free port of this machine. `mood` says how it behaves; `got` keeps what it received."""

    def __init__(self, context: ssl.SSLContext | None = None):
        self.mood, self.got, self.stop_stalling = TAKES, [], threading.Event()
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                stand_in.got.append((self.path, dict(self.headers), body))
                stand_in.react(self)

            do_GET = do_POST

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.elsewhere = f"https://127.0.0.1:{self.port}/inside"  # where REDIRECTS sends to

    def react(self, request) -> None:
        if self.mood == HALF_CLOSES:
            request.close_connection = True
            return
        if self.mood == STALLS:
            self.stop_stalling.wait(60)
            request.close_connection = True
            return
        if self.mood == DRIPS:
            while not self.stop_stalling.is_set():
                request.wfile.write(b"H")
                time.sleep(0.05)
            request.close_connection = True
            return
        answer = json.dumps({"ok": self.mood == TAKES, "result": {"message_id": len(self.got)}}).encode()
        request.send_response(STATUS[self.mood])
        if self.mood == REDIRECTS:
            request.send_header("Location", self.elsewhere)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(answer)))
        request.end_headers()
        request.wfile.write(answer)


@contextmanager
def standing_in(context: ssl.SSLContext | None = None):
    """A running StandIn, stopped at the end."""
    found = StandIn(context)
    thread = threading.Thread(target=found.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.stop_stalling.set()
        found.server.shutdown()
        found.server.server_close()
        thread.join(5)


def certificates(tmp_path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """For a server called `name`: its own context, and one for a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    both = tmp_path / "both.pem"
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    both.write_bytes(pem + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cadata=pem.decode())
