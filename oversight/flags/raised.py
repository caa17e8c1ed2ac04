"""What a rule hands back: something to look at, and what it rests on."""

from dataclasses import dataclass, field

MOST_LINES = 20


@dataclass(frozen=True)
class Raised:
    """One thing a rule found.

    `key` names what it is about, `grounds` what it rests on, both stable from run to run. `lines` are the evidence
    in words, in the shape of a finding's; `rows` maps a table to the keys of the rows that were counted.
    No line names a member of staff or an applicant: a finding is public once it is sent.
    """

    key: str
    stage_id: int
    subject: str
    grounds: list[str]
    lines: list[dict[str, str]]
    rows: dict[str, list[int]]
    numbers: dict[str, int | str] = field(default_factory=dict)

    @property
    def evidence(self) -> dict:
        return {"lines": self.lines[:MOST_LINES], "rows": self.rows, "numbers": self.numbers}


def line(what: str, *, expected: str, found: str, source: str) -> dict[str, str]:
    """One piece of evidence: what, how it should be, how it is, and from where that is known."""
    return {"what": str(what), "expected": str(expected), "found": str(found), "source": str(source)}
