"""Holds an announcement against the record: its entry, its rows, its rules, what it corrects, who is in it."""

import hashlib
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from verifier import announcement, attested, audit, chronicle, source
from verifier.announcement import DATA, ROWS, RULES
from verifier.chronicle import Fact
from verifier.record import Record
from verifier.report import Report
from verifier.rows import Rows
from verifier.source import Folder, Missing, Web
from verifier.strict import NotVerified, loose_json, shown

MANIFEST = "manifest.json"
LARGEST_FILE, LARGEST_MANIFEST, LARGEST_ANNOUNCEMENT = 1 << 30, 64 << 20, 8 << 30
AT_ONCE = 8


def check(place: str, record: Record, report: Report, audited: bytes | None = None) -> None:
    """Hold the announcement at `place` (folder, address or one of its files) against `record`."""
    found = source.opened(place)
    if isinstance(found, Folder) and found.path.is_file() and found.path.name != MANIFEST:
        return check_file(found.path, record, report)
    if isinstance(found, Folder):
        path = found.path if found.path.is_dir() else found.path.parent
        return check_folder(path, record, report, audited)
    with tempfile.TemporaryDirectory(prefix="announcement-") as folder:
        fetch(found, Path(folder), report)
        check_folder(Path(folder), record, report, audited)


def fetch(web: Web, folder: Path, report: Report) -> None:
    """Copy every announced file of the announcement at an address; one that is not there is said aloud."""
    (folder / MANIFEST).write_bytes(web.read(MANIFEST, LARGEST_MANIFEST))
    names, total = announcement.announced_files(folder), 0

    def one(name: str) -> tuple[int, str | None]:
        try:
            content = web.read(name, LARGEST_FILE)
        except Missing as error:
            return 0, str(error)
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return len(content), None

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for size, problem in pool.map(one, names):
            total += size
            if problem:
                report.doubt(f"An announced file, {problem}.")
            if total > LARGEST_ANNOUNCEMENT:
                raise NotVerified(f"the announcement is larger than {LARGEST_ANNOUNCEMENT} bytes")
    finally:
        pool.shutdown(cancel_futures=True)


def check_folder(folder: Path, record: Record, report: Report, audited: bytes | None = None) -> None:
    """Everything about one announcement in a folder."""
    announcement.compare(folder, report)
    entry = entry_of(folder, record, report)
    say_versions(entry, record, report)
    compare_rules(folder, entry, record, report)
    rows = Rows(Folder(folder).read(ROWS, LARGEST_FILE))
    compare_rows(rows, entry, record, report)
    compare_earlier_lists(rows, entry, record, report)
    if audited is not None:
        audit.check(audited, rows, entry, record, report)


def entry_of(folder: Path, record: Record, report: Report) -> Fact:
    """The entry that announces the folder, by number and version; its digest must be that of the manifest."""
    about = loose_json(Folder(folder).read(DATA, LARGEST_FILE))
    wanted = (about.get("number"), about.get("version")) if isinstance(about, dict) else None
    for entry in chronicle.announcements(record.facts):
        if (entry.text("number"), entry.number("version")) == wanted:
            report.say(f"Entry {entry.index} of the record announces number {wanted[0]}, version {wanted[1]}.")
            compare_digest(folder, entry, record, report)
            return entry
    raise NotVerified(f"number and version {shown(wanted)} are not in the record: this announcement has no effect")


def compare_digest(folder: Path, entry: Fact, record: Record, report: Report) -> None:
    """The manifest, and with it every file that it names, is the one in the record: as announced, or as redacted since."""
    digest = hashlib.sha256(Folder(folder).read(MANIFEST, LARGEST_MANIFEST)).hexdigest()
    if digest not in manifests(entry, record):
        report.doubt("The files are not those in the record: the manifest has another digest.")


def manifests(entry: Fact, record: Record) -> list[str]:
    """The digests that the manifest of an announcement may have: the announced one, and one after each redaction."""
    return [entry.text("digest"), *(one.text("digest") for one in chronicle.redactions(record.facts, entry))]


def say_versions(entry: Fact, record: Record, report: Report) -> None:
    """Whether a later version supersedes this one; that is no fault, but the reader must know."""
    for other in chronicle.announcements(record.facts):
        if other.index > entry.index and other.text("number") == entry.text("number"):
            report.say(f"Version {other.number('version')} supersedes this one (entry {other.index} of the record).")


def compare_rules(folder: Path, entry: Fact, record: Record, report: Report) -> None:
    """The rules with which the list is recomputed are those bound before it."""
    bound = None
    for fact in record.facts:
        before = fact.index < entry.index and fact.kind == chronicle.RULES
        if before and fact.text("recruitment") == entry.text("recruitment"):
            bound = fact
    if bound is None:
        report.doubt("No rules were bound in the record before this announcement.")
        return
    try:
        digest = hashlib.sha256(Folder(folder).read(RULES, LARGEST_FILE)).hexdigest()
    except Missing:
        report.say(f"{RULES} is not in the folder: the rules were not compared.")
        return
    if digest != bound.text("digest"):
        report.doubt(f"{RULES}: not the rules that entry {bound.index} of the record bound.")


