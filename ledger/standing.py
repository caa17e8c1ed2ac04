"""Does the database still hold the record that was published? Asked before anything is added or signed."""

from django.conf import settings

from ledger import files, log
from ledger.tlog.checkpoints import Checkpoint, parse_checkpoint
from ledger.tlog.notes import parse_note
from ledger.tlog.scalars import TlogError


class Broken(Exception):
    """Database and published record are not the same any more; see docs/runbooks/record.md."""


def published() -> Checkpoint | None:
    """The tree of the published checkpoint; its signature is for the signer and for readers to judge."""
    try:
        note = (log.folder() / files.CHECKPOINT).read_bytes()
    except FileNotFoundError:
        return None
    try:
        return parse_checkpoint(parse_note(note).text)
    except TlogError as error:
        raise Broken(f"CHANGED: the published checkpoint cannot be read: {error}") from None


def check(size: int) -> None:
    """Return when the `size` entries of the database begin with everything that was published. Raises Broken."""
    last, public = log.signed(), published()
    if last and not public:
        raise Broken("MISSING: the published checkpoint is gone")
    known = [("signed", Checkpoint(settings.LOG_ORIGIN, last.size, bytes(last.root)))] if last else []
    known += [("published", public)] if public else []
    for word, tree in known:
        if tree.origin != settings.LOG_ORIGIN:
            raise Broken(f"the published record is {tree.origin}, not {settings.LOG_ORIGIN}; an origin never changes")
        if size < tree.size:
            raise Broken(f"ROLLBACK: the database has {size} entries, {tree.size} were {word}")
        try:
            same = log.root(tree.size) == tree.root
        except TlogError as error:
            raise Broken(f"DAMAGED: the database cannot make the tree of {tree.size} entries: {error}") from None
        if not same:
            raise Broken(f"FORK: the first {tree.size} entries of the database are not those that were {word}")
