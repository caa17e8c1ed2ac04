import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RecheckQuerySet(models.QuerySet):
    def open(self):
        """Those whose files may still be judged: not summed up, applied or cancelled yet."""
        return self.filter(state="open", result=None)


class Recheck(models.Model):
    """Files of an administrative stage are checked again because of a finding, and end as one: applied or cancelled.

    `cause` is the number of the finding; `reason` and `scope` are words for the public correction and for staff.
    Each file is a Reopening. `result` is the shadow that sums them up; what the new looks say counts from the
    moment in which that computation is in force, and never for some of the files only.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Berjalan")
        APPLIED = "applied", _("Diterapkan")
        CANCELLED = "cancelled", _("Dibatalkan")

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="rechecks")
    cause = models.CharField(_("nomor temuan"), max_length=20)
    reason = models.CharField(_("alasan"), max_length=400)
    scope = models.CharField(_("berkas yang diperiksa ulang"), max_length=300)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    result = models.OneToOneField("selection.OutcomeSet", models.PROTECT, null=True, related_name="recheck")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects = RecheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("pemeriksaan ulang")
        verbose_name_plural = _("pemeriksaan ulang")
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["stage"], condition=Q(state="open"), name="one_recheck_per_stage"),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(scope=""), name="recheck_has_reason"),
            models.CheckConstraint(
                condition=Q(state="open", ended_by=None, ended_at=None)
                | (~Q(state="open") & Q(ended_by__isnull=False, ended_at__isnull=False)),
                name="recheck_ended_has_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(result__isnull=False), name="recheck_applied_has_result"
            ),
        ]
        triggers = [
            # Selection knows no findings; the database does. A draft of the team is none yet, and a closed one no more.
            pgtrigger.Trigger(
                name="recheck_follows_a_finding",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.state <> 'open' OR NEW.result_id IS NOT NULL OR NOT EXISTS (
                        SELECT FROM oversight_finding f WHERE f.number = NEW.cause AND f.stage_id = NEW.stage_id
                        AND f.state IN ('sent', 'answered', 'assessed', 'escalated')) THEN
                        RAISE EXCEPTION 'files are checked again because of a finding that the office answers for';
                    END IF;
                    IF NOT EXISTS (SELECT FROM selection_outcomeset s
                                   WHERE s.stage_id = NEW.stage_id AND s.state = 'applied') THEN
                        RAISE EXCEPTION 'files are checked again after a result';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="recheck_ends_once_as_a_whole",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.state <> 'open' OR (OLD.result_id IS NOT NULL AND NEW.result_id IS DISTINCT FROM OLD.result_id)
                       OR to_jsonb(NEW) - '{state,result_id,ended_by_id,ended_at}'::text[]
                          IS DISTINCT FROM to_jsonb(OLD) - '{state,result_id,ended_by_id,ended_at}'::text[] THEN
                        RAISE EXCEPTION 'files checked again are applied or cancelled once';
                    END IF;
                    IF NEW.result_id IS NOT NULL AND OLD.result_id IS NULL AND NOT EXISTS (
                        SELECT FROM selection_outcomeset s WHERE s.id = NEW.result_id AND s.stage_id = NEW.stage_id
                        AND s.state = 'shadow' AND s.reason <> '') THEN
                        RAISE EXCEPTION 'files checked again are summed up in shadow, with a reason';
                    END IF;
                    IF NEW.state = 'applied' AND EXISTS (
                        SELECT FROM selection_outcomeset s WHERE s.id = NEW.result_id AND s.made_by_id = NEW.ended_by_id) THEN
                        RAISE EXCEPTION 'whoever summed the files up does not apply them';
                    END IF;
                    IF (NEW.result_id IS NOT NULL AND NEW.state <> 'cancelled') AND EXISTS (
                        SELECT FROM selection_reopening r JOIN selection_application a ON a.id = r.application_id
                        WHERE r.recheck_id = NEW.id AND r.second_at IS NULL AND a.state = 'submitted') THEN
                        RAISE EXCEPTION 'files checked again are summed up when two have judged each of them';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="recheck_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.cause}: {self.scope}"

    @property
    def key(self) -> str:
        """What letters about it carry in their source, so that the owner's page finds them."""
        return f"kaji-{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether files may still be judged: not summed up, applied or cancelled yet."""
        return self.state == self.State.OPEN and self.result_id is None
