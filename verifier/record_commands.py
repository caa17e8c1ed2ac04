"""The commands about the record: record, announcement, receipt, witness. What they do and how they end."""

import os
import sys
import tempfile
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from verifier import announced, announcement, attested, audit, draw, notes, pack, policy, receipt, record, rows, source
from verifier.ranking import BadRow
from verifier.report import DIFFERS, FITS, UNUSABLE, Report, printable
from verifier.source import Missing, Unreachable
from verifier.strict import NotVerified

NOTHING_FITS = "Tidak cocok: berkas ini tidak membuktikan apa pun. Simpan dan laporkan."
NOTHING_PROVED = "Belum diperiksa: alamatnya tidak dapat dihubungi. Coba lagi nanti."


def run(options: Namespace) -> int:
    """Run one of the commands. Whatever a file holds, it ends with a sentence and an exit code."""
    try:
        return {
            "record": _record,
            "announcement": _announcement,
            "receipt": _receipt,
            "witness": _witness,
            "secret": _secret,
            "draw": _draw,
        }[options.command](options)
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
    attested.check(found, report)
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


def _secret(options: Namespace) -> int:
    digest, first, last = draw.new_secret()
    print(f"Serahkan sekarang / give out now:    {digest}")
    print(f"Buka pada putaran 1 / show in round 1: {first}")
    print(f"Buka pada putaran 2 / show in round 2: {last}")
    print("Simpan di tempat aman, jangan di portal. / Keep this safe, away from the portal.")
    return FITS


def _draw(options: Namespace) -> int:
    if options.training:
        return _seats(options)
    if not options.recruitment or not options.stage:
        raise NotVerified("write --recruitment and --stage for an audit, or --training for the seats of a training")
    found = draw.seed(
        options.recruitment, options.stage, options.number, options.team, options.office, options.size, options.root,
        options.beacon,
    )  # fmt: skip
    chosen = draw.sample(found, rows.Rows(source.read_any(options.rows, announced.LARGEST_FILE)).people())
    print(f"seed {found}")
    for place, one in enumerate(chosen, start=1):
        print(printable(f"{place} {one}"))
    digest = draw.digest_of(chosen)
    print(f"digest {digest}")
    if not options.digest:
        return FITS
    print("Cocok." if digest == options.digest else "Tidak cocok: sampel ini bukan yang tercatat.")
    return FITS if digest == options.digest else DIFFERS


def _seats(options: Namespace) -> int:
    if options.seats is None or options.seats < 1:
        raise NotVerified("write --seats: how many seats the training has")
    people = draw.listed(source.read_any(options.rows, announced.LARGEST_FILE))
    found = draw.seed(
        draw.TRAINING, options.training, options.number, options.team, options.office, options.size, options.root,
        options.beacon,
    )  # fmt: skip
    order = draw.order(found, set(people))
    print(f"seed {found}")
    for place, one in enumerate(order, start=1):
        print(f"{place} {one} {'kursi / seat' if place <= options.seats else 'menunggu / waiting'}")
    told = [
        ("list", draw.digest_of(sorted(people)), options.list_digest),
        ("digest", draw.digest_of(order), options.digest),
    ]
    differ = [name for name, digest, wanted in told if wanted and digest != wanted]
    for name, digest, _wanted in told:
        print(f"{name} {digest}")
    if options.digest or options.list_digest:
        print("Tidak cocok: urutan atau daftar ini bukan yang tercatat." if differ else "Cocok.")
    return DIFFERS if differ else FITS


def _witness(options: Namespace) -> int:
    from verifier import witness_server  # locks files in a way that only Unix knows; the other commands run anywhere

    host, _, port = options.listen.rpartition(":")
    if not port.isdecimal() or not host:
        raise NotVerified(f"{options.listen}: write HOST:PORT")
    keys = [notes.key(text) for text in options.log_key]
    return witness_server.serve(Path(options.state), host, int(port), options.name, keys)
