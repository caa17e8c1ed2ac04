"""Writing facts down for the public record."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from ledger import facts
from ledger.models import Pending, Wording
from ledger.tlog import canon
from ledger.tlog.scalars import b64e
from ledger.tlog.tree import leaf_hash

LATE = timedelta(minutes=10)


def append(kind: str, *, at: datetime, **fields: Any) -> Pending:
    """Add a fact in the transaction that makes it true; fields that are None are left out.

    `at` is the instant of the fact; one that the database's clock finds long past is marked late. A sentence
    that a person wrote is kept apart with its salt, the fact holds the commitment. Raises
    ledger.facts.NotAFact when a field is missing, unknown or of another type, so that nothing outside the
    allow-list reaches the public record.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        late = cursor.fetchone()[0] - at > LATE
    body = {name: value for name, value in fields.items() if value is not None}
    return write(kind, body, at=at, late=late)


def write(kind: str, body: dict[str, Any], *, at: datetime, late: bool) -> Pending:
    identifier = secrets.token_hex(16)
    body, kept = closed(kind, body, identifier)
    text = facts.envelope(kind, body, identifier=identifier, at=instant(at), late=late)
    fact = Pending.objects.create(kind=kind, body=text, leaf=leaf_hash(text), at=at)
    for name, (salt, words) in kept.items():
        Wording.objects.create(fact=fact, field=name, salt=salt, text=words)
    return fact


def closed(kind: str, body: dict[str, Any], identifier: str) -> tuple[dict[str, Any], dict[str, tuple[bytes, str]]]:
    """`body` with commitments for what a person wrote, and the salt and words of each."""
    body, kept = dict(body), {}
    for name in facts.words_of(kind) & body.keys():
        words = body[name]
        if not isinstance(words, str) or not 0 < len(words) <= facts.TEXT_LIMIT:
            raise facts.NotAFact(f"{kind}.{name}: not 1 to {facts.TEXT_LIMIT} characters")
        salt = secrets.token_bytes(32)
        body[name] = b64e(commitment(salt, identifier, name, words))
        kept[name] = salt, words
    return body, kept


def commitment(salt: bytes, identifier: str, name: str, words: str) -> bytes:
    """What the record holds of a sentence: bound to the fact `identifier` and its field."""
    # Words as somebody typed them may be in any Unicode form: their UTF-8 in base64 has one spelling.
    return canon.commit(salt, {"v": 1, "fact": identifier, "field": name, "words": b64e(words.encode())})


def instant(at: datetime) -> str:
    """`at` in UTC as the record spells it: 2026-11-17T09:00:00Z."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
