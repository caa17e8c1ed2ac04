import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from selection.models.redaction import Redaction


class AttestationQuerySet(models.QuerySet):
    def standing(self):
        """Those whose file may be read: it was not withdrawn because a row that it shows was redacted after it came."""
        later = Redaction.objects.filter(announcement=OuterRef("announcement"), applied_at__gte=OuterRef("uploaded_at"))
        return self.exclude(Exists(later))

    def public(self):
        """Those that everybody may see. Every surface asks this."""
        return self.standing().filter(public_at__isnull=False)


class Attestation(models.Model):
    """An announcement as a PDF that an official signed at a national e-signature body, with the office's own number.

    Signed outside and handed in by one person, approved by another. What it says about its signatures (`signatures`)
    is what the file says; nobody here judges the certificate. Decided once, opened once its fact stands in the signed
    record, and never overwritten: a wrong one is superseded by the next of the same announcement. `serial` counts
    them per announcement number and names the file.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu orang kedua")
        APPROVED = "approved", _("Disahkan")
        REFUSED = "refused", _("Ditolak")

    announcement = models.ForeignKey("selection.Announcement", models.PROTECT, related_name="attestations")
    number = models.CharField(max_length=20, help_text=_("Nomor pengumuman portal."))
    letter = models.CharField(_("nomor surat"), max_length=100, help_text=_("Seperti tertulis di surat."))
    letter_date = models.DateField(_("tanggal surat"))
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text=_("Bytes."))
    pages = models.PositiveIntegerField()
    signatures = models.JSONField(default=list)
    reason = models.CharField(_("alasan mengganti"), max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    serial = models.PositiveSmallIntegerField(null=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, null=True, related_name="+")
    public_at = models.DateTimeField(_("terbit"), null=True)

    objects = AttestationQuerySet.as_manager()

    class Meta:
        verbose_name = _("dokumen bertanda tangan resmi")
        verbose_name_plural = _("dokumen bertanda tangan resmi")
        ordering = ["-uploaded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["announcement"], condition=Q(state="waiting"), name="one_attestation_waits"
            ),
            models.UniqueConstraint(
                fields=["announcement"],
                condition=Q(state="approved", supersedes=None),
                name="one_attestation_supersedes_none",
            ),
            models.UniqueConstraint(
                fields=["announcement", "sha256"], condition=~Q(state="refused"), name="attestation_file_once"
            ),
            models.UniqueConstraint(fields=["number", "serial"], name="attestation_serial"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("uploaded_by")) | Q(state="refused"),
                name="attestation_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at=None, decided_by=None)
                | (~Q(state="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="attestation_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="approved", serial__isnull=False, fact__isnull=False)
                | (~Q(state="approved") & Q(serial=None, fact=None, supersedes=None, public_at=None)),
                name="attestation_approved_is_recorded",
            ),
            models.CheckConstraint(
                condition=Q(supersedes=None) | ~Q(reason=""), name="attestation_supersedes_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(public_at=None) | Q(public_at__gte=F("decided_at")),
                name="attestation_opened_after_approval",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="attestation_waits_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.state <> 'waiting' THEN
                        RAISE EXCEPTION 'an attestation waits for a second person first';
                    END IF;
                    IF NOT EXISTS (
                        SELECT FROM selection_announcement a
                        WHERE a.id = NEW.announcement_id AND a.number = NEW.number AND a.public_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'an attestation belongs to a public announcement and bears its number';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="attestation_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.state = 'waiting' THEN
                        IF to_jsonb(NEW) - '{state,decided_by_id,decided_at,serial,supersedes_id,fact_id}'::text[]
                           IS DISTINCT FROM
                           to_jsonb(OLD) - '{state,decided_by_id,decided_at,serial,supersedes_id,fact_id}'::text[] THEN
                            RAISE EXCEPTION 'an attestation is never rewritten: a correction is a new one';
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF OLD.public_at IS NOT NULL
                       OR to_jsonb(NEW) - 'public_at' IS DISTINCT FROM to_jsonb(OLD) - 'public_at' THEN
                        RAISE EXCEPTION 'an attestation is never rewritten: a correction is a new one';
                    END IF;
                    IF NEW.public_at IS NOT NULL AND NOT EXISTS (
                        SELECT FROM ledger_pending p
                        WHERE p.id = NEW.fact_id AND p.n < (SELECT max(size) FROM ledger_checkpoint)
                    ) THEN
                        RAISE EXCEPTION 'an attestation opens after the signed record holds it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="attestation_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.letter}, {self.number} v{self.announcement.version}"

    @property
    def address(self) -> str:
        """Where everybody reads it, once it is public."""
        return f"/pengumuman/{self.number}/resmi/v{self.serial}.pdf"

    @property
    def names(self) -> list[str]:
        """The names in the certificates of the signatures, as the file states them."""
        return [one["name"] for one in self.signatures if one["name"]]
