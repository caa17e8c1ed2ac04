#!/usr/bin/env python3
"""The script behind make: installs, runs and tests the portal on a bare machine.

Standard library only: it runs before anything is installed. `python3 dev.py COMMAND`:
  install        make .venv from the hash-pinned lock
  run            start everything with the demo, on PORT (default 8000)
  test [ARGS]    run pytest on throw-away servers of its own
  bench [ARGS]   run the benchmarks on throw-away servers
  manage ARGS    run manage.py against the servers of a running `run`
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.txt"


def install() -> None:
    """Make .venv hold exactly what the lock says; does nothing when it already does."""
    stamp = VENV / "lock.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted and PYTHON.exists():
        return
    print("Installing the locked packages into .venv …", flush=True)
    if not PYTHON.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(VENV)])
        if made.returncode:
            sys.exit("A virtual environment could not be made. On Debian: apt-get install python3-venv")
    pins = ["--require-hashes", "--only-binary", ":all:", "-r", str(LOCK)]
    if uv := shutil.which("uv"):
        command = [uv, "pip", "install", "-q", "--python", str(PYTHON), *pins]
    else:
        command = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check", *pins]
    subprocess.run(command, check=True, cwd=ROOT)
    stamp.write_text(wanted)


def main() -> int:
    command, *arguments = sys.argv[1:] or ["help"]
    if command not in {"install", "run", "test", "bench", "manage"}:
        print(__doc__)
        return 0 if command == "help" else 2
    install()
    if command == "install":
        return 0
    if Path(sys.prefix).resolve() != VENV.resolve():
        os.execv(PYTHON, [str(PYTHON), __file__, command, *arguments])
    sys.path.insert(0, str(ROOT))
    from devtools import commands

    return getattr(commands, command)(arguments)


if __name__ == "__main__":
    sys.exit(main())
