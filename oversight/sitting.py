"""A member's sitting: fifteen minutes in which the passphrase need not be given again.

Several processes answer pages, so that the opened key cannot stay in the memory of one. It lies in the cache, locked
with a random key that only the member's browser holds, in a cookie; neither half opens anything alone.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache

from lib import sealing
from oversight.models import Membership

LASTS = timedelta(minutes=15)
COOKIE = "__Secure-laporan" if settings.SECURE else "laporan"
PATH = "/pengawasan/ruang/laporan/"
TRIES = 10  # wrong passphrases per account within LASTS


class Locked(Exception):
    """No sitting: the passphrase has to be given."""


class TooManyTries(Exception):
    """Wrong passphrases; the account waits until LASTS is over."""


@dataclass(frozen=True)
class Sitting:
    """The private key of one member, opened, until `ends_at`."""

    private: bytes
    ends_at: datetime


def begin(membership: Membership, private: bytes, *, session_key: str, at: datetime) -> str:
    """Keep an opened key for LASTS; returns the half that belongs into the member's cookie."""
    half = secrets.token_urlsafe(32)
    ends_at = at + LASTS
    content = json.dumps({"private": private.hex(), "ends_at": ends_at.isoformat()}).encode()
    locked = sealing.lock(content, _key(half), _context(membership, session_key))
    cache.set(_place(half), locked, timeout=int(LASTS.total_seconds()))
    return half


def resume(membership: Membership, half: str, *, session_key: str, at: datetime) -> Sitting:
    """The sitting that a cookie belongs to; of the same member in the same session alone. Raises Locked."""
    locked = cache.get(_place(half)) if half else None
    if locked is None:
        raise Locked
    try:
        found = json.loads(sealing.unlock(locked, _key(half), _context(membership, session_key)))
    except sealing.CannotOpen:
        raise Locked from None
    ends_at = datetime.fromisoformat(found["ends_at"])
    if at >= ends_at:
        raise Locked
    return Sitting(bytes.fromhex(found["private"]), ends_at)


def end(half: str) -> None:
    """Forget a sitting at once."""
    if half:
        cache.delete(_place(half))


def count_try(membership: Membership) -> None:
    """Raises TooManyTries when this member was wrong too often; a right passphrase forgets the count."""
    place = f"laporan:coba:{membership.pk}"
    cache.add(place, 0, timeout=int(LASTS.total_seconds()))
    if cache.incr(place) > TRIES:
        raise TooManyTries


def forget_tries(membership: Membership) -> None:
    cache.delete(f"laporan:coba:{membership.pk}")


def _key(half: str) -> bytes:
    return sealing.derived(half.encode(), "sitting key")


def _place(half: str) -> str:
    return "laporan:" + hashlib.sha256(f"place {half}".encode()).hexdigest()


def _context(membership: Membership, session_key: str) -> str:
    return f"sitting of member {membership.pk} in session {session_key}"
