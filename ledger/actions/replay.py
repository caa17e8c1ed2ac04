"""Brings a database that is older than the published record back to it, out of the published files."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from ledger import facts, files, log
from ledger.actions import sequencer
from ledger.models import Checkpoint
from ledger.tlog import tiles, tree
from ledger.tlog.checkpoints import parse_checkpoint
from ledger.tlog.notes import Key, verify_note
from ledger.tlog.scalars import TlogError


class NotReplayed(Exception):
    """The files are no continuation of the database; nothing was written."""


@transaction.atomic(durable=True)
def replay(folder: Path, keys: list[Key], *, at) -> int:
    """Append the entries of `folder` that the database lacks, up to its checkpoint; returns how many.

    `keys` are those of the log, from the signer or the gazette: the files alone prove nothing. Takes the
    sequencer's turn. Facts that wait and are entries again find them by their leaf at the next ring. Raises
    NotReplayed unless the result is the signed tree.
    """
    sequencer.take_turn()
    try:
        note = (folder / files.CHECKPOINT).read_bytes()
        signed = parse_checkpoint(verify_note(note, keys)[0])
    except (OSError, TlogError) as error:
        raise NotReplayed(f"no signed checkpoint: {error}") from None
    size = log.size()
    if signed.origin != settings.LOG_ORIGIN or signed.size < size:
        raise NotReplayed(f"the files hold {signed.size} entries of {signed.origin}, the database {size}")
    read = tiles.tile_reader(signed.size, lambda *tile: files.hashes(folder, *tile))
    try:
        if size and tree.root(size, read) != log.root(size):
            raise NotReplayed(f"FORK: the {size} entries of the database are not the beginning of the files")
        for start in range(
            size // tiles.WIDTH * tiles.WIDTH, signed.size, sequencer.BATCH // tiles.WIDTH * tiles.WIDTH
        ):
            end = min(signed.size, start + sequencer.BATCH // tiles.WIDTH * tiles.WIDTH)
            bodies = _bodies(folder, start, end)[max(0, size - start) :]
            sequencer.append(
                max(size, start), [(tree.leaf_hash(body), body, facts.check(body)["type"]) for body in bodies]
            )
    except (TlogError, facts.NotAFact) as error:
        raise NotReplayed(str(error)) from None
    if log.root(signed.size) != signed.root:
        raise NotReplayed("the entries of the files do not make the signed tree")
    if not Checkpoint.objects.filter(size=signed.size).exists():
        Checkpoint.objects.create(size=signed.size, root=signed.root, note=note, signed_at=at)
    return signed.size - size


def _bodies(folder: Path, start: int, end: int) -> list[bytes]:
    found = []
    for n in range(start // tiles.WIDTH, (end + tiles.WIDTH - 1) // tiles.WIDTH):
        found += files.entries(folder, n, tiles.tile_width(0, n, end))
    return found
