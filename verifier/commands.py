"""The commands about the record: record, announcement, receipt, witness. Their arguments and how they end."""

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from verifier import announced, announcement, audit, notes, pack, policy, receipt, record, source
from verifier.ranking import BadRow
from verifier.report import DIFFERS, FITS, UNUSABLE, Report, printable
from verifier.source import Missing, Unreachable
from verifier.strict import NotVerified

NOTHING_FITS = "Tidak cocok: berkas ini tidak membuktikan apa pun. Simpan dan laporkan."
NOTHING_PROVED = "Belum diperiksa: alamatnya tidak dapat dihubungi. Coba lagi nanti."


def add(commands) -> None:
    """Add the commands to those of the command line."""
    one = commands.add_parser("record", help="recompute a whole public record")
    one.add_argument("place", help="address of the portal, or a folder with a copy")
    _believe(one)
    one.add_argument(
        "--prev", action="append", default=[], help="a checkpoint seen earlier or elsewhere (file, address)"
    )
    one.add_argument("--seen", help="a file that remembers the last checkpoint which fitted")
    one.add_argument("--fresh", type=int, metavar="MINUTES", help="greatest age of the newest cosignature")
    one = commands.add_parser("announcement", help="check an announcement against the public record")
    one.add_argument("place", help="folder, address, or one file of an announcement")
    one.add_argument("--record", help="where the record is, if not around the announcement")
    _believe(one)
    one.add_argument("--audit", help="a sampled audit of the list")
    one.add_argument("--files-only", action="store_true", help="compare the files with each other, not with the record")
    one = commands.add_parser("receipt", help="check a receipt, without any network")
    one.add_argument("file")
    one.add_argument("--policy", required=True, help="whose signatures to believe")
    one.add_argument("--me", action="append", default=[], metavar="KEY=VALUE", help="what the opening has to say of me")
    one = commands.add_parser("witness", help="cosign checkpoints of a log")
    one.add_argument("--state", required=True, help="a folder that no other program writes to")
    one.add_argument("--listen", default="127.0.0.1:8107", metavar="HOST:PORT")
    one.add_argument("--log-key", action="append", required=True, metavar="VKEY")
    one.add_argument(
        "--name", default="witness.invalid/w1", help="the name of this witness, an address without https://"
    )


def _believe(parser: ArgumentParser) -> None:
    parser.add_argument("--policy", help="whose signatures to believe (tlog-policy); better not from the portal itself")


def run(options: Namespace) -> int:
    """Run one of the commands. Whatever a file holds, it ends with a sentence and an exit code."""
    try:
        return {"record": _record, "announcement": _announcement, "receipt": _receipt, "witness": _witness}[
            options.command
        ](options)
    except Unreachable as error:
        print(printable(f"Nothing was proved: {error}"), file=sys.stderr)
        print(NOTHING_PROVED, file=sys.stderr)
        return UNUSABLE
    except (NotVerified, announcement.Unreadable, pack.BadPack, BadRow, OSError) as error:
        print(printable(f"Not verified: {error}"))
        print(NOTHING_FITS)
        return DIFFERS


def _policy(options: Namespace) -> bytes | None:
    return source.read_any(options.policy, policy.LARGEST_POLICY) if options.policy else None


def _record(options: Namespace) -> int:
    report = Report()
    seen = [source.read_any(place, notes.LARGEST_NOTE) for place in options.prev]
    if options.seen:
        try:
            seen.append(source.read_any(options.seen, notes.LARGEST_NOTE))
        except Missing:
            report.say(f"{options.seen} does not exist yet: nothing was seen before.")
    fresh = None if options.fresh is None else timedelta(minutes=options.fresh)
    found = record.check(options.place, _policy(options), seen, report, fresh=fresh)
    if options.seen and not report.problems:
        remember(Path(options.seen), found.raw)
    return report.verdict()


def remember(path: Path, raw: bytes) -> None:
    """Replace the file `path` in one step: a stop in between loses nothing."""
    handle, waiting = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with open(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    os.replace(waiting, path)


def _announcement(options: Namespace) -> int:
    report = Report()
    if options.files_only:
        place = source.opened(options.place)
        if not isinstance(place, source.Folder):
            raise NotVerified("--files-only is for a folder")
        code = announcement.check(place.path)
        print("The record was not asked." if code == FITS else "The files do not agree with each other.")
        return code
    found = record.check(options.record or options.place, _policy(options), [], report)
    audited = source.read_any(options.audit, audit.LARGEST_AUDIT) if options.audit else None
    announced.check(options.place, found, report, audited)
    return report.verdict()


def _receipt(options: Namespace) -> int:
    me = dict(one.partition("=")[::2] for one in options.me)
    believed = policy.read(_policy(options))
    raw = source.read_any(options.file, receipt.LARGEST_RECEIPT)
    return receipt.check(raw, believed, Report(), me=me, now=datetime.now(UTC))


def _witness(options: Namespace) -> int:
    from verifier import witness_server  # locks files in a way that only Unix knows; the other commands run anywhere

    host, _, port = options.listen.rpartition(":")
    if not port.isdecimal() or not host:
        raise NotVerified(f"{options.listen}: write HOST:PORT")
    keys = [notes.key(text) for text in options.log_key]
    return witness_server.serve(Path(options.state), host, int(port), options.name, keys)