def compare_rows(rows: Rows, entry: Fact, record: Record, report: Report) -> None:
    """The rows file is the one in the record: how many, in which order, and exactly these."""
    for problem in rows.problems():
        report.doubt(problem)
    if rows.count != entry.number("rows"):
        report.doubt(f"{rows.count} rows, but entry {entry.index} of the record counts {entry.number('rows')}.")
    if rows.root() != entry.hash("rows_root"):
        report.doubt("The rows do not give the root in the record.")
    compare_redactions(rows, entry, record, report)


def compare_redactions(rows: Rows, entry: Fact, record: Record, report: Report) -> None:
    """Every redacted row is one that the record says was redacted, by its place and its hash; no row more."""
    facts = chronicle.redactions(record.facts, entry)
    shown = facts[: rows.redacted]
    stated = {(one.number("place"), one.hash("leaf")) for one in shown}
    if strangers := {(place, rows.leaves[place]) for place in rows.hidden} - stated:
        report.doubt(f"{len(strangers)} rows are redacted, of which the record says nothing or something else.")
    if rows.digest != (shown[-1].text("rows_digest") if shown else entry.text("rows_digest")):
        report.doubt("The rows file has another digest than the one in the record.")
    if rows.redacted:
        report.redacted = rows.redacted
        report.say(f"{rows.redacted} rows are redacted: only their hash is left, and the record says so.")
    if len(facts) > rows.redacted:
        report.say(f"This copy is older: {len(facts) - rows.redacted} more rows have been redacted since.")


def compare_earlier_lists(rows: Rows, entry: Fact, record: Record, report: Report) -> None:
    """Nobody appears from nowhere: who is in this list was in one of an earlier stage, where there is one."""
    earlier = [
        one
        for one in chronicle.announcements(record.facts)
        if one.index < entry.index
        and one.text("recruitment") == entry.text("recruitment")
        and one.text("stage") != entry.text("stage")
    ]
    known: set[str] = set()
    unseen = 0
    for one in earlier:
        place = address(one)
        raw = record.place.above().read(f"{place}/{ROWS}", LARGEST_FILE)
        found = Rows(raw)
        if found.root() != one.hash("rows_root"):
            report.doubt(f"{place}/{ROWS}: not the rows of entry {one.index} in the record.")
        known |= found.people()
        unseen += found.redacted
    ghosts = rows.people() - known
    if ghosts and len(ghosts) <= unseen:
        report.say(f"{len(ghosts)} people may be those whose rows in earlier lists are redacted.")
    elif earlier and ghosts:
        report.doubt(f"{len(ghosts)} people are in no earlier list of the recruitment: {', '.join(sorted(ghosts)[:5])}")


def address(entry: Fact) -> str:
    """Where the files of an announcement lie below the portal's public folder."""
    number = entry.text("number")
    if not number or number.strip(".") != number or not number.replace("-", "").replace(".", "").isalnum():
        raise NotVerified(f"the announcement number {shown(number)} cannot be an address")
    return f"pengumuman/{number}/v{entry.number('version')}"


def check_file(path: Path, record: Record, report: Report) -> None:
    """Which announcement in the record one single file belongs to."""
    raw = Folder(path.parent).read(path.name, LARGEST_FILE)
    digest = hashlib.sha256(raw).hexdigest()
    report.say(f"SHA-256 of the file: {digest}")
    rows = Rows(raw) if path.suffix == ".jsonl" else None
    if document := attested.of_digest(digest, record):
        what = f"number {document.text('number')}, version {document.number('version')}"
        report.say(f"This is signed document {document.number('serial')} of the announcement {what},")
        report.say(f"entry {document.index} of the record. Whether its certificate counts was not judged.")
        attested.say_later(document, record, report)
        return
    for entry in reversed(chronicle.announcements(record.facts)):
        if entry.fields.get("rows_digest") == digest or (rows and rows.root() == entry.hash("rows_root")):
            name = ROWS
            compare_rows(rows or Rows(raw), entry, record, report)
        else:
            name = _name_in_manifest(entry, digest, record)
        if name:
            what = f"number {entry.text('number')}, version {entry.number('version')}"
            report.say(f"This is the file {name} of the announcement {what}, entry {entry.index} of the record.")
            say_versions(entry, record, report)
            return
    report.doubt("The file belongs to no announcement in the record.")


def _name_in_manifest(entry: Fact, digest: str, record: Record) -> str | None:
    try:
        raw = record.place.above().read(f"{address(entry)}/{MANIFEST}", LARGEST_MANIFEST)
    except Missing:
        return None
    if hashlib.sha256(raw).hexdigest() not in manifests(entry, record):
        return None
    return next((name for name, other in announcement.digests(raw).items() if other == digest), None)
