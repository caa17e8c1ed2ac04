import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from workforce.models.employee import Predicate
from workforce.models.plan import Plan
from workforce.models.profile import unchanged
from workforce.predicate import Mark, UnitPredicate, by_the_table


class AppraisalYear(models.Model):
    """A year in which everybody is appraised: opened by one officer, closed by another.

    Distributions are told of closed years alone: between two assessments nobody can see a figure move.
    """

    year = models.PositiveSmallIntegerField(_("tahun"), primary_key=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("tahun kinerja")
        verbose_name_plural = _("tahun kinerja")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(closed_by=F("opened_by"))),
                name="appraisal_year_closed_by_a_second",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="appraisal_year_closes_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.closed_at IS NOT NULL OR (NEW.year, NEW.opened_by_id, NEW.opened_at)
                       IS DISTINCT FROM (OLD.year, OLD.opened_by_id, OLD.opened_at) THEN
                        RAISE EXCEPTION 'an appraisal year is closed once';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="appraisal_year_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.year)


class Period(models.TextChoices):
    Q1 = "tw1", _("Triwulan I")
    Q2 = "tw2", _("Triwulan II")
    Q3 = "tw3", _("Triwulan III")
    Q4 = "tw4", _("Triwulan IV")
    YEAR = "tahun", _("Satu tahun")


class Assessment(models.Model):
    """What the superior of the declared line says about a period: work result, behaviour, and the predicate by the table.

    Written once; a change is a new version with a reason, and the person reads all of them. The newest counts.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="assessments")
    period = models.CharField(_("masa"), max_length=5, choices=Period)
    version = models.PositiveSmallIntegerField(default=1)
    result = models.CharField(_("hasil kerja"), max_length=8, choices=Mark)
    behaviour = models.CharField(_("perilaku kerja"), max_length=8, choices=Mark)
    predicate = models.CharField(max_length=16, choices=Predicate)
    note = models.CharField(_("umpan balik"), max_length=2000)
    reason = models.CharField(_("alasan perubahan"), max_length=500, blank=True)
    assessor = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("penilaian kinerja")
        verbose_name_plural = _("penilaian kinerja")
        ordering = ["period", "version"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "period", "version"], name="assessment_version"),
            models.CheckConstraint(condition=by_the_table(), name="assessment_predicate_by_the_table"),
            models.CheckConstraint(
                condition=Q(version=1, reason="") | (Q(version__gt=1) & ~Q(reason="")),
                name="assessment_change_has_a_reason",
            ),
            models.CheckConstraint(condition=~Q(note=""), name="assessment_with_words"),
        ]
        triggers = [
            *unchanged("assessment"),
            pgtrigger.Trigger(
                name="assessment_by_the_superior",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM workforce_plan p
                        JOIN workforce_reportingline l ON l.employee_id = p.employee_id
                             AND l.confirmed_at IS NOT NULL AND l.ended_at IS NULL
                        JOIN workforce_employee s ON s.id = l.superior_id
                        JOIN workforce_appraisalyear y ON y.year = p.year_id
                        WHERE p.id = NEW.plan_id AND p.state = 'agreed' AND y.closed_at IS NULL
                          AND s.id = NEW.assessor_id AND s.id <> p.employee_id AND s.user_id = NEW.by_id) THEN
                        RAISE EXCEPTION 'only the superior of the declared line assesses an agreed plan of an open year';
                    END IF;
                    IF NEW.version <> 1 + (SELECT count(*) FROM workforce_assessment a
                                           WHERE a.plan_id = NEW.plan_id AND a.period = NEW.period) THEN
                        RAISE EXCEPTION 'a change is the next version';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.period} v{self.version}"


class AssessmentReply(models.Model):
    """The person's own words to an assessment."""

    assessment = models.ForeignKey(Assessment, models.CASCADE, related_name="replies")
    text = models.CharField(_("tanggapan"), max_length=2000)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tanggapan atas penilaian")
        verbose_name_plural = _("tanggapan atas penilaian")
        ordering = ["at"]
        triggers = unchanged("assessment_reply")

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.at:%Y-%m-%d}"


class UnitRating(models.Model):
    """The predicate of a unit in a year, with its ground. The newest counts; it only says which guidance is shown."""

    unit = models.ForeignKey("vacancies.Agency", models.PROTECT, related_name="+", verbose_name=_("unit"))
    year = models.ForeignKey(AppraisalYear, models.PROTECT, related_name="unit_ratings")
    predicate = models.CharField(_("predikat unit"), max_length=16, choices=UnitPredicate)
    ground = models.CharField(_("dasar"), max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("predikat unit")
        verbose_name_plural = _("predikat unit")
        ordering = ["-at", "-pk"]
        triggers = append_only("unit_rating")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year_id}"


class CalibrationNote(models.Model):
    """What was said where the marks of a unit were compared. Everybody appraised in the unit reads it."""

    unit = models.ForeignKey("vacancies.Agency", models.PROTECT, related_name="+", verbose_name=_("unit"))
    year = models.ForeignKey(AppraisalYear, models.PROTECT, related_name="calibration_notes")
    text = models.CharField(_("catatan kalibrasi"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("catatan kalibrasi")
        verbose_name_plural = _("catatan kalibrasi")
        ordering = ["-at", "-pk"]
        triggers = append_only("calibration_note")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.year_id}"
