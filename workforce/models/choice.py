import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only

SHORTEST_REASON = 80  # letters; a name alone is no reason


class Choice(models.Model):
    """Whom the appointing official (PPK) took out of the best of a formation, and why, in words for everybody.

    Only somebody whom the newest public announcement of the last stage lets through, once for each formation.
    """

    formation = models.OneToOneField("vacancies.Formation", models.PROTECT, related_name="choice")
    announcement = models.ForeignKey("selection.Announcement", models.PROTECT, related_name="+")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="+")
    reason = models.TextField(_("alasan pilihan"), max_length=4000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("pilihan pejabat")
        verbose_name_plural = _("pilihan pejabat")
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length("reason"), SHORTEST_REASON), name="choice_with_a_reason"
            ),
        ]
        triggers = [
            *append_only("choice"),
            pgtrigger.Trigger(
                name="choice_among_the_best",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM selection_announcement a
                        JOIN selection_outcome o ON o.set_id = a.outcome_set_id
                        WHERE a.id = NEW.announcement_id AND a.public_at IS NOT NULL
                          AND o.application_id = NEW.application_id AND o.formation_id = NEW.formation_id AND o.advances
                          AND NOT EXISTS (SELECT FROM selection_announcement l
                                          WHERE l.stage_id = a.stage_id AND l.version > a.version)
                          AND NOT EXISTS (SELECT FROM vacancies_stage s JOIN vacancies_stage h ON h.id = a.stage_id
                                          WHERE s.recruitment_id = h.recruitment_id AND s."order" > h."order"
                                          AND s.rule <> '')) THEN
                        RAISE EXCEPTION 'chosen is one of the best whom the newest announcement names';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.formation_id}: {self.application_id}"
