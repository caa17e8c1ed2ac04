"""A web server as in production and a client that keeps it busy over many kept-alive connections."""

import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from django.conf import settings

from bench.measure import postmaster, processor, rate
from devtools.children import dies_with_parent
from portal.files import FOREVER, HEADERS

CHUNKED = -1
PATIENCE = 20
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Served:
    """What a load run saw: answers with status 200 per second, milliseconds, processor of server and database."""

    count: int
    seconds: float
    latencies: list[float]
    processor: float

    @property
    def per_second(self) -> float:
        return self.count / self.seconds

    def p(self, part: float) -> float:
        return sorted(self.latencies)[min(int(len(self.latencies) * part), len(self.latencies) - 1)] * 1000

    def __str__(self) -> str:
        core = rate(self.count, self.processor) if self.processor else "–"
        return f"{self.per_second:,.0f} req/s, {core} per core, p50 {self.p(0.5):.1f} ms, p99 {self.p(0.99):.1f} ms"


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


class Client:
    """One connection: sends the next request when the last answer is whole."""

    def __init__(self, port: int, requests, status: int = 200):
        self.requests, self.left, self.head, self.wanted = requests, 0, b"", f"HTTP/1.1 {status}".encode()
        self.sock = socket.create_connection(("127.0.0.1", port))

    def send(self) -> bool:
        """Whether there was another request to send."""
        request = next(self.requests, None)
        if request is None:
            return False
        self.head, self.left, self.started = b"", None, time.perf_counter()
        self.sock.sendall(request)
        return True

    def receive(self, buffer: bytearray) -> bool:
        """Whether the answer is whole now. Raises RuntimeError for any other status than the wanted one."""
        size = self.sock.recv_into(buffer)
        if not size:
            raise RuntimeError("the server closed the connection")
        if self.left is None:
            self.head += bytes(buffer[:size])
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            if not self.head.startswith(self.wanted):
                raise RuntimeError(self.head[:400].decode(errors="replace"))
            told = LENGTH.search(self.head, 0, end + 2)
            self.left = int(told[1]) - (len(self.head) - end - 4) if told else CHUNKED
            self.tail = self.head[-7:]
        elif self.left == CHUNKED:
            self.tail = (self.tail + bytes(buffer[max(size - 7, 0) : size]))[-7:]
        else:
            self.left -= size
        return self.tail == b"\r\n0\r\n\r\n" if self.left == CHUNKED else self.left == 0


def load(server: "Server", paths: list[str], *, seconds: float, connections: int) -> Served:
    """Ask for `paths` in turn over `connections` connections; the first tenth of the time only warms up."""
    turn, buffer, latencies = cycle([get(path) for path in paths]), bytearray(1 << 18), []
    chosen = selectors.DefaultSelector()
    clients = [Client(server.port, turn) for _ in range(connections)]
    for client in clients:
        chosen.register(client.sock, selectors.EVENT_READ, client)
        client.send()
    begin = time.perf_counter() + seconds / 10
    end, before = begin + seconds, None
    while (now := time.perf_counter()) < end:
        if before is None and now >= begin:
            before, begin = server.processor(), now
        for key, _events in chosen.select(1):
            client = key.data
            if client.receive(buffer):
                if before is not None:
                    latencies.append(time.perf_counter() - client.started)
                client.send()
    used = server.processor() - (before or 0)
    for client in clients:
        client.sock.close()
    return Served(len(latencies), time.perf_counter() - begin, latencies, used)


def arrive(server: "Server", requests: list[bytes], *, within: float, status: int) -> Served:
    """Send each of `requests` once over a connection of its own, spread evenly over `within` seconds, whatever comes
    back; a wait counts from the moment it was to be sent. With `within` 0 eight connections send all, one after another.
    """
    chosen, buffer, latencies = selectors.DefaultSelector(), bytearray(1 << 18), []
    shared, waiting = iter(requests), 0
    before, begin = server.processor(), time.perf_counter()
    for place in range(len(requests) if within else 8):
        due = begin + within * place / len(requests)
        while (now := time.perf_counter()) < due:
            waiting -= _answers(chosen, buffer, latencies, due - now)
        client = Client(server.port, iter([requests[place]]) if within else shared, status)
        chosen.register(client.sock, selectors.EVENT_READ, client)
        client.send()
        client.started = due
        waiting += 1
    while waiting:
        waiting -= _answers(chosen, buffer, latencies, PATIENCE)
    return Served(len(latencies), time.perf_counter() - begin, latencies, server.processor() - before)


def _answers(chosen, buffer: bytearray, latencies: list[float], wait: float) -> int:
    """Read what has come; returns how many connections have nothing more to send."""
    done, ready = 0, chosen.select(wait)
    if not ready and wait >= PATIENCE:
        raise RuntimeError(f"{len(latencies)} answers, then none for {PATIENCE} seconds")
    for key, _events in ready:
        if key.data.receive(buffer):
            latencies.append(time.perf_counter() - key.data.started)
            if not key.data.send():
                chosen.unregister(key.fileobj)
                key.fileobj.close()
                done += 1
    return done


@dataclass
class Server:
    """A running web server, and the database it asks (0 when it asks none)."""

    port: int
    pid: int
    database: int

    def processor(self) -> float:
        return processor(self.pid, self.database)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def server(static: Path | None = None):
    """granian with two workers, as `make run` starts it; `static` is mounted at /bare by granian itself."""
    port = free_port()
    command = ["--interface", "wsgi", "--port", str(port), "--workers", "2", "--blocking-threads", "4", "--no-ws"]
    mount = ["--static-path-route", "/bare", "--static-path-mount", str(static)] if static else []
    child = subprocess.Popen(
        [sys.executable, "-m", "granian", *command, *mount, "--log-level", "warning", "portal.wsgi:application"],
        env=os.environ | {"DB_ROLE": "portal_app", "LOG_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )
    with _answering(child, port):
        yield Server(port, child.pid, postmaster())


NGINX = """daemon off; worker_processes 2; pid {place}/nginx.pid; error_log {place}/error.log; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=1000;
  types {{ text/html html; application/json json; application/x-ndjson jsonl; }}
  {temporary}
  server {{
    listen 127.0.0.1:{port};
    location /bare/ {{ alias {bare}/; }}
    location /pengumuman/ {{ root {public}; {headers} }}
  }}
}}
"""


@contextmanager
def nginx(static: Path):
    """nginx, where it is installed: `static` at /bare, and the portal's announcement files as it would hand them out
    in front of the portal, with the same headers. None where there is no nginx.
    """
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        yield None
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as place:
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        text = NGINX.format(
            place=place, port=port, bare=static, public=settings.PUBLIC_ROOT,
            user="user root;" if os.geteuid() == 0 else "",
            temporary=" ".join(f"{kind}_temp_path {place}/{kind};" for kind in kinds),
            headers=" ".join(f'add_header {name} "{value}";' for name, value in [*HEADERS, ("Cache-Control", FOREVER)]),
        )  # fmt: skip
        (Path(place) / "nginx.conf").write_text(text)
        child = subprocess.Popen(
            [program, "-c", f"{place}/nginx.conf", "-e", f"{place}/error.log"],
            stdin=subprocess.DEVNULL,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        with _answering(child, port):
            yield Server(port, child.pid, 0)


@contextmanager
def _answering(child: subprocess.Popen, port: int):
    """Wait until `child` answers at `port`; end it at the end."""
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            except OSError:
                if child.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
