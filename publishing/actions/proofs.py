"""Proofs of work that browsers bring along with a form: each counts once."""

from datetime import timedelta

from django.db import transaction

from lib import proof_of_work
from publishing.models import SpentProof

KEPT_AFTER = timedelta(hours=1)  # the clocks of two machines are never that far apart


@transaction.atomic(durable=True)
def spend(payload: str, purpose: str, *, at) -> bool:
    """Use up the proof in `payload` for a form of this purpose. False when it proves nothing or was used before.

    The primary key decides between two who bring the same at once.
    """
    found = proof_of_work.solved(payload, purpose, at=at)
    if found is None:
        return False
    _row, fresh = SpentProof.objects.get_or_create(challenge=found.challenge, defaults={"expires_at": found.expires_at})
    return fresh


def sweep(at) -> int:
    """What has expired cannot be used again, with or without its row; returns how many went."""
    gone, _each = SpentProof.objects.filter(expires_at__lte=at - KEPT_AFTER).delete()
    return gone
