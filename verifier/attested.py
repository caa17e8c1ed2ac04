"""Holds the documents that officials signed outside the portal against the record: these very bytes, or others.

Who signed, and whether that certificate counts, is for the body that issued it to say; nothing here looks into the PDF.
"""

import hashlib

from verifier import chronicle
from verifier.chronicle import Fact
from verifier.record import Record
from verifier.report import Report
from verifier.source import Missing
from verifier.strict import NotVerified, shown

LARGEST_DOCUMENT = 1 << 28


def check(record: Record, report: Report) -> None:
    """Compare every signed document that lies beside the record with its entry; one that is not there is said aloud."""
    place = record.place.above()
    for entry in chronicle.attested(record.facts):
        try:
            raw = place.read(address(entry), LARGEST_DOCUMENT)
        except Missing:
            report.say(f"{address(entry)} is not there: the signed document of entry {entry.index} was not compared.")
            continue
        compare(raw, entry, report)


def compare(raw: bytes, entry: Fact, report: Report) -> None:
    """The document is the one in the record."""
    if hashlib.sha256(raw).hexdigest() != entry.text("digest") or len(raw) != entry.number("size"):
        report.doubt(f"{address(entry)}: not the signed document of entry {entry.index} in the record.")
    else:
        report.say(f"{address(entry)} is the signed document of entry {entry.index}; its certificate was not judged.")


def of_digest(digest: str, record: Record) -> Fact | None:
    """The entry of the signed document with this SHA-256, the newest where there are several."""
    return next((one for one in reversed(chronicle.attested(record.facts)) if one.text("digest") == digest), None)


def say_later(entry: Fact, record: Record, report: Report) -> None:
    """Whether a later document supersedes this one."""
    for other in chronicle.attested(record.facts):
        if other.text("number") == entry.text("number") and other.fields.get("supersedes") == entry.number("serial"):
            report.say(f"Document {other.number('serial')} supersedes this one (entry {other.index} of the record).")


def address(entry: Fact) -> str:
    """Where a signed document lies below the portal's public folder."""
    number = entry.text("number")
    if not number or not number.replace("-", "").isalnum() or not number.isascii():
        raise NotVerified(f"the announcement number {shown(number)} cannot be an address")
    return f"pengumuman/{number}/resmi/v{entry.number('serial')}.pdf"
