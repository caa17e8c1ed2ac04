from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class FormationImport(models.Model):
    """One formation file: what it was, what it would change, and whether it was applied.

    `report` holds counts and a per-row list: row, code, verdict (new, changed, same, error), and words.
    The rows as read wait in `rows` until they are applied; a file with an error cannot be.
    """

    recruitment = models.ForeignKey("vacancies.Recruitment", models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    report = models.JSONField(default=dict)
    rows = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("impor formasi")
        verbose_name_plural = _("impor formasi")
        ordering = ["-uploaded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(applied_at=None, applied_by=None) | Q(applied_at__isnull=False, applied_by__isnull=False),
                name="formation_import_applied_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.file_name
