from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class ParticipantList(models.Model):
    """One published list of participants that was imported: what it was, who brought it, how many it added."""

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="participant_lists")
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()

    class Meta:
        verbose_name = _("daftar peserta")
        verbose_name_plural = _("daftar peserta")
        ordering = ["imported_at"]
        constraints = [models.UniqueConstraint(fields=["stage", "sha256"], name="participant_list_once")]
        triggers = append_only("participant_list")

    def __str__(self) -> str:
        return self.file_name or self.sha256[:12]
