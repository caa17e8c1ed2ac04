import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from selection.models.review import Review


class ReopeningQuerySet(models.QuerySet):
    def unsettled(self):
        """Files that wait for a word, or for the second person's."""
        return self.filter(second_at=None)


class Reopening(models.Model):
    """A judged file is opened again because an objection was granted: the person's own, or an identical case.

    Two people without a part in the result say what follows. In one's own case they are those who granted the
    objection; an identical case is judged anew. What two say counts before the reviews when the stage is summed up again.
    """

    objection = models.ForeignKey("selection.Objection", models.PROTECT, related_name="reopenings")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="reopenings")
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="reopenings")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=3, choices=Review.Verdict, blank=True)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)

    objects = ReopeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("berkas dibuka kembali")
        verbose_name_plural = _("berkas dibuka kembali")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["objection", "application"], name="reopened_once_per_objection"),
            models.CheckConstraint(
                condition=Q(verdict="", first_by=None, first_at=None)
                | (~Q(verdict="") & Q(first_by__isnull=False, first_at__isnull=False)),
                name="reopening_verdict_has_person",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None, second_at=None)
                | (
                    Q(second_by__isnull=False, second_at__isnull=False, first_by__isnull=False)
                    & ~Q(second_by=F("first_by"))
                ),
                name="reopening_second_person",
            ),
        ]
        indexes = [models.Index(fields=["stage"], condition=Q(second_at=None), name="reopening_unsettled")]
        triggers = [
            pgtrigger.Trigger(
                name="reopening_follows_a_grant",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT FROM selection_objection o WHERE o.id = NEW.objection_id
                                   AND o.state = 'granted' AND o.stage_id = NEW.stage_id) THEN
                        RAISE EXCEPTION 'a file is opened again because an objection was granted';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="reopening_judged_by_others",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'UPDATE' AND (OLD.second_at IS NOT NULL
                       OR (NEW.objection_id, NEW.application_id, NEW.stage_id, NEW.at)
                          IS DISTINCT FROM (OLD.objection_id, OLD.application_id, OLD.stage_id, OLD.at)
                       OR (NEW.second_at IS NOT NULL AND (NEW.verdict, NEW.first_by_id, NEW.first_at)
                          IS DISTINCT FROM (OLD.verdict, OLD.first_by_id, OLD.first_at))) THEN
                        RAISE EXCEPTION 'a file opened again is decided once, by two';
                    END IF;
                    IF took_part_in_result(NEW.first_by_id, NEW.application_id, NEW.stage_id)
                       OR took_part_in_result(NEW.second_by_id, NEW.application_id, NEW.stage_id) THEN
                        RAISE EXCEPTION 'a file opened again is judged by people who took no part in the result';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="reopening_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id}: {self.application_id}"

    @property
    def is_own(self) -> bool:
        return self.application_id == self.objection.application_id
