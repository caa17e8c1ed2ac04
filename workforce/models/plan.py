import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workforce import plan_states
from workforce.models.profile import unchanged
from workforce.plan_states import PlanState


class Value(models.TextChoices):
    """The core values BerAKHLAK, which every plan translates into expected behaviour."""

    SERVICE = "pelayanan", _("Berorientasi pelayanan")
    ACCOUNTABLE = "akuntabel", _("Akuntabel")
    COMPETENT = "kompeten", _("Kompeten")
    HARMONIOUS = "harmonis", _("Harmonis")
    LOYAL = "loyal", _("Loyal")
    ADAPTIVE = "adaptif", _("Adaptif")
    COLLABORATIVE = "kolaboratif", _("Kolaboratif")


class Plan(models.Model):
    """The performance plan (SKP) of one person for one year.

    `results` is a list of {result, indicator, target}; `behaviour` maps a Value to what is expected. They change only
    while the plan is written; what is agreed was agreed
    by the superior of the declared line. An erasure takes the row.
    """

    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="plans")
    year = models.ForeignKey("workforce.AppraisalYear", models.PROTECT, related_name="plans")
    state = models.CharField(max_length=10, choices=PlanState, default=PlanState.DRAFT)
    results = models.JSONField(default=list)
    behaviour = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("rencana kinerja")
        verbose_name_plural = _("rencana kinerja")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["employee", "year"], name="one_plan_a_year"),
            models.CheckConstraint(
                condition=Q(state="agreed", agreed_by__isnull=False) | (~Q(state="agreed") & Q(agreed_by=None)),
                name="plan_agreed_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="plan_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in plan_states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="plan_changes_while_written",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' AND NEW.state <> 'draft' THEN
                        RAISE EXCEPTION 'a plan begins as a draft';
                    END IF;
                    IF EXISTS (SELECT FROM workforce_appraisalyear y
                               WHERE y.year = NEW.year_id AND y.closed_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'the appraisal year is closed';
                    END IF;
                    IF TG_OP = 'UPDATE' AND ((NEW.employee_id, NEW.year_id) IS DISTINCT FROM (OLD.employee_id, OLD.year_id)
                       OR (OLD.state <> 'draft' OR NEW.state = 'agreed')
                          AND (NEW.results, NEW.behaviour) IS DISTINCT FROM (OLD.results, OLD.behaviour)) THEN
                        RAISE EXCEPTION 'a plan changes only while it is written';
                    END IF;
                    IF NEW.state = 'agreed' AND NOT EXISTS (
                        SELECT FROM workforce_reportingline l JOIN workforce_employee s ON s.id = l.superior_id
                        WHERE l.employee_id = NEW.employee_id AND l.confirmed_at IS NOT NULL AND l.ended_at IS NULL
                          AND s.id <> NEW.employee_id AND s.user_id = NEW.agreed_by_id) THEN
                        RAISE EXCEPTION 'a plan is agreed by the superior of the declared line';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.year_id}"


class PlanStep(models.Model):
    """What happened to a plan, by whom, why, and how it read then."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="steps")
    state = models.CharField(max_length=10, choices=PlanState)
    content = models.JSONField()
    note = models.CharField(_("catatan"), max_length=1000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("langkah rencana kinerja")
        verbose_name_plural = _("langkah rencana kinerja")
        ordering = ["pk"]
        triggers = unchanged("plan_step")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.state}"


class Evidence(models.Model):
    """What the person did, in words, with an address where it can be seen. Added, never changed."""

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="evidence")
    text = models.CharField(_("apa yang tercapai"), max_length=1000)
    link = models.URLField(_("alamat bukti"), max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("bukti kinerja")
        verbose_name_plural = _("bukti kinerja")
        ordering = ["-at", "-pk"]
        triggers = unchanged("evidence")

    def __str__(self) -> str:
        return f"{self.plan_id} {self.at:%Y-%m-%d}"
