"""A PostgreSQL of its own for one test, which may kill it: a copy of the database that the test lived in until then."""

import io
import os
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from devtools.servers import Servers, postgres_binaries
from devtools.tables import called

QUIET = {"autovacuum": "off", "shared_buffers": "32MB", "wal_buffers": "16MB"}
LAZY_WRITER = {"wal_writer_delay": "10s", "bgwriter_delay": "10s"}  # only a commit itself writes the log through


class Database:
    """The server, answering; `environment` says where."""

    def __init__(self, name: str, **more: str):
        self.name = name
        self.servers = Servers(
            Path(settings.VAR) / "database", throw_away=True, postgres_settings=QUIET | LAZY_WRITER | more
        )
        self.servers.postgres()
        self.child = self.servers.children[0]
        self.admin = self.servers.environment["ADMIN_DATABASE_URL"]
        self.environment = {
            "DATABASE_URL": called(self.servers.environment["DATABASE_URL"], name), "ADMIN_DATABASE_URL": self.admin,
        }  # fmt: skip

    def copy(self, source: str) -> None:
        """Everything in the database at the address `source`."""
        programs, dump = postgres_binaries(), self.servers.base / "copy.sql"
        subprocess.run([programs / "pg_dump", "-f", dump, source], check=True)
        options = ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", dump]
        done = subprocess.run(
            [programs / "psql", *options, called(self.admin, self.name)], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-2000:]

    def kill(self) -> None:
        """SIGKILL for the server and every process of it at once: what was not written through is gone."""
        found = [self.child.process.pid]
        for path in Path(f"/proc/{found[0]}/task").glob("*/children"):
            found += [int(pid) for pid in path.read_text().split()]
        for pid in found:
            os.kill(pid, signal.SIGKILL)
        self.child.process.wait()

    def start_again(self) -> None:
        self.child.start()
        deadline = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self.admin, connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                assert time.monotonic() < deadline and not self.child.has_ended(), "the database does not come back"
                time.sleep(0.05)


@contextmanager
def moved(source: str, **more: str):
    """The test goes on in a copy of its database `source`, on a server that it may kill; `more` are its settings."""
    address = called(os.environ.get("ADMIN_DATABASE_URL") or os.environ["DATABASE_URL"], source)
    connections.close_all()
    here = Database(source, **more)
    try:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in here.environment.items():
                patch.setenv(name, value)
            call_command("setup_roles", stdout=io.StringIO())
            here.copy(address)
            host = here.admin.partition("host=")[2]
            for place in (connections["default"].settings_dict, settings.DATABASES["default"]):
                patch.setitem(place, "HOST", host)
            yield here
            connections.close_all()
    finally:
        here.servers.stop()
