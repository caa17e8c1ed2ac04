"""What cannot happen, as one table of named checks.

Constraints and triggers refuse most of it. These look again, from outside the actions, at what is really there:
hourly in production, by `manage.py check_invariants`, and after every fault that the tests cause.
"""

from oversight.invariants.shape import Invariant, Sight
from oversight.invariants.table import INVARIANTS, look

__all__ = ["INVARIANTS", "Invariant", "Sight", "look"]
