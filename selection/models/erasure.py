import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ErasureQuerySet(models.QuerySet):
    def due(self):
        """Erasures that two people decided, or that follow from a time limit, and that are not carried out yet."""
        return self.filter(Q(approved_at__isnull=False) | Q(reason=Erasure.Reason.EXPIRED), done_at=None)


class Erasure(models.Model):
    """Personal data that is to go, or went: who asked, who approved, when, why. Holds nothing personal itself.

    `applications` are the portal's own numbers, which mean nothing once the data is gone. `whole` says that the person
    and the account go too, not only what belongs to the applications. A restored backup is erased again by these rows
    and by the list beside the database.
    """

    class Reason(models.TextChoices):
        REQUEST = "request", _("Permohonan orang yang bersangkutan")
        ORDER = "order", _("Perintah pengadilan atau lembaga berwenang")
        EXPIRED = "expired", _("Masa simpan habis")

    applications = ArrayField(models.CharField(max_length=14), default=list)
    whole = models.BooleanField(default=True)
    reason = models.CharField(_("alasan"), max_length=10, choices=Reason)
    letter = models.CharField(_("nomor surat"), max_length=60, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("penghapusan data pribadi")
        verbose_name_plural = _("penghapusan data pribadi")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reason="expired", asked_by=None, approved_by=None, approved_at=None)
                | (~Q(reason="expired") & Q(asked_by__isnull=False) & ~Q(letter="")),
                name="erasure_asked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("asked_by"))),
                name="erasure_second_person",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(reason="expired") | Q(approved_at__isnull=False),
                name="erasure_done_after_approval",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="erasure_stamped_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - '{approved_by_id,approved_at,done_at}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{approved_by_id,approved_at,done_at}'::text[]
                       OR (OLD.approved_at IS NOT NULL AND (NEW.approved_at, NEW.approved_by_id)
                           IS DISTINCT FROM (OLD.approved_at, OLD.approved_by_id))
                       OR (OLD.done_at IS NOT NULL AND NEW.done_at IS DISTINCT FROM OLD.done_at) THEN
                        RAISE EXCEPTION 'an erasure is approved once and done once';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="erasure_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"penghapusan {self.pk}"
