from ledger.models.pending import Pending, Wording
from ledger.models.record import Checkpoint, Cosignature, Entry, Node

__all__ = ["Checkpoint", "Cosignature", "Entry", "Node", "Pending", "Wording"]
