"""What may be said in the public record: one allow-list of fields per kind of fact.

A field is named with the type it must have. Nothing else passes, so that no personal data
can slip in with a new key.
"""

import re
from typing import Any

DIGEST = re.compile(r"[0-9a-f]{64}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}")
TEXT_LIMIT = 500

KINDS: dict[str, dict[str, str]] = {
    "vacancy.published": {"recruitment": "code", "formations": "count", "quota": "count", "digest": "digest", "at": "instant"},
    "vacancy.changed": {"recruitment": "code", "formation": "code?", "digest": "digest", "reason": "text?", "at": "instant"},
    "schedule.changed": {
        "recruitment": "code", "stage": "code", "field": "code", "old": "instant?", "new": "instant?",
        "reason": "text", "at": "instant",
    },
    "rulepack.bound": {"recruitment": "code", "rulepack": "code", "digest": "digest", "at": "instant"},
    "registration.closed": {"recruitment": "code", "stage": "code", "applications": "count", "at": "instant"},
    "scores.approved": {
        "recruitment": "code", "stage": "code", "batch": "count", "rows": "count", "digest": "digest",
        "reason": "text?", "at": "instant",
    },
    "announcement.frozen": {
        "recruitment": "code", "stage": "code", "number": "code", "version": "count", "digest": "digest",
        "rows": "count", "rows_digest": "digest", "supersedes": "count?", "reason": "text?", "at": "instant",
    },
    "delay.noticed": {"recruitment": "code", "stage": "code", "number": "code", "due": "instant", "issues": "count", "at": "instant"},
    "hold.placed": {"recruitment": "code", "stage": "code", "hold": "count", "at": "instant"},
    "hold.confirmed": {"recruitment": "code", "stage": "code", "hold": "count", "at": "instant"},
    "hold.lifted": {"recruitment": "code", "stage": "code", "hold": "count", "as": "code", "reason": "text", "at": "instant"},
    "finding.sent": {"finding": "code", "evidence": "digest", "at": "instant"},
    "finding.answered": {"finding": "code", "digest": "digest", "at": "instant"},
    "finding.returned": {"finding": "code", "digest": "digest", "at": "instant"},
    "finding.reviewed": {"finding": "code", "recruitment": "code", "stage": "code", "applied": "count", "at": "instant"},
    "finding.closed": {"finding": "code", "digest": "digest", "at": "instant"},
}  # fmt: skip


class NotAFact(ValueError):
    """The body does not match the allow-list of its kind."""


def check(kind: str, body: dict[str, Any]) -> None:
    """Raise NotAFact unless `body` holds exactly the fields that `kind` allows, each of its type."""
    try:
        fields = KINDS[kind]
    except KeyError:
        raise NotAFact(f"unknown kind of fact: {kind}") from None
    required = {name for name, shape in fields.items() if not shape.endswith("?")}
    if missing := required - body.keys():
        raise NotAFact(f"{kind}: missing {sorted(missing)}")
    if extra := body.keys() - fields.keys():
        raise NotAFact(f"{kind}: not allowed {sorted(extra)}")
    for name, value in body.items():
        if not _fits(fields[name].rstrip("?"), value):
            raise NotAFact(f"{kind}.{name}: not a {fields[name].rstrip('?')}")


def _fits(shape: str, value: Any) -> bool:
    match shape:
        case "count":
            return isinstance(value, int) and not isinstance(value, bool) and value >= 0
        case "digest":
            return isinstance(value, str) and bool(DIGEST.fullmatch(value))
        case "instant":
            return isinstance(value, str) and bool(INSTANT.fullmatch(value))
        case "code":
            return isinstance(value, str) and bool(CODE.fullmatch(value))
        case "text":
            return isinstance(value, str) and 0 < len(value) <= TEXT_LIMIT
    return False
