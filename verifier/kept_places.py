"""Ranks around rows of which only the hash is left: the place of a redacted row is kept, not recomputed.

Who was redacted, in which formation and with which scores, nobody can see any more. What can still be seen: the others
stand in the recomputed order, with gaps, and the gaps of all formations together are no more than the redacted rows.
RULES.md section 6.
"""

from collections.abc import Iterable

RESTS_ON_OTHERS = {"by", "closed_order"}  # what compares a person with a neighbour, who may be the redacted one


def gaps(places: list[tuple[int, int]]) -> int | None:
    """How many places are kept free among (recomputed, published) ranks, ascending; None where that explains nothing."""
    before, last = 0, None
    for recomputed, published in places:
        free = published - recomputed
        if free < before or (recomputed == last and free != before):
            return None
        before, last = free, recomputed
    return before


class Kept:
    """The redacted rows of a list, to be laid into its formations; `left` are those not seen in a gap yet."""

    def __init__(self, redacted: int):
        self.left = redacted
        self.touched: set[str] = set()

    def lay(self, formation: str, places: list[tuple[int, int]]) -> bool:
        """Whether redacted rows explain the gaps in a formation; they are used up by it."""
        free = gaps(sorted(places))
        if not free or free > self.left:
            return False
        self.left -= free
        self.touched.add(formation)
        return True

    def excuses(self, formation: str, names: Iterable[str]) -> bool:
        """Whether differences in `names` may come from a redacted neighbour in this formation."""
        if not set(names) <= RESTS_ON_OTHERS:
            return False
        if formation not in self.touched and self.left:
            self.left -= 1
            self.touched.add(formation)
        return formation in self.touched
