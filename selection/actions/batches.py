"""Sent applications enter the public record: every ten minutes one root over the new commitments."""

import logging
from base64 import b64decode
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q

from ledger.actions import record
from ledger.promises import WITHIN
from ledger.tlog.tree import in_memory, leaf_hash, root
from selection.models import ApplicationBatch, BatchLeaf, Receipt
from vacancies.models import Stage

logger = logging.getLogger(__name__)
EVERY = timedelta(minutes=10)
TURN = 0x6A740010  # the advisory lock of whoever writes a batch


@transaction.atomic(durable=True)
def record_batch(at) -> ApplicationBatch | None:
    """Bind every commitment that stands in no batch yet; None where the last batch is younger than ten minutes.

    While a registration is open a batch without any says so too: silence would prove nothing. May be rung by any
    number of processes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
    last = ApplicationBatch.objects.order_by("-pk").first()
    if last and at - last.at < EVERY:
        return None
    waiting = sorted(unbatched(), key=lambda one: b64decode(one.commitment))
    if not waiting and not _registering(at):
        return None
    found = root_of([one.commitment for one in waiting])
    fact = record.append("applications.batch", at=at, count=len(waiting), root=found)
    batch = ApplicationBatch.objects.create(count=len(waiting), root=found, fact=fact, at=at)
    BatchLeaf.objects.bulk_create(
        [BatchLeaf(batch=batch, receipt=one, index=index) for index, one in enumerate(waiting)], batch_size=5000
    )
    if broken := [one.number for one in waiting if one.promise and at - one.at > WITHIN]:
        logger.error("%s promises to applicants were broken, the first is %s", len(broken), broken[0])
    return batch


def unbatched():
    """Receipts whose commitment stands in no batch."""
    return Receipt.objects.filter(leaf=None).exclude(commitment="")


def root_of(commitments: list[str]) -> str:
    """The root in hex over the commitments (base64) in the order given."""
    return root(len(commitments), tree_of(commitments)).hex()


def tree_of(commitments: list[str]):
    return in_memory([leaf_hash(b64decode(one)) for one in commitments])


def _registering(at) -> bool:
    """Whether anybody can send an application: then the record hears of it even if nobody did."""
    return Stage.objects.filter(
        Q(closes_at__gt=at) | Q(closed_at=None), kind=Stage.Kind.REGISTRATION, opens_at__lte=at,
        recruitment__published_at__isnull=False, recruitment__mirrors_national=False,
    ).exists()  # fmt: skip
