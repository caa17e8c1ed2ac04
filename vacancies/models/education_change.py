from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class EducationChange(models.Model):
    """An education that a public formation accepts from now on, or no longer: written by the database itself.

    A file that is applied takes all of a formation's away and puts them back; what comes and goes at the same
    instant did not change.
    """

    formation = models.ForeignKey("vacancies.Formation", models.PROTECT, related_name="education_changes")
    level = models.CharField(max_length=40)
    program = models.CharField(max_length=250)
    added = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("riwayat kualifikasi")
        verbose_name_plural = _("riwayat kualifikasi")
        indexes = [models.Index(fields=["formation", "at"], name="education_change_of")]
        triggers = append_only("education_change")

    def __str__(self) -> str:
        return f"{'+' if self.added else '−'} {self.level} {self.program}"
