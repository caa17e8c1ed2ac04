"""A team with keys, and reports for it."""

from oversight.actions import report_desk as desk
from oversight.actions import reports, team_keys
from oversight.models import Report, TeamKey
from oversight.report_codes import keys_of, new_code
from tests.parts import NOON

PASSPHRASE = "kuda hujan pelita jendela"  # noqa: S105
CONTENT = {"text": "Saya diminta uang di ruang dua.", "kind": "anonymous", "contact": "", "recruitment": ""}


def opened_key(member, *, at=NOON, passphrase=PASSPHRASE) -> bytes:
    """The private key of a member who chose a passphrase just now."""
    team_keys.make_member_key(passphrase=passphrase, by=member, at=at)
    return team_keys.open_member_key(passphrase=passphrase, by=member, at=at)


def a_team_key(member, *, at=NOON) -> tuple[TeamKey, bytes]:
    """The first key of a member's team, and that member's private key."""
    private = opened_key(member, at=at)
    return team_keys.make_team_key(private=private, by=member, at=at), private


def handed_in(*, at=NOON, topic="money", images=(), **content) -> str:
    """A report of somebody unknown; returns its code."""
    code = new_code()
    reports.receive(code, topic=topic, content=CONTENT | content, images=list(images), at=at)
    return code


def of_code(code: str) -> Report:
    return Report.objects.get(lookup=keys_of(code).lookup)


def a_report(member, *, at=NOON) -> Report:
    """A team key and one report for it."""
    a_team_key(member, at=at)
    return of_code(handed_in(at=at))


def texts(report: Report, private: bytes, member, *, at=NOON) -> list[str]:
    """What a member reads, in order."""
    return [one.content["text"] for one in desk.read(report, private=private, by=member, at=at)]
