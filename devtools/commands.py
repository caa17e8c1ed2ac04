"""The commands of dev.py: run, test, bench, manage."""

import fcntl
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from devtools.servers import Servers, dies_with_parent

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable


def keys(place: Path) -> dict[str, str]:
    """The secrets of this installation, made once and kept where only the owner reads."""
    path = place / "secrets.json"
    if not path.exists():
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "FIELD_KEY", "NIK_INDEX_KEY")}
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file)
    return json.loads(path.read_text())


def manage_py(environment: dict[str, str], *arguments: str, role: str = "portal_owner") -> None:
    subprocess.run(
        [PYTHON, str(ROOT / "manage.py"), *arguments],
        cwd=ROOT,
        env=environment | {"DB_ROLE": role},
        check=True,
    )


def run(arguments: list[str]) -> int:
    """Start everything, print the address, and stop everything at Ctrl-C."""
    var = Path(os.environ.get("PORTAL_VAR", ROOT / "var"))
    var.mkdir(exist_ok=True, mode=0o700)
    lock = open(var / ".lock", "w")  # noqa: SIM115 - held as long as this process lives
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("The portal already runs from this folder. Stop it first (Ctrl-C in its window).")
        return 1
    port = int(os.environ.get("PORT", "8000"))
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            print(f"Port {port} is taken. Choose another one: PORT=8123 make run")
            return 1
    stack = Stack(var, port)
    for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sig, stack.ask_to_stop)
    return stack.run()


class Stack:
    """The servers and the portal's own processes, watched by this one."""

    def __init__(self, var: Path, port: int):
        self.var, self.port = var, port
        self.servers = Servers(var)
        self.stopping = False
        self.children: dict[str, subprocess.Popen] = {}
        self.restarts: dict[str, int] = {}

    def ask_to_stop(self, *_) -> None:
        self.stopping = True

    def run(self) -> int:
        started = time.monotonic()
        try:
            self.environment = os.environ | keys(self.var) | self.servers.start()
            self.environment |= {
                "PORTAL_VAR": str(self.var),
                "PORTAL_DEMO": os.environ.get("PORTAL_DEMO", "1"),
                "SITE_URL": os.environ.get("SITE_URL", f"http://127.0.0.1:{self.port}"),
                "PYTHONUNBUFFERED": "1",
            }
            print("Preparing the database …", flush=True)
            manage_py(self.environment, "setup_roles")
            manage_py(self.environment, "migrate", "--verbosity", "0")
            manage_py(self.environment, "collectstatic", "--noinput", "--verbosity", "0")
            manage_py(self.environment, "seed_demo", "--if-empty")
            (self.var / "environment.json").write_text(
                json.dumps({name: self.environment[name] for name in sorted(self.environment) if name in SHARED})
            )
            for name in self.programs():
                self.start(name)
            self.wait_until_ready()
            print(
                f"\nReady after {time.monotonic() - started:.1f} s: http://127.0.0.1:{self.port}/\n",
                flush=True,
            )
            manage_py(self.environment, "demo_accounts")
            print("\nCtrl-C stops everything.", flush=True)
            while not self.stopping:
                self.watch()
                time.sleep(0.5)
        except subprocess.CalledProcessError as error:
            if not self.stopping:
                print(f"Stopped: {' '.join(map(str, error.cmd[1:4]))} ended with {error.returncode}.")
                return 1
        finally:
            self.stop()
        return 0

    def programs(self) -> dict[str, tuple[list[str], str, int]]:
        """name → (command, database role, signal that stops it)."""
        web = [
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--workers",
            "2",
        ]
        return {
            "web": (
                [PYTHON, "-m", *web, "--blocking-threads", "4", "--no-ws", "portal.wsgi:application"],
                "portal_app",
                signal.SIGTERM,
            ),
            "keeper": ([PYTHON, str(ROOT / "manage.py"), "keeper"], "portal_seq", signal.SIGTERM),
            "worker": (
                [PYTHON, "-m", "celery", "-A", "portal", "worker", "-c", "2", "--loglevel", "WARNING"],
                "portal_work",
                signal.SIGTERM,
            ),
            "beat": (
                [
                    PYTHON,
                    "-m",
                    "celery",
                    "-A",
                    "portal",
                    "beat",
                    "--pidfile=",
                    "-s",
                    str(self.var / "beat-schedule"),
                ],
                "portal_work",
                signal.SIGKILL,
            ),
        }

    def start(self, name: str) -> None:
        command, role, sig = self.programs()[name]
        (self.var / "log").mkdir(exist_ok=True)
        with open(self.var / "log" / f"{name}.log", "ab") as output:
            self.children[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment | {"DB_ROLE": role},
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                preexec_fn=dies_with_parent(sig),
            )

    def watch(self) -> None:
        """Start a child again that ended by itself, a little later each time."""
        for name, child in list(self.children.items()):
            if child.poll() is None or self.stopping:
                continue
            self.restarts[name] = self.restarts.get(name, 0) + 1
            print(f"{name} ended ({child.returncode}); starting it again. Log: {self.var / 'log' / (name + '.log')}")
            time.sleep(min(2 ** self.restarts[name] / 2, 30))
            self.start(name)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + 90
        while not self.stopping:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:  # noqa: S310
                    if answer.status == 200:
                        return
            except OSError:
                pass
            if self.children["web"].poll() is not None or time.monotonic() > deadline:
                print(f"The web server did not answer; see {self.var / 'log' / 'web.log'}")
                raise subprocess.CalledProcessError(1, ["", "granian"])
            time.sleep(0.2)

    def stop(self) -> None:
        programs = self.programs() if self.children else {}
        for name, child in reversed(self.children.items()):
            if child.poll() is None:
                child.send_signal(programs[name][2])
        for name, child in reversed(self.children.items()):
            try:
                child.wait(3 if name == "beat" else 15)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        self.servers.stop()


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


def on_throw_away_servers(command: list[str], extra: dict[str, str], *, in_memory: bool = True) -> int:
    place = throw_away(in_memory=in_memory)
    servers = Servers(place)

    def stop(*_):
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        environment = os.environ | keys(place) | servers.start() | {"PORTAL_VAR": str(place / "var")} | extra
        manage_py(environment, "setup_roles")
        return subprocess.run(command, cwd=ROOT, env=environment | {"DB_ROLE": "portal_owner"}).returncode
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
    arguments = arguments or ["-n", "2", "--dist", "loadfile", "-q"]
    return on_throw_away_servers([PYTHON, "-m", "pytest", *arguments], {"PORTAL_TEST": "1"})


def bench(arguments: list[str]) -> int:
    """The measurements on servers of their own, on the disk: what is written through has to cost what it costs."""
    return on_throw_away_servers([PYTHON, "-m", "bench", *arguments], {"PORTAL_TEST": "1"}, in_memory=False)
