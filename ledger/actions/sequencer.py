"""Gives the facts that wait their place in the record. Any number may run; they take turns."""

import logging

from django.conf import settings
from django.db import connection, transaction

from ledger import facts, log, standing
from ledger.actions import record, signing
from ledger.models import Pending
from ledger.tlog import tiles, tree

logger = logging.getLogger(__name__)

TURN = 0x6A740001  # the advisory lock of whoever appends
BATCH = 10_000


@transaction.atomic(durable=True)
def sequence(at, *, limit: int = BATCH) -> int:
    """Append up to `limit` waiting facts as one batch; returns how many waited.

    One READ COMMITTED transaction: what it reads after the lock is what the last sequencer committed, so that
    numbers have no gap. A number is never taken from a sequence, nor facts by "beyond the last id": rolled
    back ones would leave holes, late commits would be passed by. Raises standing.Broken, and then adds
    nothing, where the database is older than the published record.
    """
    take_turn()
    size = log.size()
    standing.check(size)
    waiting = _waiting(limit)
    if not size and waiting:
        waiting = [_genesis(at), *waiting[: limit - 1]]
    known = _entries_of([leaf for _pk, _kind, _body, leaf in waiting])
    fresh = []
    for pk, kind, body, leaf in waiting:
        if leaf not in known and _is_fact(pk, kind, body):
            known[leaf] = size + len(fresh)
            fresh.append((leaf, body, kind))
    append(size, fresh)
    _answer([(pk, known[leaf]) for pk, _kind, _body, leaf in waiting if leaf in known])
    return len(waiting)


def take_turn() -> None:
    """Wait until nobody else appends; kept until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def _waiting(limit: int) -> list[tuple[int, str, bytes, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, body, leaf FROM ledger_pending WHERE n IS NULL AND refused = '' ORDER BY id LIMIT %s",
            [limit],
        )
        return [(pk, kind, bytes(body), bytes(leaf)) for pk, kind, body, leaf in cursor.fetchall()]


def _genesis(at) -> tuple[int, str, bytes, bytes]:
    """The first entry of a record says its name and the key that signs it."""
    fields = {"origin": settings.LOG_ORIGIN, "vkey": str(signing.keys_in_force()[0])}
    made = record.write("log.genesis", fields, at=at, late=False)
    return made.pk, made.kind, bytes(made.body), bytes(made.leaf)


def _entries_of(leaves: list[bytes]) -> dict[bytes, int]:
    """The entries that some of `leaves` are already, after a move that was repeated or a replay."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf, n FROM ledger_entry WHERE leaf = ANY(%s)", [leaves])
        return {bytes(leaf): n for leaf, n in cursor.fetchall()}


def _is_fact(pk: int, kind: str, body: bytes) -> bool:
    """Whether the allow-list lets `body` into the record; otherwise it is put aside and the line goes on."""
    try:
        facts.check_kind(body, kind)
    except facts.NotAFact as error:
        logger.error("fact %s is no fact and was not recorded: %s", pk, error)
        Pending.objects.filter(pk=pk).update(refused=str(error)[:200])
        return False
    return True


def append(size: int, fresh: list[tuple[bytes, bytes, str]]) -> None:
    """Add (leaf, body, kind) after the `size` entries there are, and the hashes over full bundles. Wants the turn."""
    if not fresh:
        return
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY ledger_entry (n, prev_id, leaf, body, kind) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int8", "int8", "bytea", "bytea", "text"])
        for n, (leaf, body, kind) in enumerate(fresh, start=size):
            copy.write_row((n, n - 1 if n else None, leaf, body, kind))
    with connection.cursor() as cursor:
        # Checks of foreign keys that wait for the end make every trigger until then ten times as slow.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    leaves = [leaf for leaf, _body, _kind in fresh]
    nodes = [node for node in tree.complete_nodes(size, leaves, log.reader(size)) if _is_kept(node[0])]
    with (
        connection.cursor() as cursor,
        cursor.copy('COPY ledger_node (level, "index", hash) FROM STDIN (FORMAT BINARY)') as copy,
    ):
        copy.set_types(["int2", "int8", "bytea"])
        for node in nodes:
            copy.write_row(node)


def _is_kept(level: int) -> bool:
    return level > 0 and level % tiles.HEIGHT == 0


def _answer(pairs: list[tuple[int, int]]) -> None:
    """Say in each fact which entry it became."""
    if not pairs:
        return
    waited, numbers = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_pending p SET n = v.n FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, n)"
            " WHERE p.id = v.id AND p.id BETWEEN %s AND %s",  # between: not all facts there ever were are read
            [list(waited), list(numbers), min(waited), max(waited)],
        )
