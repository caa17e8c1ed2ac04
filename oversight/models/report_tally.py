from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from oversight.models.report import on_the_hour
from oversight.models.team_key import bytes_of


class ReportTally(models.Model):
    """How many reports and messages came in from `since` until `until`, and a digest over them: in the record.

    One an hour, also when nothing came, and the record holds the salted digest alone: from outside nobody sees
    whether there was a report. Whoever deletes one leaves an hour that no longer adds up.
    """

    since = models.DateTimeField()
    until = models.DateTimeField(unique=True)
    reports = models.PositiveIntegerField()
    messages = models.PositiveIntegerField()
    salt = models.BinaryField(max_length=32)
    digest = models.CharField(max_length=64)
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("hitungan laporan warga")
        verbose_name_plural = _("hitungan laporan warga")
        ordering = ["until"]
        get_latest_by = "until"
        constraints = [
            models.UniqueConstraint(fields=["since"], name="report_tally_since"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="report_tally_forward"),
            models.CheckConstraint(condition=on_the_hour("until"), name="report_tally_to_the_hour"),
            models.CheckConstraint(condition=bytes_of("salt", 32), name="report_tally_salt"),
        ]
        triggers = append_only("report_tally")

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d %H}"
