"""Public random values, as one more part of a draw: off unless AUDIT_BEACON names a source.

A source is anything that answers "the first value after this instant" the same way for everybody. The one that is
here asks a drand chain: its address is that of the chain, e.g. https://drand.example/<hash of the chain>. That the
value is the hash of its signature is checked here; that the signature is the network's, drand's own tools check.
"""

import hashlib
import json
import logging
from datetime import datetime
from urllib.request import urlopen

logger = logging.getLogger(__name__)
PATIENCE = 5  # seconds
LARGEST = 64_000  # bytes of an answer


def value(source: str, *, after: datetime, fetch=None) -> str | None:
    """The first value of `source` after `after`, as 64 hex digits; None while it cannot be had."""
    fetch = fetch or _fetch
    try:
        info = fetch(f"{source}/info")
        number = (int(after.timestamp()) - int(info["genesis_time"])) // int(info["period"]) + 2
        answer = fetch(f"{source}/public/{number}")
        found = hashlib.sha256(bytes.fromhex(answer["signature"])).hexdigest()
        if answer["round"] != number or answer["randomness"] != found:
            raise ValueError("not the value that was asked for")
    except (OSError, ValueError, KeyError, TypeError, ZeroDivisionError) as error:
        logger.warning("the beacon %s gives no value: %s", source, error)
        return None
    return found


def _fetch(address: str) -> dict:
    if not address.startswith("https://"):
        raise ValueError("a beacon is asked over https")
    with urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - the scheme is checked above
        return json.loads(answer.read(LARGEST))
