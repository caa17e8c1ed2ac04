"""What a witness answers to a new checkpoint (tlog-witness): one decision, made before anything is kept."""

from collections.abc import Callable, Mapping, Sequence

from ledger.tlog.checkpoints import Checkpoint, parse_checkpoint
from ledger.tlog.notes import Key, parse_note, verify_note
from ledger.tlog.scalars import TlogError, b64d, b64e, dec
from ledger.tlog.tree import EMPTY_ROOT, verify_consistency

COSIGNED = "text/plain; charset=utf-8"
PLAIN = "text/plain"
SIZE = "text/x.tlog.size"
LONGEST_PATH = 63

Answer = tuple[int, str, str, Checkpoint | None]


def format_add_checkpoint(old: int, path: Sequence[bytes], note: bytes) -> bytes:
    """The body of POST add-checkpoint: what the witness has, the way from there, and the signed checkpoint."""
    return f"old {old}\n{''.join(b64e(step) + chr(10) for step in path)}\n".encode() + note


def witness_step(
    body: bytes, log_keys: Mapping[str, Sequence[Key]], seen: Callable[[str], Checkpoint | None]
) -> Answer:
    """(status, content type, body, what to remember and then cosign) for `body`.

    `log_keys` are the keys by origin, `seen` the last checkpoint cosigned of an origin. Whoever calls keeps
    the new one durably, in one step with the look at the old one, before answering 200.
    """
    try:
        old, path, note = _parse(body)
        claimed = parse_checkpoint(parse_note(note).text)
    except TlogError as error:
        return _refused(400, error)
    if claimed.origin not in log_keys:
        return _refused(404, "unknown origin")
    try:
        verify_note(note, log_keys[claimed.origin])
    except TlogError as error:
        return _refused(403, error)
    if old > claimed.size:
        return _refused(400, "the old size is beyond the checkpoint")
    last = seen(claimed.origin) or Checkpoint(claimed.origin, 0, EMPTY_ROOT)
    if old != last.size:
        return 409, SIZE, f"{last.size}\n", None
    try:
        if claimed.size == 0 and claimed.root != EMPTY_ROOT:
            raise TlogError("an empty tree with another root")
        verify_consistency(last.size, claimed.size, last.root, claimed.root, path)
    except TlogError as error:
        return _refused(422, error)
    return 200, COSIGNED, "", claimed


def _refused(status: int, why: object) -> Answer:
    return status, PLAIN, f"{why}\n", None


def _parse(body: bytes) -> tuple[int, list[bytes], bytes]:
    head, gap, note = body.partition(b"\n\n")
    try:
        first, *steps = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise TlogError("not a request") from None
    if not gap or not first.startswith("old ") or len(steps) > LONGEST_PATH:
        raise TlogError("not a request")
    return dec(first[4:]), [b64d(step, 32) for step in steps], note
