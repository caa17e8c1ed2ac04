"""The rows file of an announcement: one canonical JSON object per line, one line per person, ascending."""

import hashlib
import re

from verifier.strict import NotVerified, base64, json_of, shown
from verifier.tree import leaf_hash, root

REDACTED = re.compile(rb"[0-9a-f]{64}")  # what is left of a row that had to be erased: its leaf hash


class Rows:
    """A rows file as it was read; `leaves` are the hashes of its lines. Raises NotVerified for what is no rows file."""

    def __init__(self, raw: bytes):
        self.digest = hashlib.sha256(raw).hexdigest()
        self.lines = raw.split(b"\n")
        if self.lines.pop():
            raise NotVerified("the last line of the rows file is cut off")
        self.hidden = {place for place, line in enumerate(self.lines) if REDACTED.fullmatch(line)}
        self.redacted = len(self.hidden)
        self.leaves = [
            bytes.fromhex(line.decode()) if REDACTED.fullmatch(line) else leaf_hash(line) for line in self.lines
        ]
        self.count = len(self.lines)

    def root(self) -> bytes:
        return root(self.leaves)

    def read(self) -> list[dict]:
        """The rows that are not redacted. Raises NotVerified with the number of the line."""
        found = []
        for number, line in enumerate(self.lines, start=1):
            if REDACTED.fullmatch(line):
                continue
            try:
                row = json_of(line)
                if not isinstance(row, dict) or not isinstance(row.get("p"), str):
                    raise NotVerified("no participant number")
                found.append(row)
            except NotVerified as error:
                raise NotVerified(f"row {number} of the rows file: {error}") from None
        return found

    def people(self) -> set[str]:
        return {row["p"] for row in self.read()}

    def problems(self) -> list[str]:
        """What speaks against the rows by themselves: order, a person or a commitment that is there twice."""
        return [*self.out_of_order(), *self.shared_commitments()]

    def out_of_order(self) -> list[str]:
        """Rows ascend by participant number (as bytes), so nobody is there twice and nobody's place is chosen."""
        people = [row["p"].encode() for row in self.read()]
        return [
            f"Row of {shown(later.decode())}: not above the one before it; a person twice, or rows swapped."
            for earlier, later in zip(people, people[1:], strict=False)
            if earlier >= later
        ]

    def shared_commitments(self) -> list[str]:
        """Every commitment is another one: two people with one could be shown the same row."""
        seen: dict[bytes, str] = {}
        found = []
        for row in self.read():
            if "c" not in row:
                continue
            if not isinstance(row["c"], str):
                raise NotVerified(f"the row of {shown(row['p'])} has no commitment that can be read")
            if (other := seen.setdefault(base64(row["c"], 32), row["p"])) != row["p"]:
                found.append(f"Rows of {shown(other)} and {shown(row['p'])}: one commitment for two people.")
        return found
