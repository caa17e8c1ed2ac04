"""A web server as in production and a client that keeps it busy over many kept-alive connections."""

import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from bench.measure import postmaster, processor, rate
from devtools.children import dies_with_parent

CHUNKED = -1
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


class Client:
    """One connection: sends the next request when the last answer is whole."""

    def __init__(self, port: int, paths):
        self.paths, self.left, self.head = paths, 0, b""
        self.sock = socket.create_connection(("127.0.0.1", port))

    def send(self) -> None:
        path = next(self.paths)
        self.head, self.left, self.started = b"", None, time.perf_counter()
        self.sock.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())

    def receive(self, buffer: bytearray) -> bool:
        """Whether the answer is whole now. Raises RuntimeError for any answer but 200."""
        size = self.sock.recv_into(buffer)
        if not size:
            raise RuntimeError("the server closed the connection")
        if self.left is None:
            self.head += bytes(buffer[:size])
            end = self.head.find(b"\r\n\r\n")
            if end < 0:
                return False
            if not self.head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(self.head[:200].decode(errors="replace"))
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
    turn, buffer, latencies = cycle(paths), bytearray(1 << 18), []
    chosen = selectors.DefaultSelector()
    clients = [Client(server.port, turn) for _ in range(connections)]
    for client in clients:
        chosen.register(client.sock, selectors.EVENT_READ, client)
        client.send()
    begin = time.perf_counter() + seconds / 10
    end, before = begin + seconds, None
    while (now := time.perf_counter()) < end:
        if before is None and now >= begin:
            before, begin = processor(server.pid, server.database), now
        for key, _events in chosen.select(1):
            client = key.data
            if client.receive(buffer):
                if before is not None:
                    latencies.append(time.perf_counter() - client.started)
                client.send()
    used = processor(server.pid, server.database) - (before or 0)
    for client in clients:
        client.sock.close()
    return Served(len(latencies), time.perf_counter() - begin, latencies, used)


@dataclass
class Server:
    port: int
    pid: int
    database: int


@contextmanager
def server(static: Path):
    """granian with two workers, as `make run` starts it; `static` is mounted at /bare by granian itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = ["--interface", "wsgi", "--port", str(port), "--workers", "2", "--blocking-threads", "4", "--no-ws"]
    mount = ["--static-path-route", "/bare", "--static-path-mount", str(static)]
    child = subprocess.Popen(
        [sys.executable, "-m", "granian", *command, *mount, "--log-level", "warning", "portal.wsgi:application"],
        env=os.environ | {"DB_ROLE": "portal_app", "LOG_LEVEL": "ERROR", "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    )
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
        yield Server(port, child.pid, postmaster())
    finally:
        child.terminate()
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
