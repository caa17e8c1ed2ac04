"""Questions that other apps ask about the record."""

from ledger import log
from ledger.models import Entry, Pending
from ledger.tlog import proofs, tree
from ledger.vouching import Vouching, vouched_checkpoint


def is_signed(fact: Pending) -> bool:
    """Whether the fact stands in a checkpoint that the log signed. Asks the database, not the object at hand."""
    n = Pending.objects.values_list("n", flat=True).get(pk=fact.pk)
    return n is not None and n < log.signed_size()


def is_waiting(fact: Pending) -> bool:
    """Whether witnesses have to vouch for the fact and too few of them did so far."""
    n = Pending.objects.values_list("n", flat=True).get(pk=fact.pk)
    return Vouching().of(n).name == "waiting"


def proof_of(fact: Pending) -> tuple[bytes, bytes] | None:
    """The entry of the fact and a tlog-proof of it; None before it is signed.

    Under the newest checkpoint that enough witnesses cosigned, where one holds the entry: below the quorum a proof
    convinces nobody. Otherwise under the newest one that the log signed.
    """
    n = Pending.objects.values_list("n", flat=True).get(pk=fact.pk)
    last = None if n is None else vouched_checkpoint()
    if n is not None and (last is None or n >= last.size):
        last = log.signed()
    if n is None or last is None or n >= last.size:
        return None
    path = tree.prove_inclusion(n, last.size, log.reader(last.size))
    entry = bytes(Entry.objects.values_list("body", flat=True).get(n=n))
    return entry, proofs.format_proof(proofs.Proof(n, tuple(path), log.note_of(last)))
