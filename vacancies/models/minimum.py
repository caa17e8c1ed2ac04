import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Minimum(models.Model):
    """How many applicants each position needs; with fewer, registration goes on by itself for `days`, at most `times`.

    Open selection of JPT asks for three. It binds as it was published.
    """

    recruitment = models.OneToOneField("vacancies.Recruitment", models.CASCADE, related_name="minimum")
    applicants = models.PositiveSmallIntegerField(_("pelamar paling sedikit untuk setiap jabatan"), default=3)
    days = models.PositiveSmallIntegerField(_("hari perpanjangan pendaftaran"), default=7)
    times = models.PositiveSmallIntegerField(_("paling banyak berapa kali"), default=3)

    class Meta:
        verbose_name = _("pelamar minimum")
        verbose_name_plural = _("pelamar minimum")
        constraints = [
            models.CheckConstraint(
                condition=Q(applicants__gte=2, applicants__lte=50, days__gte=1, days__lte=60, times__lte=5),
                name="minimum_is_sensible",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="minimum_stays_as_published",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM vacancies_recruitment r WHERE r.published_at IS NOT NULL
                               AND r.id IN (CASE WHEN TG_OP <> 'DELETE' THEN NEW.recruitment_id END,
                                            CASE WHEN TG_OP <> 'INSERT' THEN OLD.recruitment_id END)) THEN
                        RAISE EXCEPTION 'the minimum of applicants stays as it was published';
                    END IF;
                    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
                """,
            )
        ]

    def __str__(self) -> str:
        return str(self.applicants)


class Prolongation(models.Model):
    """Registration went on by itself: the `number`-th time, because `short` positions had too few applicants."""

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="prolongations")
    number = models.PositiveSmallIntegerField()
    short = models.PositiveIntegerField()
    old = models.DateTimeField()
    new = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("perpanjangan pendaftaran")
        verbose_name_plural = _("perpanjangan pendaftaran")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "number"], name="prolongation_number"),
            models.CheckConstraint(condition=Q(new__gt=models.F("old"), short__gte=1), name="prolongation_goes_on"),
        ]
        triggers = append_only("prolongation")

    def __str__(self) -> str:
        return f"{self.stage_id} {self.number}"
