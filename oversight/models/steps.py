"""What happens to a finding on its way: rows that are written once."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from oversight.models.interest import refuse_interested


class Confirmation(models.Model):
    """One member stands for the words of a finding, named by their digest. Other words need another one."""

    finding = models.ForeignKey("oversight.Finding", models.PROTECT, related_name="confirmations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("konfirmasi temuan")
        verbose_name_plural = _("konfirmasi temuan")
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["finding", "by", "digest"], name="one_confirmation_each")]
        triggers = [*append_only("confirmation"), refuse_interested("confirmation")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.digest[:8]}"


class Assessment(models.Model):
    """The team's judgement of the office's answer."""

    finding = models.OneToOneField("oversight.Finding", models.PROTECT, related_name="assessment")
    adequate = models.BooleanField(_("jawaban memadai"))
    text = models.TextField(_("penilaian"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("penilaian jawaban")
        verbose_name_plural = _("penilaian jawaban")
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="assessment_has_text")]
        triggers = [*append_only("assessment"), refuse_interested("assessment")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.adequate}"


class Escalation(models.Model):
    """The team hands a finding on to a body above the office. `digest` is that of the dossier it went with."""

    class Body(models.TextChoices):
        INSPECTORATE = "inspektorat", _("Inspektorat")
        OMBUDSMAN = "ombudsman", _("Ombudsman Republik Indonesia")
        BKN = "bkn", _("Badan Kepegawaian Negara (BKN)")

    finding = models.ForeignKey("oversight.Finding", models.PROTECT, related_name="escalations")
    body = models.CharField(_("diteruskan ke"), max_length=12, choices=Body)
    text = models.TextField(_("alasan"))
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("penerusan temuan")
        verbose_name_plural = _("penerusan temuan")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "body"], name="one_escalation_per_body"),
            models.CheckConstraint(condition=~Q(text=""), name="escalation_has_text"),
        ]
        triggers = [*append_only("escalation"), refuse_interested("escalation")]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.body}"


class Overdue(models.Model):
    """An answer was not there when its clock ended; the portal publishes that by itself, once per clock."""

    finding = models.ForeignKey("oversight.Finding", models.PROTECT, related_name="overdues")
    due_at = models.DateTimeField(_("tenggat"))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("jawaban lewat tenggat")
        verbose_name_plural = _("jawaban lewat tenggat")
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["finding", "due_at"], name="one_overdue_per_clock"),
            models.CheckConstraint(condition=Q(at__gt=F("due_at")), name="overdue_after_its_time"),
        ]
        triggers = [
            *append_only("overdue"),
            pgtrigger.Trigger(
                name="overdue_is_true",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT 1 FROM oversight_finding f
                                   WHERE f.id = NEW.finding_id AND f.state = 'sent' AND f.due_at = NEW.due_at) THEN
                        RAISE EXCEPTION 'only an answer that is awaited is overdue';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding_id} {self.due_at:%Y-%m-%d}"


class ClockMove(models.Model):
    """A running clock ends at another time, because the calendar of holidays changed."""

    finding = models.ForeignKey("oversight.Finding", models.PROTECT, related_name="clock_moves")
    old = models.DateTimeField(_("semula"))
    new = models.DateTimeField(_("menjadi"))
    because = models.CharField(_("karena"), max_length=300)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tenggat dipindah")
        verbose_name_plural = _("tenggat dipindah")
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(condition=~Q(old=F("new")), name="clock_move_moves"),
            models.CheckConstraint(condition=~Q(because=""), name="clock_move_has_reason"),
        ]
        triggers = append_only("clock_move")

    def __str__(self) -> str:
        return f"{self.finding_id} {self.old:%Y-%m-%d} → {self.new:%Y-%m-%d}"
