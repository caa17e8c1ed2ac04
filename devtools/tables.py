"""The migrated tables of the tests: made once, then kept as SQL beside the packages until a migration changes."""

import hashlib
import os
import re
import subprocess
from pathlib import Path

import psycopg

from devtools.servers import postgres_binaries

ROOT = Path(__file__).resolve().parent.parent
KEPT_IN = ROOT / ".venv"
KEPT = 8  # as many sets of migrations as somebody works on at a time
NAME = "portal_tables"


def tables(environment: dict[str, str], migrate) -> dict[str, str]:
    """Put the migrated tables into a database that the tests copy; returns the variables that say so.

    `migrate(environment)` makes them where they are not kept. A copy is migrated again by the test that begins with it,
    which costs nothing and gives it the rights of today's `portal/grants.py`. On a server that is somebody else's
    (DATABASE_URL) the tests make their own.
    """
    if "DATABASE_URL" in os.environ:
        return {}
    with psycopg.connect(environment["ADMIN_DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {NAME} OWNER portal_owner")
    kept, programs = KEPT_IN / f"tables-{fingerprint()}.sql", postgres_binaries()
    address = called(environment["ADMIN_DATABASE_URL"], NAME)
    if kept.exists():
        options = ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-f", str(kept)]
        subprocess.run([programs / "psql", *options, address], check=True, stdout=subprocess.DEVNULL)
    else:
        migrate(environment | {"DATABASE_URL": called(environment["DATABASE_URL"], NAME)})
        made = kept.with_name(f"{kept.name}.{os.getpid()}")  # takes its name when it is whole
        subprocess.run([programs / "pg_dump", "-f", made, address], check=True)
        made.rename(kept)
        forget_old()
    return {"TEST_TEMPLATE": NAME}


def fingerprint() -> str:
    """What the tables depend on: the migrations, the packages, the server."""
    seen = hashlib.sha256(str(postgres_binaries()).encode())
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements" / "base.txt"]:
        seen.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return seen.hexdigest()[:16]


def called(url: str, name: str) -> str:
    """The address of the database `name` on the same server."""
    return re.sub(r"//([^/]*)/[^?]*", rf"//\1/{name}", url, count=1)


def forget_old() -> None:
    for path in sorted(KEPT_IN.glob("tables-*.sql"), key=lambda one: one.stat().st_mtime)[:-KEPT]:
        path.unlink(missing_ok=True)
