from ledger.models.pending import Pending, Wording
from ledger.models.record import Checkpoint, Cosignature, Entry, Node
from ledger.models.witness import Refusal, Witness

__all__ = ["Checkpoint", "Cosignature", "Entry", "Node", "Pending", "Refusal", "Witness", "Wording"]
