from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Receipt(models.Model):
    """Proof that an application was received: number, instant by the database clock, content hash."""

    application = models.OneToOneField("selection.Application", models.PROTECT, related_name="receipt")
    number = models.CharField(_("nomor tanda terima"), max_length=20, unique=True)
    content_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tanda terima")
        verbose_name_plural = _("tanda terima")
        triggers = append_only("receipt")

    def __str__(self) -> str:
        return self.number
