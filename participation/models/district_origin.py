from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class DistrictOrigin(models.Model):
    """How many applicants of a recruitment come from a district; counted once, after its registration closed.

    `code` is the six digits of the district in a NIK, "" for every other place. Numbers only: whose NIK it was is not
    kept, and pages tell no small ones.
    """

    recruitment = models.ForeignKey("vacancies.Recruitment", models.PROTECT, related_name="origins")
    code = models.CharField(max_length=6, blank=True)
    people = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("asal pelamar")
        verbose_name_plural = _("asal pelamar")
        constraints = [models.UniqueConstraint(fields=["recruitment", "code"], name="one_origin_per_district")]
        triggers = append_only("district_origin")

    def __str__(self) -> str:
        return f"{self.recruitment_id} {self.code}"
