from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Indicator(models.Model):
    """What one indicator was for one period, as computed on one night. The newest row of a period counts.

    `denominator` is null for a plain count. `median` and `tenth` (nine of ten took no longer) are in seconds, null
    where time means nothing. A period in which nothing happened has zeros: no data, which is never 100 per cent.
    """

    class Span(models.TextChoices):
        MONTH = "month", _("Bulan")
        YEAR = "year", _("Tahun")

    name = models.CharField(max_length=40)
    span = models.CharField(max_length=5, choices=Span)
    period = models.DateField(help_text="First day.")
    numerator = models.BigIntegerField()
    denominator = models.BigIntegerField(null=True)
    median = models.BigIntegerField(null=True)
    tenth = models.BigIntegerField(null=True)
    night = models.DateField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("indikator keterbukaan")
        verbose_name_plural = _("indikator keterbukaan")
        constraints = [
            models.UniqueConstraint(fields=["name", "span", "period", "night"], name="indicator_once_a_night"),
            models.CheckConstraint(
                condition=Q(numerator__gte=0) & (Q(denominator=None) | Q(denominator__gte=0)),
                name="indicator_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["night"], name="indicator_night")]
        triggers = append_only("indicator")

    def __str__(self) -> str:
        return f"{self.name} {self.period} {self.night}"


class PassRate(models.Model):
    """How many of one group a stage let through; written once for each stage, and never again.

    Once, because two counts that differ by a correction would tell to which group the corrected person belongs.
    Null where the group is too small to be told.
    """

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="pass_rates")
    announcement = models.ForeignKey("selection.Announcement", models.PROTECT, related_name="+")
    grouping = models.CharField(max_length=10)
    group = models.CharField(max_length=40, blank=True)
    took = models.PositiveIntegerField(null=True)
    passed = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kelolosan menurut kelompok")
        verbose_name_plural = _("kelolosan menurut kelompok")
        ordering = ["stage", "grouping", "group"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "grouping", "group"], name="pass_rate_once"),
            models.CheckConstraint(
                condition=Q(took=None, passed=None) | Q(took__gte=10, passed__isnull=False, passed__lte=F("took")),
                name="pass_rate_of_enough_people",
            ),
        ]
        triggers = append_only("pass_rate")

    def __str__(self) -> str:
        return f"{self.stage_id} {self.grouping}:{self.group}"
