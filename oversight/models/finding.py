import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from oversight import states
from oversight.states import FindingState


class FindingQuerySet(models.QuerySet):
    def public(self):
        """Findings everybody may read: all but drafts."""
        return self.exclude(state=FindingState.DRAFT)

    def open(self):
        """Findings that were sent and are not closed."""
        return self.filter(state__in=[FindingState.SENT, FindingState.ANSWERED])


class Finding(models.Model):
    """A mismatch the team found, with evidence frozen by hash, and its way to an answer.

    `evidence` is a list of {"what": …, "expected": …, "found": …, "source": …}; the SHA-256 of the
    canonical `statement()` is taken when the finding is sent and nothing of it changes after.
    """

    class Severity(models.TextChoices):
        MINOR = "minor", _("Ringan")
        MAJOR = "major", _("Berat")
        CRITICAL = "critical", _("Kritis")

    number = models.CharField(_("nomor"), max_length=20, unique=True)
    team = models.ForeignKey("oversight.Team", models.PROTECT, related_name="findings")
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="findings")
    announcement = models.ForeignKey(
        "selection.Announcement", models.PROTECT, null=True, blank=True, related_name="findings"
    )
    title = models.CharField(_("judul"), max_length=200)
    body = models.TextField(_("uraian"))
    severity = models.CharField(_("tingkat"), max_length=10, choices=Severity)
    evidence = models.JSONField(_("bukti"), default=list)
    evidence_digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=FindingState, default=FindingState.DRAFT)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(_("tenggat jawaban"), null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    conclusion = models.TextField(_("kesimpulan"), blank=True)
    review = models.ForeignKey(
        "selection.OutcomeSet",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        help_text=_("The re-review this finding led to."),
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("temuan")
        verbose_name_plural = _("temuan")
        ordering = ["-filed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", sent_at=None, sent_by=None)
                | (
                    ~Q(state="draft")
                    & Q(sent_at__isnull=False, sent_by__isnull=False, due_at__isnull=False)
                    & ~Q(evidence_digest="")
                ),
                name="finding_sent_has_frozen_evidence",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | (Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(conclusion="")),
                name="finding_closed_with_conclusion",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="finding_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="finding_initial_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="draft"),
                func="RAISE EXCEPTION 'a finding is born as a draft';",
            ),
            pgtrigger.Trigger(
                name="finding_evidence_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__sent_at__isnull=False),
                func="""
                    IF NEW.evidence IS DISTINCT FROM OLD.evidence OR NEW.body <> OLD.body OR NEW.title <> OLD.title
                       OR NEW.evidence_digest <> OLD.evidence_digest OR NEW.sent_at <> OLD.sent_at
                       OR NEW.number <> OLD.number OR NEW.stage_id <> OLD.stage_id OR NEW.severity <> OLD.severity
                       OR NEW.announcement_id IS DISTINCT FROM OLD.announcement_id THEN
                        RAISE EXCEPTION 'the evidence of a sent finding is frozen';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="finding_office_answers_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__df=pgtrigger.F("new__state")),
                func="""
                    IF current_user = 'portal_app' AND NOT (OLD.state = 'sent' AND NEW.state = 'answered') THEN
                        RAISE EXCEPTION 'the office answers a finding and moves it no other way';
                    END IF;
                    IF NEW.state = 'answered' AND NOT EXISTS (
                        SELECT 1 FROM oversight_response r WHERE r.finding_id = NEW.id AND r.at >= coalesce(
                            (SELECT max(b.at) FROM oversight_return b WHERE b.finding_id = NEW.id), NEW.sent_at)
                    ) THEN
                        RAISE EXCEPTION 'a finding is answered by an answer';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="finding_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def statement(self) -> dict:
        """What the team says, as the frozen hash covers it and as everybody may download it."""
        return {
            "finding": self.number,
            "stage": f"{self.stage.recruitment.slug}/{self.stage.slug}",
            "announcement": str(self.announcement) if self.announcement else None,
            "announcement_digest": self.announcement.digest if self.announcement else None,
            "severity": self.severity,
            "title": self.title,
            "body": self.body,
            "evidence": self.evidence,
        }


class Response(models.Model):
    """The office's answer to a finding. A later answer is a new row."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="responses")
    text = models.TextField(_("jawaban"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("jawaban instansi")
        verbose_name_plural = _("jawaban instansi")
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="response_has_text")]
        triggers = append_only("response")

    def __str__(self) -> str:
        return f"{self.finding_id} {self.at:%Y-%m-%d}"


class Return(models.Model):
    """The team sends an answer back: what it still lacks."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="returns")
    text = models.TextField(_("yang masih kurang"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("jawaban dikembalikan")
        verbose_name_plural = _("jawaban dikembalikan")
        ordering = ["at"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="return_has_text")]
        triggers = append_only("return")

    def __str__(self) -> str:
        return f"{self.finding_id} {self.at:%Y-%m-%d}"
