from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from selection.states import State


class Step(models.Model):
    """One move of one application: its history, and the queue of news about it.

    Written in the transaction that made the move, never changed but for `told_at`.
    """

    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="steps")
    old = models.CharField(max_length=10, choices=State, blank=True)
    new = models.CharField(max_length=10, choices=State)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    because = models.CharField(max_length=500, blank=True)
    told_at = models.DateTimeField(null=True, help_text=_("Null: the applicant is still to be told."))

    class Meta:
        verbose_name = _("langkah")
        verbose_name_plural = _("langkah")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["id"], condition=models.Q(told_at=None), name="step_untold")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.old} → {self.new}"
