import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workforce.models.employee import Predicate
from workforce.models.profile import unchanged
from workforce.talent_boxes import Step, box_by_the_table, potential_by_the_sum


class TalentList(models.Model):
    """The talents of one closed year: placed by one officer, sealed by another. Counts are told of sealed lists alone."""

    year = models.OneToOneField("workforce.AppraisalYear", models.PROTECT, related_name="talents")
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("daftar talenta")
        verbose_name_plural = _("daftar talenta")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed_at=None, sealed_by=None)
                | (Q(sealed_at__isnull=False, sealed_by__isnull=False) & ~Q(sealed_by=F("prepared_by"))),
                name="talent_list_sealed_by_a_second",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="talent_list_is_sealed_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Insert,
                func="""
                    IF TG_OP = 'INSERT' THEN
                        IF NEW.sealed_at IS NOT NULL OR NOT EXISTS (SELECT FROM workforce_appraisalyear y
                               WHERE y.year = NEW.year_id AND y.closed_at IS NOT NULL) THEN
                            RAISE EXCEPTION 'talents are placed when the year is closed';
                        END IF;
                    ELSIF OLD.sealed_at IS NOT NULL OR (NEW.year_id, NEW.prepared_by_id) <> (OLD.year_id, OLD.prepared_by_id)
                          OR EXISTS (SELECT FROM workforce_talentplacement p
                                     WHERE p.list_id = NEW.id AND p.by_id = NEW.sealed_by_id) THEN
                        RAISE EXCEPTION 'a list is sealed once, by somebody who placed nobody in it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="talent_list_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"talenta {self.year_id}"


class TalentPlacement(models.Model):
    """One person in one of nine boxes, with the inputs it follows from. The newest version counts.

    Performance is the predicate of the year, potential the sum of three inputs: neither is chosen.
    """

    list = models.ForeignKey(TalentList, models.PROTECT, related_name="placements")
    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="placements")
    version = models.PositiveSmallIntegerField(default=1)
    predicate = models.CharField(max_length=16, choices=Predicate)
    competence = models.PositiveSmallIntegerField(_("hasil asesmen kompetensi"), choices=Step)
    record = models.PositiveSmallIntegerField(_("rekam jejak"), choices=Step)
    learning = models.PositiveSmallIntegerField(_("kemauan dan kemampuan belajar"), choices=Step)
    ground = models.CharField(_("dasar"), max_length=500)
    potential = models.PositiveSmallIntegerField(choices=Step)
    box = models.PositiveSmallIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kotak talenta")
        verbose_name_plural = _("kotak talenta")
        ordering = ["employee", "version"]
        constraints = [
            models.UniqueConstraint(fields=["list", "employee", "version"], name="placement_version"),
            models.CheckConstraint(condition=potential_by_the_sum(), name="placement_potential_by_the_sum"),
            models.CheckConstraint(condition=box_by_the_table(), name="placement_box_by_the_table"),
            models.CheckConstraint(condition=~Q(ground=""), name="placement_with_a_ground"),
        ]
        triggers = [
            *unchanged("talent_placement"),
            pgtrigger.Trigger(
                name="placement_from_what_is_known",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT FROM workforce_talentlist l WHERE l.id = NEW.list_id AND l.sealed_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'the list is sealed';
                    END IF;
                    IF EXISTS (SELECT FROM workforce_employee e WHERE e.id = NEW.employee_id AND e.user_id = NEW.by_id) THEN
                        RAISE EXCEPTION 'nobody places themselves';
                    END IF;
                    IF NEW.predicate IS DISTINCT FROM (
                        SELECT a.predicate FROM workforce_assessment a
                        JOIN workforce_plan p ON p.id = a.plan_id
                        JOIN workforce_talentlist l ON l.id = NEW.list_id AND l.year_id = p.year_id
                        WHERE p.employee_id = NEW.employee_id AND a.period = 'tahun' ORDER BY a.version DESC LIMIT 1) THEN
                        RAISE EXCEPTION 'performance is the predicate of the year';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_id} {self.employee_id}"
