import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from participation.models.service_case import ServiceCase


class CaseClock(models.Model):
    """One deadline of a case, in working days: for the desk, for the agency, for the citizen's word."""

    class Kind(models.TextChoices):
        ROUTE = "route", _("Diteruskan ke perangkat daerah")
        ANSWER = "answer", _("Dijawab")
        CONFIRM = "confirm", _("Kata warga")

    case = models.ForeignKey(ServiceCase, models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=8, choices=Kind)
    agency = models.ForeignKey("vacancies.Agency", models.PROTECT, null=True, related_name="+")
    days = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    met = models.BooleanField(default=False, help_text=_("Berakhir dengan yang ditunggu, bukan dengan dioper."))

    class Meta:
        verbose_name = _("tenggat aduan")
        verbose_name_plural = _("tenggat aduan")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(ended_at=None), name="case_one_running_clock"),
            models.CheckConstraint(condition=Q(due_at__gt=F("started_at")), name="case_clock_runs_forward"),
            models.CheckConstraint(condition=Q(met=False) | Q(ended_at__isnull=False), name="case_clock_met_ended"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="case_clock_ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.ended_at IS NOT NULL OR NEW.ended_at < OLD.started_at
                       OR to_jsonb(NEW) - '{ended_at,met}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{ended_at,met}'::text[]
                       OR EXISTS (SELECT FROM participation_caseescalation e
                                  WHERE e.clock_id = NEW.id AND e.at > NEW.ended_at) THEN
                        RAISE EXCEPTION 'a clock ends once, not before it went up, and is never set anew';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="case_clock_kept", operation=pgtrigger.Delete),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(ended_at=None), name="case_clock_due")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.due_at:%Y-%m-%d}"

    @property
    def is_late(self) -> bool:
        """Whether it ended after its hour; a running one is judged by whoever knows the time."""
        return self.ended_at is not None and self.ended_at > self.due_at


class CaseEscalation(models.Model):
    """A case that went up: its clock ran out, or it was passed on too often. Public, and never taken back."""

    class Reason(models.TextChoices):
        LATE = "late", _("Lewat tenggat")
        PASSED = "passed", _("Terlalu sering dioper")

    case = models.ForeignKey(ServiceCase, models.PROTECT, related_name="escalations")
    clock = models.OneToOneField(CaseClock, models.PROTECT, related_name="escalation")
    reason = models.CharField(max_length=6, choices=Reason)
    agency = models.ForeignKey("vacancies.Agency", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("eskalasi aduan")
        verbose_name_plural = _("eskalasi aduan")
        ordering = ["-at", "-pk"]
        triggers = append_only("case_escalation")

    def __str__(self) -> str:
        return f"{self.case_id} {self.reason}"
