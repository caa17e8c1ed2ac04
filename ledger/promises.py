"""The signed word that a commitment will stand in the record within an hour: what an applicant holds until it does.

The key has a name of its own, `<origin>/promise`, so that it can sign no checkpoint; `verifier/RECORD.md` section 5.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

from ledger import files, log
from ledger.actions.record import instant
from ledger.signer import keys
from ledger.tlog.notes import Key, parse_vkey

WITHIN = timedelta(hours=1)


def name() -> str:
    return f"{settings.LOG_ORIGIN}/promise"


def make(commitment: str, *, at: datetime) -> tuple[str, str]:
    """The promise for `commitment` (base64) and the newest checkpoint beside it; both empty before the record begins."""
    last = log.signed()
    if last is None:
        return "", ""
    text = f"{name()}\n{commitment}\n{last.size}\n{instant(at)}\n{instant(at + WITHIN)}\n"
    return f"{text}\n{_key(settings.PROMISE_KEY_FILE).sign(text)}", log.note_of(last).decode()


def public_key() -> Key:
    """What readers know the key by. Whoever may not read the key finds it in the file beside it."""
    beside = _beside(settings.PROMISE_KEY_FILE)
    return parse_vkey(beside.read_text().strip()) if beside.exists() else _key(settings.PROMISE_KEY_FILE).public


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.pub")


@cache
def _key(path: Path) -> keys.LogKey:
    """The key of the file, made by whoever asks first."""
    with suppress(FileExistsError):
        keys.create(path, [keys.LogKey.make(name())])
    found = keys.read(path, name())[0]
    if not _beside(path).exists():
        files.replace(_beside(path), f"{found.public}\n".encode())
    return found
