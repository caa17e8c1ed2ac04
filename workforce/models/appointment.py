import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only

REFUSE, TRUNCATE = append_only("appointment")


class AppointmentQuerySet(models.QuerySet):
    def valid(self):
        """Not replaced by a correction."""
        return self.filter(corrected_at=None)

    def current(self, today):
        return self.valid().filter(Q(until=None) | Q(until__gte=today), since__lte=today)


class Appointment(models.Model):
    """One post of one person by decree: definitive, or acting (Plt, Plh). Written once.

    It ends once, with the decree that ends it. What was wrong is not rewritten: a new row `corrects` it, and both are
    shown. An erasure empties the decrees.
    """

    class Kind(models.TextChoices):
        DEFINITIVE = "definitif", _("Definitif")
        ACTING = "plt", _("Pelaksana tugas (Plt.)")
        STAND_IN = "plh", _("Pelaksana harian (Plh.)")

    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="appointments")
    position = models.ForeignKey("workforce.Position", models.PROTECT, related_name="appointments")
    kind = models.CharField(_("status"), max_length=10, choices=Kind, default=Kind.DEFINITIVE)
    since = models.DateField(_("terhitung mulai"))
    until = models.DateField(_("sampai"), null=True, blank=True)
    decree = models.CharField(_("nomor keputusan"), max_length=120, blank=True)
    decree_date = models.DateField(_("tanggal keputusan"), null=True, blank=True)
    end_decree = models.CharField(_("nomor keputusan pemberhentian"), max_length=120, blank=True)
    extends = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="extended_by")
    corrects = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="corrected_by")
    corrected_at = models.DateTimeField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("pengangkatan")
        verbose_name_plural = _("pengangkatan")
        ordering = ["-since", "-pk"]
        indexes = [models.Index(fields=["position", "until"], name="appointment_of_position")]
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="appointment_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["employee", "position", "kind", "since"],
                condition=Q(corrected_at=None),
                name="appointment_once",
            ),
            models.UniqueConstraint(
                fields=["employee"],
                condition=Q(kind="definitif", until=None, corrected_at=None),
                name="one_definitive_post",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="appointment_written_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - '{until,end_decree,corrected_at,decree}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{until,end_decree,corrected_at,decree}'::text[]
                       OR OLD.until IS NOT NULL AND NEW.until IS DISTINCT FROM OLD.until
                       OR OLD.corrected_at IS NOT NULL AND NEW.corrected_at IS DISTINCT FROM OLD.corrected_at
                       OR NEW.decree IS DISTINCT FROM OLD.decree AND NEW.decree <> ''
                       OR NEW.end_decree IS DISTINCT FROM OLD.end_decree AND NEW.end_decree <> ''
                          AND OLD.until IS NOT NULL THEN
                        RAISE EXCEPTION 'appointment is append-only: a correction is a new row';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="appointment_never_deleted",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func=REFUSE.func,
            ),
            TRUNCATE,
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.position_id} {self.since}"
