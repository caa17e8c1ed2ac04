"""Questions that other apps ask about the record."""

from ledger import log
from ledger.models import Entry, Pending
from ledger.tlog import proofs, tree


def is_signed(fact: Pending) -> bool:
    """Whether the fact stands in a checkpoint that the log signed. Asks the database, not the object at hand."""
    n = Pending.objects.values_list("n", flat=True).get(pk=fact.pk)
    return n is not None and n < log.signed_size()


def proof_of(fact: Pending) -> tuple[bytes, bytes] | None:
    """The entry of the fact and a tlog-proof of it under the newest checkpoint; None before it is signed."""
    n, last = Pending.objects.values_list("n", flat=True).get(pk=fact.pk), log.signed()
    if n is None or last is None or n >= last.size:
        return None
    path = tree.prove_inclusion(n, last.size, log.reader(last.size))
    entry = bytes(Entry.objects.values_list("body", flat=True).get(n=n))
    return entry, proofs.format_proof(proofs.Proof(n, tuple(path), log.note_of(last)))
