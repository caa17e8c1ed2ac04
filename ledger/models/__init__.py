from ledger.models.pending import Pending

__all__ = ["Pending"]
