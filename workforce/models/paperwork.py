from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText


class EmployeeImport(models.Model):
    """One file of employees: what it would change, and whether it was applied, by another than who uploaded it.

    `report` names nobody's NIP. The rows as read wait as ciphertext in `rows` and go when they are applied.
    """

    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    report = models.JSONField(default=dict)
    rows = EncryptedText(null=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("impor pegawai")
        verbose_name_plural = _("impor pegawai")
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at=None, applied_by=None)
                | Q(applied_at__isnull=False, applied_by__isnull=False) & ~Q(applied_by=F("uploaded_by")),
                name="employee_import_applied_by_another",
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class EmployeeErasure(models.Model):
    """Everything personal about somebody who left goes: asked by one, approved by another, done by the worker."""

    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="erasures")
    letter = models.CharField(_("nomor surat"), max_length=120)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("penghapusan data pegawai")
        verbose_name_plural = _("penghapusan data pegawai")
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, done_at=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(approved_by=F("asked_by")),
                name="employee_erasure_approved_by_another",
            ),
            models.UniqueConstraint(fields=["employee"], name="one_erasure_of_an_employee"),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.asked_at:%Y-%m-%d}"
