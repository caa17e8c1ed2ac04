"""Witnesses to ask: the real one as a process of its own, and strangers that answer badly."""

import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from django.conf import settings

from ledger.actions import signing


class Outsider:
    """`vkey` and `url` as the settings name them; `asked` counts the questions of a stranger."""

    def __init__(self, vkey: str, url: str):
        self.vkey, self.url, self.asked = vkey, url, 0

    @property
    def line(self) -> str:
        return f"{self.vkey} {self.url}"

    @property
    def label(self) -> str:
        name, number, _key = self.vkey.split("+", 2)
        return f"{name}+{number}"


@contextmanager
def witness(state, name: str):
    """`python -m verifier witness` on a port of its own."""
    log_key = str(signing.keys_in_force()[0])
    process = subprocess.Popen(
        [sys.executable, "-m", "verifier", "witness", "--state", str(state), "--listen", "127.0.0.1:0",
         "--name", name, "--log-key", log_key],
        cwd=settings.BASE_DIR, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said = [process.stdout.readline(), process.stdout.readline()]
        assert all(said), "the witness does not start"
        yield Outsider(said[0].split()[1], said[1].split()[2].rstrip(";"))
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@contextmanager
def stranger(vkey: str, answer):
    """A server that holds the key of a witness; `answer(handler, body)` says what it does."""
    found = Outsider(vkey, "")
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            found.asked += 1
            self.over = over
            answer(self, self.rfile.read(int(self.headers["Content-Length"])))
            self.close_connection = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads, server.block_on_close = True, False
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        over.set()
        server.shutdown()
        server.server_close()


def says(status: int, body: bytes = b"", kind: str = "text/plain", length: int | None = None):
    def answer(handler, _request):
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def stall(handler, _request):
    handler.over.wait(30)


def dribble(handler, _request):
    """A byte now and then: no pause is long, the answer never ends."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    while not handler.over.is_set():
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


def dribble_headers(handler, _request):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
    while not handler.over.is_set():
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.1)


half_close = says(200, b"\xe2\x80\x94 half", length=500)
endless = says(200, b"x" * 200_000)
elsewhere = says(307)
