"""Asks the signer, a process with its own key and memory, over one small command."""

import subprocess
import sys

from django.conf import settings

from ledger import log
from ledger.tlog.notes import Key, parse_vkey
from ledger.tlog.scalars import b64e


class Refused(Exception):
    """The signer did not answer, or found that the tree does not continue what was signed."""


def keys_in_force() -> list[Key]:
    """The keys in force, the oldest first."""
    return [parse_vkey(line) for line in ask("keys").decode().splitlines()]


def sign(size: int, root: bytes) -> bytes:
    """The signed checkpoint of a tree whose files are published."""
    return ask("sign", f"{size} {b64e(root)}\n")


def ask(command: str, line: str = "") -> bytes:
    try:
        done = subprocess.run(
            [*_program(), command],
            input=line.encode(),
            capture_output=True,
            cwd=settings.BASE_DIR,
            timeout=settings.SIGNER_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Refused(f"the signer did not answer: {type(error).__name__}") from None
    if done.returncode:
        raise Refused(done.stderr.decode(errors="replace").strip()[-500:] or f"exit code {done.returncode}")
    return done.stdout


def _program() -> list[str]:
    """The command of the settings, or a child with key and memory of its own below VAR."""
    place = settings.VAR / "signer"
    return settings.SIGNER_COMMAND or [
        *(sys.executable, "-m", "ledger.signer", "--origin", settings.LOG_ORIGIN),
        *("--key", str(place / "key"), "--memory", str(place / "memory.json"), "--log", str(log.folder())),
    ]
