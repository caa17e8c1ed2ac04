import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from selection.models.recheck import Recheck
from selection.models.review import Review


class ReopeningQuerySet(models.QuerySet):
    def of_objections(self):
        """Files opened again because an objection was granted."""
        return self.filter(objection__isnull=False)

    def unsettled(self):
        """Files that wait for a word, or for the second person's; not those of a check that was cancelled."""
        return self.filter(second_at=None).exclude(recheck__state=Recheck.State.CANCELLED)

    def counting(self):
        """What the stage's result rests on beside the first reviews; of one file the newest word counts.

        An objection gives and never takes: only what it granted counts. What a finding led to counts as a whole,
        once it is applied. `selection/verdicts.py` says the same in SQL.
        """
        granted = Q(objection__isnull=False, verdict=Review.Verdict.MET, second_at__isnull=False)
        return self.filter(granted | Q(recheck__result__state="applied", second_at__isnull=False))


class Reopening(models.Model):
    """A judged file is opened again: an objection was granted (the person's own, or an identical case), or a finding.

    After an objection two people without a part in the result say what follows. In one's own case they are those who
    granted the objection; an identical case is judged anew. After a finding (`recheck`) two blind reviewers judge it
    as any file, and the two that agree stand here. What two say counts before the reviews when the stage is summed up
    again.
    """

    objection = models.ForeignKey("selection.Objection", models.PROTECT, null=True, related_name="reopenings")
    recheck = models.ForeignKey(Recheck, models.PROTECT, null=True, related_name="files")
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
            models.CheckConstraint(
                condition=Q(objection__isnull=False, recheck=None) | Q(objection=None, recheck__isnull=False),
                name="reopening_has_one_cause",
            ),
            models.UniqueConstraint(fields=["objection", "application"], name="reopened_once_per_objection"),
            models.UniqueConstraint(fields=["recheck", "application"], name="reopened_once_per_recheck"),
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
                condition=pgtrigger.Q(new__recheck__isnull=True),
                func="""
                    IF NOT EXISTS (SELECT FROM selection_objection o WHERE o.id = NEW.objection_id
                                   AND o.state = 'granted' AND o.stage_id = NEW.stage_id) THEN
                        RAISE EXCEPTION 'a file is opened again because an objection was granted';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="reopening_follows_a_recheck",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__recheck__isnull=False),
                func="""
                    IF NOT EXISTS (SELECT FROM selection_recheck k WHERE k.id = NEW.recheck_id AND k.state = 'open'
                                   AND k.result_id IS NULL AND k.stage_id = NEW.stage_id AND k.opened_at = NEW.at)
                       OR NOT EXISTS (SELECT FROM selection_review v WHERE v.application_id = NEW.application_id
                                      AND v.stage_id = NEW.stage_id AND v.decided_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a judged file is checked again while the check is open';
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
                       OR (NEW.objection_id, NEW.recheck_id, NEW.application_id, NEW.stage_id, NEW.at) IS DISTINCT FROM
                          (OLD.objection_id, OLD.recheck_id, OLD.application_id, OLD.stage_id, OLD.at)
                       OR (NEW.recheck_id IS NULL AND NEW.second_at IS NOT NULL
                           AND (NEW.verdict, NEW.first_by_id, NEW.first_at)
                           IS DISTINCT FROM (OLD.verdict, OLD.first_by_id, OLD.first_at))) THEN
                        RAISE EXCEPTION 'a file opened again is decided once, by two';
                    END IF;
                    IF NEW.recheck_id IS NULL AND (took_part_in_result(NEW.first_by_id, NEW.application_id, NEW.stage_id)
                       OR took_part_in_result(NEW.second_by_id, NEW.application_id, NEW.stage_id)) THEN
                        RAISE EXCEPTION 'a file opened again is judged by people who took no part in the result';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # What two blind reviewers of this very check agreed on, against the person only with a reason.
            pgtrigger.Trigger(
                name="reopening_says_what_two_said",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__recheck__isnull=False) & ~pgtrigger.Q(new__verdict=""),
                func="""
                    IF NEW.second_at IS NULL OR 2 > (
                        SELECT count(*) FROM selection_review v WHERE v.reopening_id = NEW.id
                        AND v.decided_at IS NOT NULL AND v.verdict = NEW.verdict
                        AND v.verifier_id IN (NEW.first_by_id, NEW.second_by_id)) THEN
                        RAISE EXCEPTION 'a file checked again is decided by two who agree without having seen each other';
                    END IF;
                    IF NEW.verdict = 'TMS' AND NOT EXISTS (
                        SELECT FROM selection_review v JOIN selection_reviewitem i ON i.review_id = v.id
                        WHERE v.reopening_id = NEW.id AND v.verifier_id = NEW.second_by_id
                        AND NOT i.met AND i.reason_id IS NOT NULL) THEN
                        RAISE EXCEPTION 'a file is turned away for a requirement and a reason';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="reopening_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id or self.recheck_id}: {self.application_id}"

    @property
    def is_own(self) -> bool:
        return bool(self.objection_id) and self.application_id == self.objection.application_id
