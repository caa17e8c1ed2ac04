"""The public record: appending, proving and auditing, beside bare COPY and bare SHA-256 over the same bytes."""

import hashlib
import random
import secrets
import statistics
import time

from django.db import connection

from bench.made_up import AT
from bench.measure import Line, Taken, in_turn, rate, taken
from ledger import audit, files, log
from ledger.actions import publishing, sequencer
from ledger.models import Entry
from ledger.tlog import tiles, tree

BODY = (
    '{{"at":"2026-11-02T05:00:00Z","body":{{"batch":{n},"digest":"{digest}","recruitment":"cpns-2026","rows":1200,'
    '"stage":"skd"}},"by":"office","id":"{id}","type":"scores.approved","v":1}}'
)
PUBLISHED = 10 * sequencer.BATCH  # before each signature 65,536 old entries are hashed again, twice


def measure(quick: bool, people: int) -> list[Line]:
    count = 30_000 if quick else 1_000_000
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bare (n bigint PRIMARY KEY, leaf bytea NOT NULL UNIQUE, body bytea NOT NULL)")
    appended = copied = inserted = published = 0.0
    done = 0
    while done < count:
        wanted = min(sequencer.BATCH, count - done)
        waiting = _wait(done, wanted)
        appended += _timed(lambda: sequencer.sequence(AT))
        copied += _timed(lambda rows=waiting, first=done: _bare_copy(rows, first))
        inserted += _timed(lambda: _bare_insert())
        done += wanted
        if done % PUBLISHED == 0 or done == count:
            published += _timed(lambda: publishing.publish(AT))
    size = log.size()
    proofs = taken(lambda run: [_prove(size) for _ in range(100)], 3)
    everyday, nightly, bare, volume = _audits(size, 1 if quick else 3)
    return [
        Line(f"record: append {count:,} facts in batches of {sequencer.BATCH:,}, each checked against the allow-list",
             f"{rate(count, appended)} /s", f"bare COPY of the same bytes with the same keys: {rate(count, copied)} /s; "
             f"INSERT … SELECT: {rate(count, inserted)} /s", f"{appended / copied:.1f} × the COPY"),
        Line(f"record: publish and sign them, {min(PUBLISHED, count):,} at once (files written through, hashed again by the signer, old ones in turn)",
             f"{rate(count, published)} /s"),
        Line(f"record: one inclusion proof out of the database, {size:,} entries", f"{proofs.seconds * 10:.2f} ms",
             memory=proofs.memory),
        Line(f"record: audit of everything, {size:,} entries ({volume / 2**20:.0f} MiB), database and files",
             f"{everyday.seconds:.1f} s", f"bare SHA-256 over the same entries: {bare:.2f} s",
             f"{everyday.seconds / bare:.1f} × the hashing", everyday.memory),
        Line("record: the same, and each entry held against the allow-list, as every night",
             f"{nightly.seconds:.1f} s", f"bare SHA-256 over the same entries: {bare:.2f} s",
             f"{nightly.seconds / bare:.1f} × the hashing", nightly.memory),
    ]  # fmt: skip


def _timed(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _wait(first: int, count: int) -> list[tuple[bytes, bytes]]:
    """`count` made-up facts that wait for the sequencer."""
    rows = []
    for n in range(first, first + count):
        text = BODY.format(n=n, digest=secrets.token_hex(32), id=secrets.token_hex(16)).encode()
        rows.append((tree.leaf_hash(text), text))
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY ledger_pending (kind, body, leaf, at, refused) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["varchar", "bytea", "bytea", "timestamptz", "varchar"])
        for leaf, text in rows:
            copy.write_row(("scores.approved", text, leaf, AT, ""))
    return rows


def _bare_copy(rows: list[tuple[bytes, bytes]], first: int) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY bare (n, leaf, body) FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int8", "bytea", "bytea"])
        for n, (leaf, text) in enumerate(rows, start=first):
            copy.write_row((n, leaf, text))


def _bare_insert() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE again (LIKE bare INCLUDING ALL)")
        cursor.execute("INSERT INTO again SELECT * FROM bare ORDER BY n DESC LIMIT %s", [sequencer.BATCH])
        cursor.execute("DROP TABLE again")


def _prove(size: int) -> None:
    index = random.randrange(size)  # noqa: S311 - any entry will do
    read = log.reader(size)
    leaf = bytes(Entry.objects.values_list("leaf", flat=True).get(n=index))
    tree.verify_inclusion(leaf, index, size, tree.prove_inclusion(index, size, read), log.signed().root)


def _audits(size: int, runs: int) -> tuple[Taken, Taken, float, int]:
    """Audits without and with the allow-list, and bare hashing in seconds, in turn; and how many bytes they read."""
    hashed = []

    def audited(checked: bool) -> None:
        if found := list(audit.Whole(facts=checked).problems()):
            raise AssertionError(found[:3])

    works = [lambda _run: audited(False), lambda _run: audited(True), lambda _run: hashed.append(_bare_hashing(size))]
    everyday, nightly, _reading = in_turn(works, runs)
    return everyday, nightly, statistics.median(seconds for seconds, _volume in hashed), hashed[0][1]


def _bare_hashing(size: int) -> tuple[float, int]:
    """Seconds to hash every entry and nothing else, and how many bytes they are."""
    seconds, volume = 0.0, 0
    for n in range((size + tiles.WIDTH - 1) // tiles.WIDTH):
        entries = files.entries(log.folder(), n, tiles.tile_width(0, n, size))
        started = time.perf_counter()
        for entry in entries:
            hashlib.sha256(b"\0" + entry).digest()
        seconds += time.perf_counter() - started
        volume += sum(map(len, entries))
    return seconds, volume
