from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class InvariantRunQuerySet(models.QuerySet):
    def broken(self):
        return self.filter(offending__gt=0)


class InvariantRun(models.Model):
    """One look at one check: how many rows were looked at, how many offend, how long it took.

    `slot` is the hour it was due in, once per check; null for a look outside the hours. Where the check could
    not be made, the numbers are null and `trouble` says why: not looked at is never the same as whole.
    """

    name = models.CharField(max_length=60)
    slot = models.DateTimeField(null=True)
    at = models.DateTimeField()
    looked = models.BigIntegerField(_("baris yang dilihat"), null=True)
    offending = models.BigIntegerField(_("baris yang melanggar"), null=True)
    examples = ArrayField(models.CharField(max_length=200), default=list)
    took = models.PositiveIntegerField(help_text="Milliseconds.")
    trouble = models.CharField(max_length=200, blank=True)

    objects = InvariantRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("pemeriksaan sistem")
        verbose_name_plural = _("pemeriksaan sistem")
        constraints = [
            models.UniqueConstraint(fields=["name", "slot"], name="invariant_once_per_hour"),
            models.CheckConstraint(
                condition=(Q(trouble="") & Q(looked__isnull=False, offending__isnull=False))
                | (~Q(trouble="") & Q(looked=None, offending=None)),
                name="invariant_looked_or_trouble",
            ),
        ]
        indexes = [
            models.Index(fields=["name", "-at"], name="invariant_newest"),
            models.Index(fields=["-at"], condition=Q(offending__gt=0), name="invariant_broken"),
        ]
        triggers = append_only("invariant_run")

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M}"
