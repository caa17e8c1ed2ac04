"""Reads the record out of the database: sizes, hashes, entries. Nothing here writes."""

from pathlib import Path

from django.conf import settings
from django.db import connection

from ledger.models import Checkpoint, Entry
from ledger.tlog import canon, tiles, tree
from ledger.tlog.notes import Key, parse_vkey
from ledger.tlog.tree import Read

ANNOUNCE = ("log.genesis", "log.key")  # the kinds of entry that name a key


def folder() -> Path:
    """Where the published files of the record lie."""
    return settings.PUBLIC_ROOT / "log"


def size() -> int:
    """How many entries the record has, signed or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(n) + 1, 0) FROM ledger_entry")
        return cursor.fetchone()[0]


def signed() -> Checkpoint | None:
    """The largest tree that the log signed; every entry below its size is public."""
    return Checkpoint.objects.order_by("-size").first()


def note_of(checkpoint: Checkpoint) -> bytes:
    """The checkpoint as everybody reads it: the log's own signature and the newest one of each witness."""
    if checkpoint.pk is None:
        return bytes(checkpoint.note)
    newest = dict(checkpoint.cosignatures.order_by("pk").values_list("cosigner", "line"))
    return bytes(checkpoint.note) + "".join(newest.values()).encode()


def signed_size() -> int:
    last = signed()
    return last.size if last else 0


def hashes(level: int, n: int, width: int) -> bytes:
    """The hashes of a tile as the database holds them."""
    first = n * tiles.WIDTH
    with connection.cursor() as cursor:
        if level == 0:
            cursor.execute(
                "SELECT string_agg(leaf, ''::bytea ORDER BY n) FROM ledger_entry WHERE n >= %s AND n < %s",
                [first, first + width],
            )
        else:
            cursor.execute(
                "SELECT string_agg(hash, ''::bytea ORDER BY \"index\") FROM ledger_node"
                ' WHERE level = %s AND "index" >= %s AND "index" < %s',
                [level * tiles.HEIGHT, first, first + width],
            )
        return bytes(cursor.fetchone()[0] or b"")


def nodes(first: int, end: int) -> list[bytes]:
    """The stored hashes over the full bundles first … end − 1."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT hash FROM ledger_node WHERE level = %s AND "index" >= %s AND "index" < %s ORDER BY "index"',
            [tiles.HEIGHT, first, end],
        )
        return [bytes(row[0]) for row in cursor.fetchall()]


def reader(count: int) -> Read:
    """Reads hashes of the tree of the first `count` entries."""
    return tiles.tile_reader(count, hashes)


def root(count: int) -> bytes:
    return tree.root(count, reader(count))


def bodies(first: int, end: int) -> list[bytes]:
    """The entries first … end − 1 as they were hashed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM ledger_entry WHERE n >= %s AND n < %s ORDER BY n", [first, end])
        return [bytes(row[0]) for row in cursor.fetchall()]


def known_keys() -> list[Key]:
    """Every key that the record itself announced, the retired ones too: they vouch for what they signed."""
    about = Entry.objects.filter(kind__startswith="log.", kind__in=ANNOUNCE).order_by("n")
    said = [canon.load(bytes(body)) for body in about.values_list("body", flat=True)]
    return [parse_vkey(fact["body"]["vkey"]) for fact in said if fact["type"] in ANNOUNCE]  # not as it is filed
