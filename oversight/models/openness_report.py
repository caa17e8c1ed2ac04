import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OpennessReportQuerySet(models.QuerySet):
    def public(self):
        """Reports everybody may read. Every surface asks this."""
        return self.filter(public_at__isnull=False)


class OpennessReport(models.Model):
    """A report that the portal writes and publishes by itself: of a month, or of a recruitment that ended.

    `content` is what it says, bound with all its files by `digest`; `fact` binds the digest in the record. Written
    once at or after `due_at`, opened once the record holds it, never rewritten.
    """

    class Kind(models.TextChoices):
        MONTHLY = "monthly", _("Laporan bulanan")
        CLOSING = "closing", _("Laporan penutup")

    number = models.CharField(_("nomor"), max_length=20, unique=True)
    kind = models.CharField(max_length=8, choices=Kind)
    month = models.DateField(null=True, unique=True, help_text="First day.")
    recruitment = models.OneToOneField(
        "vacancies.Recruitment", models.PROTECT, null=True, related_name="closing_report", verbose_name=_("pengadaan")
    )
    due_at = models.DateTimeField(_("jatuh tempo"))
    written_at = models.DateTimeField(_("ditulis"))
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, related_name="+")
    public_at = models.DateTimeField(_("terbit"), null=True)
    comments_until = models.DateTimeField(_("komentar sampai"), null=True)

    objects = OpennessReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("laporan keterbukaan")
        verbose_name_plural = _("laporan keterbukaan")
        ordering = ["-due_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="monthly", month__isnull=False, recruitment=None)
                | Q(kind="closing", month=None, recruitment__isnull=False),
                name="openness_report_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(written_at__gte=models.F("due_at")), name="openness_report_not_before_its_time"
            ),
            models.CheckConstraint(
                condition=Q(public_at=None, comments_until=None)
                | Q(public_at__gte=models.F("written_at"), comments_until__gt=models.F("public_at")),
                name="openness_report_opens_with_comments",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="openness_report_opens_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.public_at IS NOT NULL
                       OR to_jsonb(NEW) - '{public_at,comments_until}'::text[]
                          IS DISTINCT FROM to_jsonb(OLD) - '{public_at,comments_until}'::text[] THEN
                        RAISE EXCEPTION 'a report is never rewritten';
                    END IF;
                    IF NEW.public_at IS NOT NULL AND NOT EXISTS (
                        SELECT FROM ledger_pending p
                        WHERE p.id = NEW.fact_id AND p.n < (SELECT max(size) FROM ledger_checkpoint)
                    ) THEN
                        RAISE EXCEPTION 'a report opens after the signed record holds it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="openness_report_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def takes_comments(self, at) -> bool:
        return self.public_at is not None and at < self.comments_until


class ReportCommentQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(moderated_at=None)

    def published(self):
        return self.filter(published=True)


class ReportComment(models.Model):
    """What somebody said about a report; shown once the team's secretariat has looked. Refused ones tell why."""

    report = models.ForeignKey(OpennessReport, models.PROTECT, related_name="comments")
    name = models.CharField(_("nama"), max_length=80, blank=True)
    text = models.TextField(_("komentar"))
    at = models.DateTimeField()
    moderated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    moderated_at = models.DateTimeField(null=True)
    published = models.BooleanField(default=False)
    reason = models.CharField(_("alasan tidak diterbitkan"), max_length=300, blank=True)

    objects = ReportCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("komentar laporan")
        verbose_name_plural = _("komentar laporan")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="report_comment_says_something"),
            models.CheckConstraint(
                condition=Q(moderated_at=None, moderated_by=None, published=False, reason="")
                | (
                    Q(moderated_at__isnull=False, moderated_by__isnull=False)
                    & (Q(published=True, reason="") | (Q(published=False) & ~Q(reason="")))
                ),
                name="report_comment_refused_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["at"], condition=Q(moderated_at=None), name="report_comment_waiting")]
        triggers = [
            pgtrigger.Trigger(
                name="report_comment_born_waiting",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.moderated_at IS NOT NULL OR NOT EXISTS (
                        SELECT FROM oversight_opennessreport r WHERE r.id = NEW.report_id
                        AND r.public_at IS NOT NULL AND NEW.at < r.comments_until
                    ) THEN
                        RAISE EXCEPTION 'a comment waits for the secretariat, while its report takes comments';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="report_comment_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.moderated_at IS NOT NULL
                       OR to_jsonb(NEW) - '{moderated_at,moderated_by_id,published,reason}'::text[]
                          IS DISTINCT FROM to_jsonb(OLD) - '{moderated_at,moderated_by_id,published,reason}'::text[] THEN
                        RAISE EXCEPTION 'a comment is decided once and never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="report_comment_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.pk}"
