from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from lib.append_only import append_only


class ItemImport(models.Model):
    """A file with items that was read, and what is wrong with it; nothing is in the bank before somebody applies it.

    The items wait encrypted and are taken away when they were applied, or after a day.
    """

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    free = models.BooleanField(_("soal latihan bebas"))
    rows = models.PositiveIntegerField()
    problems = models.JSONField(default=list)
    sealed = EncryptedText(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("impor soal")
        verbose_name_plural = _("impor soal")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(problems=[], sealed__isnull=True),
                name="item_import_applied_without_problem",
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.at}"


class ItemExport(models.Model):
    """Somebody took items out of the bank: who, when, which, how many."""

    free = models.BooleanField()
    component = models.CharField(max_length=15, blank=True)
    count = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("ekspor soal")
        verbose_name_plural = _("ekspor soal")
        ordering = ["-at", "-pk"]
        triggers = append_only("item_export")

    def __str__(self) -> str:
        return f"{self.by_id} {self.at}"
