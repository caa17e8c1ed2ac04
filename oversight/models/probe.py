from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Probe(models.Model):
    """One look of the keeper at the portal's own address: whether it answered, and after how long. Nobody's visit."""

    slot = models.DateTimeField(_("waktu"), unique=True)
    answered = models.BooleanField(_("menjawab"))
    took = models.PositiveIntegerField(_("milidetik"))

    class Meta:
        verbose_name = _("pemeriksaan ketersediaan")
        verbose_name_plural = _("pemeriksaan ketersediaan")
        triggers = append_only("probe")

    def __str__(self) -> str:
        return f"{self.slot:%Y-%m-%d %H:%M} {self.answered}"
