"""How two marks become a predicate, and what a unit's own predicate says about the spread of them.

Source: PermenPANRB 6/2022 on managing the performance of civil servants (the 3 × 3 table of work result and behaviour,
and the guidance on distribution). The regulation says "Kurang/Misconduct" where here stands POOR.
"""

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from workforce.models.employee import Predicate


class Mark(TextChoices):
    """One of three steps, for the work result and for the behaviour alike."""

    BELOW = "di_bawah", _("Di bawah ekspektasi")
    AS = "sesuai", _("Sesuai ekspektasi")
    ABOVE = "di_atas", _("Di atas ekspektasi")


# (work result, behaviour) → predicate; PermenPANRB 6/2022
TABLE: dict[tuple[Mark, Mark], Predicate] = {
    (Mark.ABOVE, Mark.ABOVE): Predicate.EXCELLENT,
    (Mark.ABOVE, Mark.AS): Predicate.GOOD,
    (Mark.ABOVE, Mark.BELOW): Predicate.POOR,
    (Mark.AS, Mark.ABOVE): Predicate.GOOD,
    (Mark.AS, Mark.AS): Predicate.GOOD,
    (Mark.AS, Mark.BELOW): Predicate.POOR,
    (Mark.BELOW, Mark.ABOVE): Predicate.NEEDS_IMPROVEMENT,
    (Mark.BELOW, Mark.AS): Predicate.NEEDS_IMPROVEMENT,
    (Mark.BELOW, Mark.BELOW): Predicate.VERY_POOR,
}


def by_the_table() -> Q:
    """The condition that a row's predicate is the one of TABLE: the database refuses any other."""
    condition = Q()
    for (result, behaviour), predicate in TABLE.items():
        condition |= Q(result=str(result), behaviour=str(behaviour), predicate=str(predicate))
    return condition


class UnitPredicate(TextChoices):
    """The yearly predicate of a unit after PermenPANRB 6/2022."""

    OUTSTANDING = "istimewa", _("Istimewa")
    GOOD = "baik", _("Baik")
    NEEDS_IMPROVEMENT = "butuh_perbaikan", _("Butuh perbaikan")
    POOR = "kurang", _("Kurang")
    VERY_POOR = "sangat_kurang", _("Sangat kurang")


# What the regulation expects of the spread inside a unit: guidance to read, and no rule that changes a mark.
GUIDANCE = {
    UnitPredicate.OUTSTANDING: _("paling banyak sekitar 70 persen pegawai berpredikat sangat baik"),
    UnitPredicate.GOOD: _("paling banyak sekitar 70 persen pegawai berpredikat baik, dan ada yang di bawahnya"),
    UnitPredicate.NEEDS_IMPROVEMENT: _(
        "sekitar 60 persen atau lebih butuh perbaikan, dan paling banyak 10 persen sangat baik"
    ),
    UnitPredicate.POOR: _("sekitar 60 persen atau lebih berpredikat kurang"),
    UnitPredicate.VERY_POOR: _("sekitar 60 persen atau lebih sangat kurang, dan tidak ada yang sangat baik"),
}
