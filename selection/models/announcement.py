import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class AnnouncementNumber(models.Model):
    """A number taken from the year's series: P for results, T for notices of delay. Never reused."""

    series = models.CharField(max_length=1)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="numbers")
    reserved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("nomor pengumuman")
        verbose_name_plural = _("nomor pengumuman")
        constraints = [
            models.UniqueConstraint(fields=["series", "year", "serial"], name="announcement_serial"),
            models.UniqueConstraint(fields=["stage"], condition=Q(series="P"), name="one_result_number_per_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.serial}" if self.series == "P" else f"{self.series}-{self.year}-{self.serial}"


class Preparation(models.Model):
    """Everything one announcement will publish, rendered into a private folder named by its digest.

    Repeatable: a newer preparation of the same stage and version replaces an older one. The second
    person approves the digest, not the intention.
    """

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="preparations")
    outcome_set = models.ForeignKey("selection.OutcomeSet", models.PROTECT, related_name="preparations")
    number = models.ForeignKey(AnnouncementNumber, models.PROTECT, related_name="preparations")
    version = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    rows_digest = models.CharField(max_length=64)
    rows_root = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("alasan koreksi"), max_length=500, blank=True)
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("persiapan pengumuman")
        verbose_name_plural = _("persiapan pengumuman")
        constraints = [
            models.UniqueConstraint(
                fields=["stage", "version"], condition=Q(replaced_at=None), name="one_current_preparation"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("prepared_by"))),
                name="preparation_second_person",
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="correction_has_reason"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="preparation_approval_binds_digest",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF NEW.digest IS DISTINCT FROM OLD.digest OR NEW.rows_digest IS DISTINCT FROM OLD.rows_digest
                       OR NEW.outcome_set_id <> OLD.outcome_set_id OR NEW.version <> OLD.version
                       OR NEW.stage_id <> OLD.stage_id
                       OR (OLD.approved_at IS NOT NULL AND NEW.approved_at IS DISTINCT FROM OLD.approved_at) THEN
                        RAISE EXCEPTION 'a preparation is replaced, not rewritten';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"


class AnnouncementQuerySet(models.QuerySet):
    def public(self):
        """Announcements everybody may see. Every surface asks this."""
        return self.filter(public_at__isnull=False)


class Announcement(models.Model):
    """A published result: frozen once at the due time, then opened once. Never overwritten.

    Frozen = decided and bound by digest. Public = `public_at` is set, and that is refused before `fact`
    stands in the signed record. A correction is the next version and supersedes this one, which stays at
    its own address.
    """

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="announcements")
    preparation = models.OneToOneField(Preparation, models.PROTECT, related_name="announcement")
    outcome_set = models.ForeignKey("selection.OutcomeSet", models.PROTECT, related_name="announcements")
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, related_name="+")
    number = models.CharField(_("nomor"), max_length=20)
    version = models.PositiveSmallIntegerField(_("versi"))
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    rows_digest = models.CharField(max_length=64)
    rows_root = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("alasan koreksi"), max_length=500, blank=True)
    due_at = models.DateTimeField(_("jatuh tempo"))
    frozen_at = models.DateTimeField()
    public_at = models.DateTimeField(_("terbit"), null=True)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("pengumuman")
        verbose_name_plural = _("pengumuman")
        ordering = ["-frozen_at"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "version"], name="one_announcement_per_stage_version"),
            models.UniqueConstraint(fields=["number", "version"], name="announcement_number_version"),
            models.CheckConstraint(
                condition=Q(version=1, supersedes=None) | (Q(version__gt=1, supersedes__isnull=False) & ~Q(reason="")),
                name="correction_supersedes_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(public_at=None) | Q(public_at__gte=F("frozen_at")), name="opened_after_freezing"
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(public_at=None), name="announcement_unopened")]
        triggers = [
            pgtrigger.Trigger(
                name="announcement_opens_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.public_at IS NOT NULL
                       OR to_jsonb(NEW) - 'public_at' IS DISTINCT FROM to_jsonb(OLD) - 'public_at' THEN
                        RAISE EXCEPTION 'an announcement is never overwritten: a correction is a new version';
                    END IF;
                    IF NEW.public_at IS NOT NULL AND NOT EXISTS (
                        SELECT FROM ledger_pending p
                        WHERE p.id = NEW.fact_id AND p.n < (SELECT max(size) FROM ledger_checkpoint)
                    ) THEN
                        RAISE EXCEPTION 'an announcement opens after the signed record holds it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="announcement_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number} v{self.version}"

    def redacted(self) -> list:
        """The redactions that its files show, in the order in which they came."""
        return sorted((one for one in self.redactions.all() if one.applied_at), key=lambda one: one.redacted)

    def files_digest(self) -> str:
        """The digest of its folder as it lies there: the announced one, or that of the last redaction."""
        found = self.redacted()
        return found[-1].digest if found else self.digest

    def files_rows_digest(self) -> str:
        """The digest of its rows file as it lies there."""
        found = self.redacted()
        return found[-1].rows_digest if found else self.rows_digest


class DelayNotice(models.Model):
    """A stage was due and not ready: published at once, with what is unsettled, in its own series."""

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="delay_notices")
    number = models.CharField(_("nomor"), max_length=20, unique=True)
    due_at = models.DateTimeField(_("jatuh tempo"))
    unsettled = models.JSONField(default=list)
    public_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pemberitahuan penundaan")
        verbose_name_plural = _("pemberitahuan penundaan")
        ordering = ["-public_at"]
        constraints = [models.UniqueConstraint(fields=["stage", "due_at"], name="one_delay_notice_per_due_time")]
        triggers = append_only("delay_notice")

    def __str__(self) -> str:
        return self.number
