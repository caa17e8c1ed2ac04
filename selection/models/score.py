import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class ScoreBatch(models.Model):
    """One score file for one stage: what it was, who brought it, who approved it.

    `components` gives the order of the values in its rows. The newest approved batch that names a
    participant holds that participant's score; a batch after the first needs a reason.
    """

    class State(models.TextChoices):
        STAGED = "staged", _("Menunggu pengesahan")
        APPROVED = "approved", _("Disahkan")
        REFUSED = "refused", _("Ditolak")

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="batches")
    sequence = models.PositiveSmallIntegerField()
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    components = ArrayField(models.CharField(max_length=30))
    rows = models.PositiveIntegerField()
    report = models.JSONField(default=dict, help_text=_("Control totals and the diff against the scores in force."))
    reason = models.CharField(_("alasan koreksi"), max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.STAGED)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("berkas nilai")
        verbose_name_plural = _("berkas nilai")
        ordering = ["stage", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "sequence"], name="batch_sequence"),
            models.UniqueConstraint(
                fields=["stage", "sha256"], condition=~Q(state="refused"), name="batch_file_once_per_stage"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("uploaded_by")) | Q(state="refused"),
                name="batch_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="staged", decided_at=None, decided_by=None)
                | (~Q(state="staged") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="batch_decided_by_somebody",
            ),
            models.CheckConstraint(condition=Q(sequence=1) | ~Q(reason=""), name="batch_correction_has_reason"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="batch_waits_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="staged"),
                func="RAISE EXCEPTION 'a score file waits for a second person first';",
            ),
            # Who brought which file cannot be rewritten, so that nobody approves one's own under another name.
            pgtrigger.Trigger(
                name="batch_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.state <> 'staged'
                       OR to_jsonb(NEW) - '{state,decided_by_id,decided_at,report}'::text[]
                          IS DISTINCT FROM to_jsonb(OLD) - '{state,decided_by_id,decided_at,report}'::text[]
                       OR (OLD.report <> '{}'::jsonb AND NEW.report IS DISTINCT FROM OLD.report) THEN
                        RAISE EXCEPTION 'a score file is decided once and never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="batch_with_its_result",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="staged") & ~pgtrigger.Q(new__state="staged"),
                func="""
                    IF EXISTS (SELECT FROM selection_outcomeset s WHERE s.stage_id = NEW.stage_id
                               AND s.state = 'shadow' AND NEW.id = ANY(s.batches)) THEN
                        RAISE EXCEPTION 'a score file and the result that rests on it are decided together';
                    END IF;
                    RETURN NULL;
                """,
            ),
            pgtrigger.Protect(name="batch_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.sequence})"


class StagedScore(models.Model):
    """A row of a score file as read, waiting for approval. Thrown away when its batch is decided."""

    batch = models.ForeignKey(ScoreBatch, models.CASCADE, related_name="staged")
    row = models.PositiveIntegerField()
    application = models.ForeignKey("selection.Application", models.CASCADE, null=True, related_name="+")
    values = ArrayField(models.DecimalField(max_digits=9, decimal_places=3, null=True))
    status = models.CharField(max_length=6, blank=True)
    official_code = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "application"], name="staged_score_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row}"


class Score(models.Model):
    """One participant's scores in one approved batch, in the order of the batch's components.

    Append-only. A null value means absent for that component. `status` overrides (DIS, APS, TMS);
    `official_code` is what BKN's list says, kept beside our own result.
    """

    batch = models.ForeignKey(ScoreBatch, models.PROTECT, related_name="scores")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="scores")
    values = ArrayField(models.DecimalField(max_digits=9, decimal_places=3, null=True))
    status = models.CharField(max_length=6, blank=True)
    official_code = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("nilai")
        verbose_name_plural = _("nilai")
        constraints = [models.UniqueConstraint(fields=["batch", "application"], name="score_once_per_batch")]
        triggers = append_only("score")

    def __str__(self) -> str:
        return f"nilai {self.application_id}"
