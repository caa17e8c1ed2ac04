"""Writing facts down for the public record."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from ledger import facts
from ledger.models import Pending
from lib.canonical import canonical


def append(kind: str, *, at: datetime, **fields: Any) -> Pending:
    """Add a fact in the transaction that makes it true; fields that are None are left out.

    `at` is the instant of the fact. Raises ledger.facts.NotAFact when a field is missing, unknown
    or of another type, so that nothing outside the allow-list reaches the public record.
    """
    body = {name: value for name, value in fields.items() if value is not None}
    body["at"] = instant(at)
    facts.check(kind, body)
    text = canonical({"kind": kind, **body})
    return Pending.objects.create(kind=kind, body=text.decode(), digest=hashlib.sha256(text).hexdigest(), at=at)


def instant(at: datetime) -> str:
    """`at` in UTC as the record spells it: 2026-11-17T09:00:00Z."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
