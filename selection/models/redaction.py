import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Redaction(models.Model):
    """One row of a published list has to disappear: only the hash of its line stays, at its place.

    Prepared by one person (`digest` names the folder with every file made again), approved by another, which writes
    the fact; applied once the signed record holds the fact. The row itself is never kept here.
    """

    class Reason(models.TextChoices):
        REQUEST = "request", _("Permohonan orang yang bersangkutan (UU PDP)")
        ORDER = "order", _("Putusan pengadilan atau perintah lembaga berwenang")

    announcement = models.ForeignKey("selection.Announcement", models.PROTECT, related_name="redactions")
    place = models.PositiveIntegerField(help_text="Of the row in the rows file, from 0.")
    leaf = models.CharField(max_length=64)
    redacted = models.PositiveIntegerField(help_text="How many rows of the list are redacted with this one.")
    reason = models.CharField(_("alasan"), max_length=10, choices=Reason)
    letter = models.CharField(_("nomor surat"), max_length=60)
    digest = models.CharField(max_length=64)
    rows_digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("penyamaran baris")
        verbose_name_plural = _("penyamaran baris")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["announcement", "place"], name="row_redacted_once"),
            models.UniqueConstraint(
                fields=["announcement"], condition=Q(applied_at=None), name="one_open_redaction_per_list"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None, fact=None)
                | (
                    Q(approved_by__isnull=False, approved_at__isnull=False, fact__isnull=False)
                    & ~Q(approved_by=F("asked_by"))
                ),
                name="redaction_second_person",
            ),
            models.CheckConstraint(
                condition=Q(applied_at=None) | Q(approved_at__isnull=False), name="redaction_applied_after_approval"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="redaction_stamped_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - '{approved_by_id,approved_at,fact_id,applied_at}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{approved_by_id,approved_at,fact_id,applied_at}'::text[]
                       OR (OLD.approved_at IS NOT NULL AND (NEW.approved_at, NEW.approved_by_id, NEW.fact_id)
                           IS DISTINCT FROM (OLD.approved_at, OLD.approved_by_id, OLD.fact_id))
                       OR OLD.applied_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a redaction is approved once and applied once';
                    END IF;
                    IF NEW.applied_at IS NOT NULL AND NOT EXISTS (
                        SELECT FROM ledger_pending p
                        WHERE p.id = NEW.fact_id AND p.n < (SELECT max(size) FROM ledger_checkpoint)
                    ) THEN
                        RAISE EXCEPTION 'a row is redacted after the signed record holds it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="redaction_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.announcement_id}: baris {self.place + 1}"
