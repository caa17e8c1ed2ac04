"""Makes the record public: files first, then the signature, then the checkpoint that everybody reads."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection, transaction

from ledger import audit, files, log, promises, standing, vouching, witnesses
from ledger.actions import signing
from ledger.models import Checkpoint
from ledger.tlog import checkpoints, notes, tiles

TURN = 0x6A740002  # the advisory lock of whoever publishes
POLICY, QUORUM = "policy", "checkpoint.quorum"


@transaction.atomic(durable=True)
def publish(at) -> Checkpoint | None:
    """Publish and sign everything that was appended since the last checkpoint; the new one, or None.

    Files are durable before the signer looks at them, the signer remembers before it signs, and the row comes
    last: whoever sees it may count on all the rest. May be repeated after a crash at any point. Raises
    standing.Broken, audit.Differs, files.Changed or signing.Refused, and then nothing new is signed.
    """
    size, last = log.size(), log.signed()
    if not size or (last and last.size == size and _is_shown(last)):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
    size, last = log.size(), log.signed()
    standing.check(size)
    old = last.size if last else 0
    if old == size:
        show(last)
        return None
    audit.look_back(old)
    files.put(log.folder(), contents(old, size))
    root = log.root(size)
    note = signing.sign(size, root)
    text = checkpoints.format_checkpoint(checkpoints.Checkpoint(settings.LOG_ORIGIN, size, root))
    if notes.verify_note(note, log.known_keys())[0] != text:
        raise signing.Refused("the signer signed something else")
    made = Checkpoint(size=size, root=root, note=note, signed_at=at)
    show(made)
    made.save(force_insert=True)
    return made


def contents(old: int, new: int) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files that the growth from `old` to `new` entries makes."""
    for level, n, width in tiles.new_tiles(old, new):
        if level == 0:
            first = n * tiles.WIDTH
            yield tiles.tile_path("entries", n, width), tiles.encode_bundle(log.bodies(first, first + width))
        yield tiles.tile_path(level, n, width), log.hashes(level, n, width)


def policy() -> str:
    """Whom a reader should expect to have signed, as a tlog-policy."""
    return witnesses.policy_text([*log.known_keys(), promises.public_key()])


def _is_shown(checkpoint: Checkpoint) -> bool:
    try:
        return all((log.folder() / name).read_bytes() == content for name, content in _shown(checkpoint).items())
    except FileNotFoundError:
        return False


def _shown(checkpoint: Checkpoint) -> dict[str, bytes]:
    """What stands at the addresses that change, the one that readers ask for first the last."""
    held = vouching.vouched_checkpoint()
    cosigned = {QUORUM: log.note_of(held)} if held else {}
    return {POLICY: policy().encode(), **cosigned, files.CHECKPOINT: log.note_of(checkpoint)}


def show(checkpoint: Checkpoint) -> None:
    """Let everybody read this checkpoint, the newest one with enough cosignatures, and whom to expect under both."""
    for name, content in _shown(checkpoint).items():
        files.replace(log.folder() / name, content)
