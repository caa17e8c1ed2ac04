"""Two PostgreSQL clusters, and the record copied from one to the other as docs/runbooks/record.md says."""

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from devtools.servers import Servers, postgres_binaries
from tests.portal.running import ROOT

RUNBOOK = ROOT / "docs" / "runbooks" / "record.md"
TABLES = ("ledger_entry", "ledger_node", "ledger_checkpoint", "ledger_cosignature")
PATIENCE = 40


@dataclass
class Cluster:
    """A PostgreSQL of its own with one migrated database, `portal`, and copies of it."""

    servers: Servers
    name: str = "portal"

    @classmethod
    def start(cls, place: Path, **postgres_settings: str) -> "Cluster":
        servers = Servers(place, throw_away=True, postgres_settings={"fsync": "off", **postgres_settings})
        servers.postgres()
        return cls(servers)

    @property
    def address(self) -> str:
        return re.sub(r"(?<=///)\w+", self.name, self.servers.environment["DATABASE_URL"])

    @property
    def sockets(self) -> str:
        return self.address.split("host=")[1]

    def environment(self, role: str = "portal_owner") -> dict[str, str]:
        admin = self.servers.environment["ADMIN_DATABASE_URL"]
        return os.environ | {
            "DATABASE_URL": self.address,
            "ADMIN_DATABASE_URL": admin,
            "DB_ROLE": role,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        }

    def manage(self, *arguments: str, var: Path, role: str = "portal_owner") -> subprocess.Popen:
        """manage.py on this cluster, as its administrators run it."""
        environment = self.environment(role) | {"PORTAL_VAR": str(var)}
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def prepare(self, dump: Path) -> None:
        """Roles as on any server of the portal, and the migrated tables of `dump`."""
        running = self.manage("setup_roles", var=dump.parent)
        said = running.communicate(timeout=240)[0]
        assert running.returncode == 0, said
        admin = self.servers.environment["ADMIN_DATABASE_URL"].replace("/postgres?", "/portal?")
        program = [postgres_binaries() / "psql", "-q", "-X", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null"]
        subprocess.run([*program, "-f", dump, admin], check=True, timeout=120)

    def verify(self, var: Path, role: str = "portal_owner") -> tuple[int, str]:
        """How `manage.py verify_record` ends here, with the published files below `var`, and what it says."""
        running = self.manage("verify_record", "--facts", role=role, var=var)
        said = running.communicate(timeout=120)[0]
        return running.returncode, said

    def run(self, *statements: str, user: str = "postgres") -> list[tuple]:
        """Statements outside any transaction; the rows of the last one."""
        with psycopg.connect(self.address, user=user, autocommit=True) as session:
            for statement in statements:
                found = session.execute(statement)
            return found.fetchall() if found.description else []

    def rows(self, table: str) -> list[tuple]:
        return self.run(f"SELECT * FROM {table} ORDER BY 1, 2")

    def renew(self, name: str) -> None:
        """Go on with a fresh copy of the migrated database, called `name`."""
        self.name = "postgres"
        with psycopg.connect(self.address, user="postgres", autocommit=True) as session:
            session.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE portal OWNER portal_owner").format(sql.Identifier(name))
            )
        self.name = name

    @contextmanager
    def current(self):
        """The default connection of this process is on this cluster until the end of the block."""
        places = (connections["default"].settings_dict, settings.DATABASES["default"])
        before = [(place["HOST"], place["NAME"], place["USER"], place["OPTIONS"]) for place in places]
        admin = os.environ["ADMIN_DATABASE_URL"]
        os.environ["ADMIN_DATABASE_URL"] = self.servers.environment["ADMIN_DATABASE_URL"]
        connections.close_all()
        for place in places:
            bare = re.sub(r" -c role=\w+", "", place["OPTIONS"]["options"])
            place |= {"HOST": self.sockets, "NAME": self.name, "USER": "portal_owner"}
            place["OPTIONS"] = place["OPTIONS"] | {"options": bare}
        try:
            yield
        finally:
            connections.close_all()
            os.environ["ADMIN_DATABASE_URL"] = admin
            for place, values in zip(places, before, strict=True):
                place |= dict(zip(("HOST", "NAME", "USER", "OPTIONS"), values, strict=True))


def dump_of(name: str, place: Path) -> Path:
    """The tables of the migrated database `name` on the server of this test run, as SQL."""
    url = re.sub(r"//([^/]*)/[^?]*", rf"//\1/{name}", os.environ["ADMIN_DATABASE_URL"], count=1)
    subprocess.run([postgres_binaries() / "pg_dump", "-f", place / "portal.sql", url], check=True, timeout=120)
    return place / "portal.sql"


def commands(title: str) -> list[str]:
    """The SQL statements that the runbook prints under `title`."""
    block = RUNBOOK.read_text(encoding="utf-8").split(f"```sql\n-- {title}\n", 1)[1].split("```", 1)[0]
    return [part.strip() for part in block.split(";") if part.strip()]


def until(claim, told):
    """Wait until `claim()` holds; otherwise say what `told()` says."""
    deadline = time.monotonic() + PATIENCE
    while not (found := claim()):
        assert time.monotonic() < deadline, told()
        time.sleep(0.1)
    return found
