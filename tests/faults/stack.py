"""Real processes of the portal on the database and in the folders of one test; ended by their own pids."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from django.conf import settings
from django.db import connection

from devtools.children import Child, dies_with_parent, stop
from devtools.servers import Servers
from tests.portal.running import ROOT


def environment(role: str, **more: str) -> dict[str, str]:
    """The variables of a process that works as `role` where this test works."""
    name = connection.settings_dict["NAME"]
    url = re.sub(r"//([^/]*)/[^?]*", rf"//\1/{name}", os.environ["DATABASE_URL"], count=1)
    wanted = os.environ | {
        "DATABASE_URL": url,
        "DB_ROLE": role,
        "PORTAL_VAR": str(settings.VAR),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "LOG_LEVEL": "WARNING",
    }
    wanted.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the journeys' own, for the process of the tests alone
    return wanted | more


class Publishers:
    """Orders processes that announce what is due; see `publishers`."""

    def __init__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.publishers"],
            cwd=ROOT,
            env=environment("portal_seq"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=dies_with_parent(signal.SIGTERM, own_group=False),
        )
        assert self.process.stdout.readline() == "ready\n"

    def announce(self, at, *, processes=1, without=(), kill=None, kill_after=None) -> list[int]:
        """Exit codes of `processes` processes that announce at once what is due at `at`."""
        order = {
            "at": at.isoformat(),
            "processes": processes,
            "without": list(without),
            "kill": kill,
            "kill_after": kill_after,
        }
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


class Stack:
    """Broker, keeper, worker, beat and web server, each started when it is asked for and killed by name."""

    def __init__(self):
        self.place = Path(settings.VAR)
        self.servers = Servers(self.place / "servers", throw_away=True)
        self.servers.base.mkdir()
        self.children: dict[str, Child] = {}
        self.port: int | None = None

    def start_broker(self) -> None:
        sock = self.servers.valkey("broker", ["--appendonly", "yes", "--maxmemory-policy", "noeviction"])
        self.broker_url = f"redis+socket://{sock}?virtual_host=0"
        self.children["broker"] = self.servers.children[-1]
        self.broker_socket = str(sock)

    def start(self, *names: str) -> None:
        celery = ["-m", "celery", "-A", "portal"]
        commands = {
            "keeper": ("portal_seq", ["manage.py", "keeper"]),
            "worker": ("portal_work", [*celery, "worker", "--concurrency", "1", "--loglevel", "WARNING"]),
            "beat": ("portal_work", [*celery, "beat", "--pidfile=", "--schedule", str(self.place / "beat-schedule")]),
        }
        for name in names:
            role, command = commands[name]
            self._start(name, role, command, REDIS_URL=self.broker_url)

    def serve(self, program: str = "portal.wsgi:application", **variables: str) -> str:
        """Start the web server, again at the address it had, and return that once it answers."""
        if self.port is None:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
        web = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        self._start("web", "portal_app", ["-m", *web, "--blocking-threads", "4", "--no-ws", program], **variables)
        address = f"http://127.0.0.1:{self.port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
                return address
            except OSError:
                assert time.monotonic() < deadline and not self.children["web"].has_ended(), "no web server"
                time.sleep(0.1)

    def _start(self, name: str, role: str, command: list[str], **variables: str) -> None:
        log = self.place / f"{name}.log"
        child = Child(name, [sys.executable, *command], log, environment=environment(role, **variables), cwd=ROOT)
        self.children[name] = child.start()

    def kill(self, name: str) -> None:
        """SIGKILL for a process and all it started; nothing of it gets a chance to tidy up."""
        child = self.children[name]
        os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()

    def flush_broker(self) -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(self.broker_socket)
            line.sendall(b"FLUSHALL\r\n")
            assert line.recv(100) == b"+OK\r\n"

    def close(self) -> None:
        stop([child for name, child in self.children.items() if name != "broker"], within=5)
        self.servers.stop()
