"""The commands of dev.py: run, test, bench, manage."""

import fcntl
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from devtools.children import Child, dies_with_parent, stop
from devtools.servers import Servers
from devtools.tables import tables

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
UNFINISHED_CITY = 3  # how `manage.py prepare` ends when the practice city was interrupted


def keys(place: Path) -> dict[str, str]:
    """The secrets of this installation, made once and kept where only the owner reads."""
    path = place / "secrets.json"
    if not path.exists():
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "FIELD_KEY", "NIK_INDEX_KEY")}
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
    return json.loads(path.read_text())


def manage_py(environment: dict[str, str], *arguments: str) -> None:
    """Run manage.py as the owner of the database; Ctrl-C reaches it through this process only."""
    subprocess.run(
        [PYTHON, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env=environment | {"DB_ROLE": "portal_owner"},
        check=True,
        preexec_fn=dies_with_parent(signal.SIGKILL),
    )


def stop_at_signals() -> None:
    """From now on SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt, once: stopping is not interrupted again."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*_) -> None:
        for one in signals:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    for one in signals:
        signal.signal(one, stop)


def run(arguments: list[str]) -> int:
    """Start everything, print the address, and stop everything at Ctrl-C."""
    var = Path(os.environ.get("PORTAL_VAR", ROOT / "var"))
    var.mkdir(exist_ok=True, mode=0o700)
    port = int(os.environ.get("PORT", "8000"))
    stop_at_signals()
    try:
        with only_one(var) as lock:
            if not is_free(port):
                print(f"Port {port} is taken. Choose another one: PORT=8123 make run")
                return 1
            return Stack(var, port, lock.fileno()).run()
    except KeyboardInterrupt:
        return 0


@contextmanager
def only_one(var: Path):
    """The lock of this folder, kept by every process started under it; waits for what a killed run left behind."""
    with open(var / ".lock", "a+") as lock:
        deadline = time.monotonic() + 30
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                lock.seek(0)
                supervisor = Path("/proc") / (lock.read().strip() or "none") / "cmdline"
                if supervisor.exists() and b"dev.py" in supervisor.read_bytes():
                    sys.exit("The portal already runs from this folder. Stop it first (Ctrl-C in its window).")
                if time.monotonic() > deadline:
                    sys.exit("Processes of the last run from this folder have not ended yet. Try again in a moment.")
                time.sleep(0.1)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield lock


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Caller:
    """The `make` above this process. A SIGINT sent to it alone does not reach us: it only blocks it and waits."""

    def __init__(self):
        self.pid = os.getppid()
        self.is_make = self._read("comm").strip() == "make"

    def _read(self, name: str) -> str:
        try:
            return (Path("/proc") / str(self.pid) / name).read_text()
        except OSError:
            return ""

    def has_stopped(self) -> bool:
        if not self.is_make:
            return False
        blocked = re.search(r"^SigBlk:\s*([0-9a-f]+)", self._read("status"), re.MULTILINE)
        return blocked is None or bool(int(blocked[1], 16) & 1 << signal.SIGINT - 1)


class Stack:
    """The servers and the portal's own processes, watched by this one."""

    def __init__(self, var: Path, port: int, hold: int):
        self.var, self.port, self.hold = var, port, hold
        self.servers = Servers(var, hold=hold)
        self.programs: list[Child] = []
        self.caller = Caller()

    def run(self) -> int:
        try:
            started = time.monotonic()
            self.start()
            print(f"\nReady after {time.monotonic() - started:.1f} s: http://127.0.0.1:{self.port}/", flush=True)
            print("Ctrl-C stops everything.", flush=True)
            while not self.caller.has_stopped():
                for child in [*self.servers.children, *self.programs]:
                    child.look_after()
                time.sleep(0.5)
        except CannotStart as reason:
            print(reason)
            return 1
        finally:
            self.stop()
        return 0

    def start(self) -> None:
        """Servers, then everything that has to be in place, then the programs; returns when pages are answered."""
        self.environment = self.surroundings()
        print("Preparing the database …", flush=True)
        try:
            manage_py(self.environment, "prepare")
        except subprocess.CalledProcessError as error:
            if error.returncode != UNFINISHED_CITY or "DATABASE_URL" in os.environ:
                raise CannotStart("The database could not be prepared; the reason stands above.") from None
            self.start_over()
        (self.var / "environment.json").write_text(
            json.dumps({name: self.environment[name] for name in sorted(SHARED) if name in self.environment})
        )
        (self.var / "log").mkdir(exist_ok=True)
        web, keeper, *celery = self.children()
        self.programs += [web.start(), keeper.start()]
        self.wait_until_ready()
        self.programs += [child.start() for child in celery]  # not on the way of the first page

    def surroundings(self) -> dict[str, str]:
        return os.environ | keys(self.var) | self.servers.start() | {
            "PORTAL_VAR": str(self.var),
            "PORTAL_DEMO": os.environ.get("PORTAL_DEMO", "1"),
            "SITE_URL": os.environ.get("SITE_URL", f"http://127.0.0.1:{self.port}"),
            "PYTHONUNBUFFERED": "1",
        }  # fmt: skip

    def start_over(self) -> None:
        """The practice city was interrupted while it was built: away with the embedded database, and again."""
        self.servers.stop()
        for name in ("postgres", "prepared", "public", "documents", "mail"):
            shutil.rmtree(self.var / name, ignore_errors=True)
        self.servers = Servers(self.var, hold=self.hold)
        self.environment = self.surroundings()
        manage_py(self.environment, "prepare")

    def children(self) -> list[Child]:
        web = [
            "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port), "--workers", "2",
            "--blocking-threads", "4", "--no-ws", "portal.wsgi:application",
        ]  # fmt: skip
        celery = ["celery", "-A", "portal"]
        # One process is enough where keeper and beat ring the same duties.
        worker = [*celery, "worker", "--concurrency", "1", "--loglevel", "WARNING"]
        beat = [*celery, "beat", "--pidfile=", "--schedule", str(self.var / "beat-schedule")]
        return [
            self.child("web", ["-m", *web], "portal_app"),
            self.child("keeper", [str(ROOT / "manage.py"), "keeper"], "portal_seq"),
            self.child("worker", ["-m", *worker], "portal_work"),
            self.child("beat", ["-m", *beat], "portal_work", signal.SIGKILL),
        ]

    def child(self, name: str, command: list[str], role: str, stop_with: int = signal.SIGTERM) -> Child:
        environment = self.environment | {"DB_ROLE": role}
        log = self.var / "log" / f"{name}.log"
        return Child(name, [PYTHON, *command], log, stop_with, environment=environment, cwd=ROOT, hold=self.hold)

    def wait_until_ready(self) -> None:
        deadline, web = time.monotonic() + 90, self.programs[0]
        while not self.caller.has_stopped():
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2):  # noqa: S310
                    return
            except OSError:
                pass
            if web.has_ended() or time.monotonic() > deadline:
                raise CannotStart(f"The web server did not answer; see {web.log}")
            time.sleep(0.1)

    def stop(self) -> None:
        (self.var / "environment.json").unlink(missing_ok=True)
        stop(self.programs)
        self.servers.stop()


