from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.Model):
    """A road to people. The site and the feed need no delivery rows; mail has one per person."""

    code = models.SlugField(_("kode"), max_length=30, unique=True)
    name = models.CharField(_("nama"), max_length=80)
    enabled = models.BooleanField(_("dipakai"), default=True)

    class Meta:
        verbose_name = _("kanal")
        verbose_name_plural = _("kanal")

    def __str__(self) -> str:
        return self.name
