"""Questions that other apps ask about the record."""

from ledger import log
from ledger.models import Pending


def is_signed(fact: Pending) -> bool:
    """Whether the fact stands in a checkpoint that the log signed. Asks the database, not the object at hand."""
    n = Pending.objects.values_list("n", flat=True).get(pk=fact.pk)
    return n is not None and n < log.signed_size()
