"""The nine boxes of talent: performance and potential, each in three steps, and the number both give.

Source: PermenPANRB 3/2020 on talent management (nine boxes; the pool of talents is boxes 7, 8 and 9). How potential is
put together is left to the institution there: here it is the sum of three inputs, said on the public page.
"""

from django.db.models import IntegerChoices, Q
from django.utils.translation import gettext_lazy as _

from workforce.models.employee import Predicate


class Step(IntegerChoices):
    LOW = 1, _("Rendah")
    MIDDLE = 2, _("Menengah")
    HIGH = 3, _("Tinggi")


PERFORMANCE = {
    Predicate.EXCELLENT: 3,
    Predicate.GOOD: 2,
    Predicate.NEEDS_IMPROVEMENT: 1,
    Predicate.POOR: 1,
    Predicate.VERY_POOR: 1,
}
BOXES = {(3, 3): 9, (2, 3): 8, (3, 2): 7, (1, 3): 6, (2, 2): 5, (3, 1): 4, (1, 2): 3, (2, 1): 2, (1, 1): 1}
POOL, MIDDLE_POOL, OTHERS = _("Kelompok talenta (kotak 7, 8, 9)"), _("Kotak 4, 5, 6"), _("Kotak 1, 2, 3")
INPUTS = ("competence", "record", "learning")


def potential_of(competence: int, record: int, learning: int) -> int:
    """1 for a sum of 3 or 4, 3 for 8 or 9, 2 between."""
    total = competence + record + learning
    return 1 if total <= 4 else 3 if total >= 8 else 2


def box_of(predicate: str, potential: int) -> int:
    """The box from 1 to 9."""
    return BOXES[PERFORMANCE[Predicate(predicate)], potential]


def group_of(box: int) -> str:
    """In which of the three groups that are counted a box is."""
    return str(POOL if box >= 7 else MIDDLE_POOL if box >= 4 else OTHERS)


def potential_by_the_sum() -> Q:
    """The condition that the potential of a row follows from its inputs."""
    steps = (1, 2, 3)
    condition = Q()
    for a in steps:
        for b in steps:
            for c in steps:
                condition |= Q(competence=a, record=b, learning=c, potential=potential_of(a, b, c))
    return condition


def box_by_the_table() -> Q:
    """The condition that the box of a row follows from its predicate and potential."""
    condition = Q()
    for predicate in Predicate:
        for potential in (1, 2, 3):
            condition |= Q(predicate=predicate.value, potential=potential, box=box_of(predicate, potential))
    return condition
