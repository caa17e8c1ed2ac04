import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class LiveScore(models.Model):
    """What a participant was shown as the own score at the end of a test, in the order of `components`.

    Written by whatever runs tests, in the transaction that shows it, or by a live feed. Nothing here counts for a
    result: it is held against the score file that comes later. Of a participant the newest counts; an older one never
    comes after it. A stage whose test ran elsewhere, unseen, has no rows, and no comparison.
    """

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="live_scores")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="live_scores")
    components = ArrayField(models.CharField(max_length=30))
    values = ArrayField(models.DecimalField(max_digits=9, decimal_places=3, null=True))
    shown_at = models.DateTimeField()

    class Meta:
        verbose_name = _("nilai di layar")
        verbose_name_plural = _("nilai di layar")
        constraints = [
            models.UniqueConstraint(fields=["stage", "application", "shown_at"], name="live_score_once_per_time"),
            models.CheckConstraint(
                condition=Q(components__len=F("values__len")), name="live_score_value_per_component"
            ),
        ]
        triggers = [
            *append_only("live_score"),
            pgtrigger.Trigger(
                name="live_score_never_older",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT FROM selection_application a JOIN vacancies_stage s
                                   ON s.recruitment_id = a.recruitment_id
                                   WHERE a.id = NEW.application_id AND s.id = NEW.stage_id) THEN
                        RAISE EXCEPTION 'this participant is of another recruitment';
                    END IF;
                    IF EXISTS (SELECT FROM selection_livescore l WHERE l.stage_id = NEW.stage_id
                               AND l.application_id = NEW.application_id AND l.shown_at >= NEW.shown_at) THEN
                        RAISE EXCEPTION 'a newer score of this participant was shown already';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"nilai di layar {self.application_id}"
