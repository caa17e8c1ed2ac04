"""The steps in which people ask for a salary: rupiah a month, and the words for it."""

from django.utils.translation import gettext_lazy as _

STEPS = [
    (3_000_000, _("Rp3 juta")),
    (5_000_000, _("Rp5 juta")),
    (7_000_000, _("Rp7 juta")),
    (10_000_000, _("Rp10 juta")),
]
