from django.db import models
from django.utils.translation import gettext_lazy as _


class Holiday(models.Model):
    """A day that is no working day: national holiday or joint leave (cuti bersama), by decree."""

    date = models.DateField(_("tanggal"), unique=True)
    name = models.CharField(_("nama"), max_length=120)
    decree = models.CharField(_("dasar"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("hari libur")
        verbose_name_plural = _("hari libur")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