class CannotStart(Exception):
    """Something the stack needs did not come up; the message says what."""


SHARED = {
    "DATABASE_URL", "ADMIN_DATABASE_URL", "REDIS_URL", "CACHE_URL", "PORTAL_VAR", "PORTAL_DEMO", "SITE_URL",
}  # fmt: skip


def manage(arguments: list[str]) -> int:
    """manage.py with the environment of the stack that runs from this folder."""
    var = Path(os.environ.get("PORTAL_VAR", ROOT / "var"))
    if not (var / "environment.json").exists():
        print("Nothing runs from this folder. Start it with: make run")
        return 1
    environment = os.environ | keys(var) | json.loads((var / "environment.json").read_text())
    environment |= {"DB_ROLE": os.environ.get("DB_ROLE", "portal_owner")}
    return subprocess.run([PYTHON, str(ROOT / "manage.py"), *arguments], cwd=ROOT, env=environment).returncode


def throw_away(*, in_memory: bool) -> Path:
    """A private directory for servers that live as long as one command; in memory where asked and there is room."""
    memory = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a private directory in it
    roomy = in_memory and memory.is_dir() and shutil.disk_usage(memory).free > 2 * 2**30
    return Path(tempfile.mkdtemp(prefix="portal-test-", dir=memory if roomy else None))


def on_throw_away_servers(
    command: list[str], extra: dict[str, str], *, in_memory: bool = True, migrated: bool = False
) -> int:
    """Run `command` on servers that live as long as it; `migrated` ones hold the tables for tests to copy."""
    place = throw_away(in_memory=in_memory)
    servers = Servers(place, throw_away=True)
    stop_at_signals()
    try:
        environment = os.environ | keys(place) | servers.start() | {"PORTAL_VAR": str(place / "var")} | extra
        manage_py(environment, "setup_roles")
        environment |= {"DB_ROLE": "portal_owner"}
        if migrated:
            environment |= tables(
                environment, lambda there: manage_py(there, "migrate", "--verbosity", "0", "--skip-checks")
            )
        tied = dies_with_parent(own_group=False)
        return subprocess.run(command, cwd=ROOT, env=environment, preexec_fn=tied).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        servers.stop()
        shutil.rmtree(place, ignore_errors=True)


def browser() -> None:
    """Make sure that a Chromium is there for the journeys; say which package when it cannot be."""
    if shutil.which("chromium"):
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Chromium for the browser journeys …", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False, stdout=subprocess.DEVNULL)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, stdout=subprocess.DEVNULL)
    if not shutil.which("chromium"):
        sys.exit("The browser journeys need Chromium. Install the package: chromium (Debian: apt-get install chromium)")


def test(arguments: list[str]) -> int:
    """pytest on servers of its own; without arguments the whole suite on two workers."""
    if not arguments or any("journeys" in argument for argument in arguments):
        browser()
    arguments = arguments or ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-q"]
    return on_throw_away_servers([PYTHON, "-m", "pytest", *arguments], {"PORTAL_TEST": "1"}, migrated=True)


def bench(arguments: list[str]) -> int:
    """The measurements on servers of their own, on the disk: what is written through has to cost what it costs."""
    return on_throw_away_servers([PYTHON, "-m", "bench", *arguments], {"PORTAL_TEST": "1"}, in_memory=False)
