"""Reading values out of processes as they really start: a fresh interpreter with a given environment."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PROFILE": "production",
    "SITE_URL": "https://portal.example",
    "ALLOWED_HOSTS": "portal.example",
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
}


def process(*command: str, **environment: str) -> subprocess.CompletedProcess:
    """Run `command` with this interpreter; an empty value takes a variable away."""
    wanted = {name: value for name, value in (os.environ | environment).items() if value != ""}
    wanted.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the journeys' own, for the process of the tests alone
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=wanted, capture_output=True, text=True, timeout=60)


def read(code: str, **environment: str):
    """What `code` assigns to `found` in a portal process started with `environment`."""
    program = f"import django, json\ndjango.setup()\n{code}\nprint(json.dumps(found))"
    done = process("-c", program, DJANGO_SETTINGS_MODULE="portal.settings", **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])
