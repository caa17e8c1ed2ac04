"""The witness on the network: add-checkpoint for logs, its latest checkpoint for monitors."""

import fcntl
import re
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from verifier.notes import Key
from verifier.strict import NotVerified
from verifier.witness import LARGEST_REQUEST, TEXT, Witness, check_log_keys, now

LATEST = re.compile(r"/([0-9a-f]{64})/checkpoint")
SECONDS_PER_REQUEST = 20
AT_ONCE = 64


class Handler(BaseHTTPRequestHandler):
    """One connection; a slow or endless request is dropped."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "witness", ""
    timeout = SECONDS_PER_REQUEST
    witness: Witness

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            return self.refuse(404, "no such address\n")
        if not (length.isascii() and length.isdecimal()) or len(length) > 9 or "Transfer-Encoding" in self.headers:
            return self.refuse(411, "say the length of the request\n")
        if int(length) > LARGEST_REQUEST:
            return self.refuse(413, "the request is too long\n")
        request = self.rfile.read(int(length))
        if len(request) != int(length):
            return self.refuse(400, "the request ended early\n")
        try:
            answer = self.witness.add_checkpoint(request, time=now())
        except OSError as error:  # nothing was written down, so nothing is cosigned
            print(f"the state cannot be written: {error}", file=sys.stderr, flush=True)
            return self.refuse(503, "the witness cannot remember; nothing was cosigned\n")
        self.answer(answer.status, answer.content_type, answer.body.encode())

    def do_GET(self) -> None:
        found = LATEST.fullmatch(self.path)
        note = self.witness.cosigned(found[1]) if found else None
        if note is not None:
            return self.answer(200, TEXT, note)
        if self.path == "/":
            return self.answer(200, TEXT, f"{self.witness.vkey}\n".encode())
        self.answer(404, TEXT, b"no such address\n")

    def refuse(self, status: int, words: str) -> None:
        """Answer without having read the body: the connection cannot be used on."""
        self.close_connection = True
        self.answer(status, TEXT, words.encode())

    def answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, text: str, *values) -> None:
        print(self.log_date_time_string(), text % values, flush=True)


class Server(ThreadingHTTPServer):
    """Answers at most AT_ONCE connections together; more wait."""

    daemon_threads = True

    def __init__(self, *arguments):
        self.places = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(*arguments)

    def process_request(self, request, client_address) -> None:
        self.places.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request, client_address) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request, client_address) -> None:
        print(f"{client_address[0]}: {sys.exc_info()[1]!r}", file=sys.stderr, flush=True)

    def server_close(self) -> None:
        super().server_close()
        self.state_lock.close()


def server(state: Path, host: str, port: int, name: str | None, log_keys: list[Key]) -> Server:
    """A server that is bound but does not answer yet; `port` 0 takes any. Raises NotVerified, OSError."""
    check_log_keys(log_keys)
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = _only_one(state)
    try:
        handler = type("WitnessHandler", (Handler,), {"witness": Witness(state, name, log_keys)})
        found = Server((host, port), handler)
    except BaseException:
        lock.close()
        raise
    found.witness, found.state_lock = handler.witness, lock
    return found


def _only_one(state: Path):
    """A lock on the folder, held as long as the process lives: two processes would roll each other back."""
    file = open(state / "lock", "wb")  # noqa: SIM115 - stays open
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise NotVerified(f"another witness already uses {state}") from None
    return file


def serve(state: Path, host: str, port: int, name: str | None, log_keys: list[Key]) -> int:
    """Answer until SIGINT or SIGTERM."""
    found = server(state, host, port, name, log_keys)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=found.shutdown).start())
    print(f"Witness {found.witness.vkey}", flush=True)
    print(f"Listening on http://{host}:{found.server_address[1]}; stop with Ctrl+C.", flush=True)
    try:
        found.serve_forever()
    except KeyboardInterrupt:
        pass
    finally:
        found.server_close()
    return 0
