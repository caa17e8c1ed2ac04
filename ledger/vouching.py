"""How far the outside vouches for an entry: public, waiting for witnesses, or effective."""

from dataclasses import dataclass

from django.db import connection

from ledger import log, witnesses
from ledger.models import Checkpoint
from ledger.tlog.policy import Policy

LOOKED_AT = 10_000  # checkpoints; older ones vouch for nothing that a newer one does not


@dataclass(frozen=True)
class Vouched:
    """`signed` witnesses vouch for an entry and `needed` have to; none has to until there are witnesses."""

    signed: int
    needed: int
    effective: bool

    @property
    def name(self) -> str:
        """public (nobody has to vouch), waiting or effective."""
        if not self.needed:
            return "public"
        return "effective" if self.effective else "waiting"

    def __str__(self) -> str:
        return f"{self.name} {self.signed} {self.needed}"


class Vouching:
    """What every witness of the policy vouched for, at one moment."""

    def __init__(self):
        keys = log.known_keys()
        self.policy: Policy | None = witnesses.policy(keys) if keys else None
        by_label = {witnesses.label_of(key): key for key in (self.policy.witnesses.values() if self.policy else ())}
        self.reach = dict.fromkeys(by_label, 0)
        self.effective_size = 0
        for size, labels in _cosigned():
            known = [one for one in labels if one in by_label]
            for label in known:
                self.reach[label] = max(self.reach[label], size)
            if not self.effective_size and self.policy.quorum and self.policy.is_met([by_label[one] for one in known]):
                self.effective_size = size

    def of(self, n: int | None) -> Vouched:
        """How far entry `n` is; None is a fact that the record does not hold."""
        signed = 0 if n is None else sum(size > n for size in self.reach.values())
        effective = n is not None and n < self.effective_size
        return Vouched(signed, self.policy.fewest() if self.policy else 0, effective)


def vouched_checkpoint() -> Checkpoint | None:
    """The largest tree that enough witnesses cosigned; None where nobody has to, or too few did yet."""
    size = Vouching().effective_size
    return Checkpoint.objects.get(size=size) if size else None


def _cosigned() -> list[tuple[int, list[str]]]:
    """Sizes with the witnesses that vouched for them, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.size, array_agg(DISTINCT s.cosigner) FROM ledger_cosignature s"
            " JOIN ledger_checkpoint c ON c.id = s.checkpoint_id GROUP BY c.size ORDER BY c.size DESC LIMIT %s",
            [LOOKED_AT],
        )
        return cursor.fetchall()
