from django.db import models
from django.utils.translation import gettext_lazy as _


class Reading(models.Model):
    """How often the team opened pages of one kind in one month. Nobody's name and no page: a count for the public."""

    class Kind(models.TextChoices):
        STAGE = "stage", _("Halaman tahap")
        FINDING = "finding", _("Halaman temuan")

    month = models.DateField(_("bulan"))
    kind = models.CharField(_("apa"), max_length=10, choices=Kind)
    n = models.PositiveIntegerField(_("kali"), default=0)

    class Meta:
        verbose_name = _("pembacaan tim")
        verbose_name_plural = _("pembacaan tim")
        ordering = ["-month", "kind"]
        constraints = [models.UniqueConstraint(fields=["month", "kind"], name="one_reading_per_month_and_kind")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind} {self.n}"
