"""Asks the witnesses to vouch for the newest checkpoint (tlog-witness), after it is public and apart from all else.

Each witness is asked in a thread of its own, without a transaction and without a lock. `Witness.busy_until` sees to
it that among all processes one asks at a time; a witness that fails is asked ever more rarely.
"""

import logging
from datetime import UTC, datetime, timedelta
from threading import Thread

from django.db import connections
from django.db.models import F, Q

from ledger import log, witnesses
from ledger.actions import publishing
from ledger.models import Checkpoint, Cosignature, Refusal, Witness
from ledger.post import Answer, Silent, post
from ledger.tlog import tree
from ledger.tlog.notes import parse_note, verify_note
from ledger.tlog.scalars import TlogError, dec
from ledger.tlog.witness import SIZE, format_add_checkpoint

logger = logging.getLogger(__name__)

SECONDS = 10  # for one question
ROUNDS = 3  # questions at one visit: the witness names another size, the record grows meanwhile
LEASE = timedelta(minutes=1)
HEARTBEAT = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(minutes=10)


class Refused(Exception):
    """The witness does not vouch; its words say why."""


def ask(at) -> list[Thread]:
    """Ask every witness that has not vouched for the newest checkpoint, or not lately; returns without waiting."""
    mark = log.signed()
    if mark is None:
        return []
    found = []
    for witness in witnesses.asked(witnesses.policy(log.known_keys())):
        if _claim(witness.label, mark, at):
            thread = Thread(target=_visit, args=(witness, at), name=f"witness {witness.label}", daemon=True)
            thread.start()
            found.append(thread)
    return found


def _claim(label: str, mark: Checkpoint, at) -> bool:
    """Whether this process asks now. Counted as a failure until the answer is there: a crash is one too."""
    Witness.objects.get_or_create(label=label)
    return bool(
        Witness.objects.filter(
            Q(busy_until=None) | Q(busy_until__lte=at),
            Q(cosigned_size__lt=mark.size) | Q(cosigned_at=None) | Q(cosigned_at__lte=at - HEARTBEAT),
            label=label,
        ).update(busy_until=at + LEASE, failures=F("failures") + 1)
    )


def _visit(witness: witnesses.Asked, at) -> None:
    try:
        visit(witness, at)
    except Exception:
        logger.exception("witness %s could not be asked", witness.label)
    finally:
        connections.close_all()  # those of this thread


def visit(witness: witnesses.Asked, at) -> bool:
    """One conversation with a claimed witness; True when it vouched. Stores what came of it and shows it."""
    state = Witness.objects.get(label=witness.label)
    try:
        mark, line, time = _converse(witness, state, at)
    except (Refused, Silent, TlogError) as error:
        pause = min(LONGEST_PAUSE, timedelta(seconds=10) * 2 ** min(state.failures - 1, 10))
        state.busy_until, state.trouble = at + pause, str(error)[:200]
        state.save(update_fields=["busy_until", "trouble", "size"])
        logger.warning("witness %s: %s", witness.label, error)
        return False
    Cosignature.objects.bulk_create(
        [Cosignature(checkpoint=mark, cosigner=witness.label, line=line, signed_at=time)], ignore_conflicts=True
    )
    state.size = state.cosigned_size = mark.size
    state.cosigned_at, state.busy_until, state.failures, state.trouble = at, at, 0, ""
    state.save()
    publishing.publish(at)
    return True


def _converse(witness: witnesses.Asked, state: Witness, at) -> tuple[Checkpoint, str, datetime]:
    """Which checkpoint the witness vouches for, its line and the time in it."""
    for _round in range(ROUNDS):
        mark = log.signed()
        old = min(state.size, mark.size)
        request = _request(old, mark)
        connections.close_all()  # nothing is held while the other side takes its time
        answer = post(f"{witness.url}/add-checkpoint", request, seconds=SECONDS)
        if answer.status == 200:
            return mark, *_cosigned(witness, mark, answer)
        if answer.status == 409 and answer.kind == SIZE:
            state.size = dec(answer.body.decode("ascii", "replace").removesuffix("\n"))
            if state.size > log.signed_size():
                raise _alarm(witness, mark, request, answer, at)
        elif answer.status == 422:
            raise _alarm(witness, mark, request, answer, at)
        else:
            raise Refused(f"answered {answer.status}")
    raise Refused("names another size each time")


def _request(old: int, mark: Checkpoint) -> bytes:
    path = tree.prove_consistency(old, mark.size, log.reader(mark.size)) if old else []
    return format_add_checkpoint(old, path, bytes(mark.note))


def _cosigned(witness: witnesses.Asked, mark: Checkpoint, answer: Answer) -> tuple[str, datetime]:
    """The witness's own line and its time, verified; TlogError for anything else."""
    text = parse_note(bytes(mark.note)).text
    note = text.encode() + b"\n" + answer.body
    _text, signers = verify_note(note, [witness.key])
    line = next(one for one in parse_note(note).signatures if (one.name, one.id) == (witness.key.name, witness.key.id))
    try:
        return str(line), datetime.fromtimestamp(signers[witness.key], UTC)
    except (OverflowError, OSError, ValueError):
        raise TlogError("a cosignature of no year") from None


def _alarm(witness: witnesses.Asked, mark: Checkpoint, request: bytes, answer: Answer, at) -> Refused:
    """Keep the evidence, cry out once; the exception to raise."""
    words = answer.body.decode("utf-8", "replace").replace("\0", "").strip()[:500]
    _kept, new = Refusal.objects.get_or_create(
        checkpoint=mark,
        witness=witness.label,
        defaults={"status": answer.status, "request": request, "answer": words, "at": at},
    )
    if new:
        logger.error(
            "ALARM: witness %s says that checkpoint %s does not continue what it saw (%s: %s)",
            *(witness.label, mark.size, answer.status, words),
        )
    return Refused(f"answered {answer.status}: the record does not continue what it saw")
