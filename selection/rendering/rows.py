"""The public rows of a result: one canonical JSON object per person, without anything personal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from ledger.tlog import canon
from ledger.tlog.tree import leaf_hash
from lib.canonical import canonical

CLOSED_BELOW = 10  # people in a threshold group; fewer show no component scores in public
NOT_CONTINUED = {"DIS", "TMS"}
NOT_CONTINUED_CODE = "TD"
REDACTED = re.compile(rb"[0-9a-f]{64}")  # a line of which only the hash is left


@dataclass(frozen=True)
class PublicRow:
    """One person as the public sees them. `scores` are plain decimals as text, None where absent."""

    p: str
    formation: str
    group: str
    scores: tuple[str | None, ...] | None
    total: str | None
    final: str | None
    rank: int | None
    code: str
    by: str
    closed_order: int | None
    c: str = ""  # the commitment to whose row it is, in base64; part of an announcement alone
    redacted = False

    def body(self) -> dict:
        """The row as it enters the rows file; empty fields are left out."""
        found = {"p": self.p, "f": self.formation, "g": self.group, "code": self.code}
        if self.scores is None:
            found["closed"] = 1
        else:
            found["s"] = [score or "" for score in self.scores]
        optional = {"total": self.total, "final": self.final, "rank": self.rank, "closed_order": self.closed_order}
        found |= {name: value for name, value in optional.items() if value is not None}
        if self.by:
            found["by"] = self.by
        if self.c:
            found["c"] = self.c
        return found

    def line(self) -> bytes:
        return canonical(self.body()) + b"\n"

    def leaf(self) -> bytes:
        return leaf_hash(self.line()[:-1])


@dataclass(frozen=True)
class RedactedRow:
    """What is left of a row that had to disappear: the hash of its line, at its place. The root stays the same."""

    hashed: bytes
    p = ""
    redacted = True

    def body(self) -> dict:
        return {"redacted": self.hashed.hex()}

    def line(self) -> bytes:
        return self.hashed.hex().encode() + b"\n"

    def leaf(self) -> bytes:
        return self.hashed


def read_row(line: bytes) -> PublicRow | RedactedRow:
    """The row that a line of a rows file spells, without its line feed."""
    if REDACTED.fullmatch(line):
        return RedactedRow(bytes.fromhex(line.decode()))
    body = canon.load(line)
    scores = None if "closed" in body else tuple(score or None for score in body["s"])
    optional = [body.get(name) for name in ("total", "final", "rank")]
    return PublicRow(
        body["p"], body["f"], body["g"], scores, *optional, body["code"], body.get("by", ""), body.get("closed_order"),
        body.get("c", ""),
    )  # fmt: skip


def small_groups(outcome_set) -> set[str]:
    """Threshold groups of the set with fewer than CLOSED_BELOW people."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "group" FROM selection_outcome WHERE set_id = %s GROUP BY "group" HAVING count(*) < %s',
            [outcome_set.pk, CLOSED_BELOW],
        )
        return {row[0] for row in cursor.fetchall()}


def plain(value) -> str | None:
    """A decimal as text without useless zeros."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def public_rows(outcome_set) -> Iterator[PublicRow]:
    """The rows of `outcome_set` by ascending participant number (byte order), read in slices."""
    closed_groups = small_groups(outcome_set)
    ranked = bool(outcome_set.components)
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """SELECT a.participant_number, f.code, o."group", o."values", o.total, o.final, o.rank, o.code, o.decided_by,
                   o.closed_order
            FROM selection_outcome o JOIN selection_application a ON a.id = o.application_id
            JOIN vacancies_formation f ON f.id = o.formation_id
            WHERE o.set_id = %s ORDER BY a.participant_number COLLATE "C" """,
            [outcome_set.pk],
        )
        while found := cursor.fetchmany(5000):
            for p, formation, group, values, total, final, rank, code, by, closed_order in found:
                if code in NOT_CONTINUED and ranked:
                    yield PublicRow(p, formation, group, None, None, None, None, NOT_CONTINUED_CODE, "", None)
                elif group in closed_groups and ranked:
                    yield PublicRow(p, formation, group, None, None, None, rank, code, by, closed_order)
                else:
                    scores = tuple(plain(value) for value in values)
                    yield PublicRow(
                        p, formation, group, scores, plain(total), plain(final), rank, code, by, closed_order
                    )
