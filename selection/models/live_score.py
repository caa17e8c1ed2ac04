from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class LiveScore(models.Model):
    """What a participant was shown as the own score at the end of a test, in the order of `components`.

    Written by whatever runs tests, in the transaction that shows it. Nothing here counts for a result: it is held
    against the score file that comes later. A stage whose test ran elsewhere has no rows, and no comparison.
    """

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="live_scores")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="live_scores")
    components = ArrayField(models.CharField(max_length=30))
    values = ArrayField(models.DecimalField(max_digits=9, decimal_places=3, null=True))
    shown_at = models.DateTimeField()

    class Meta:
        verbose_name = _("nilai di layar")
        verbose_name_plural = _("nilai di layar")
        constraints = [models.UniqueConstraint(fields=["stage", "application"], name="live_score_once")]
        triggers = append_only("live_score")

    def __str__(self) -> str:
        return f"nilai di layar {self.application_id}"
