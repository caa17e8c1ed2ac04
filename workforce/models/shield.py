import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ShieldQuerySet(models.QuerySet):
    def standing(self):
        """Not lifted."""
        return self.filter(lifted_at=None)


class Shield(models.Model):
    """Somebody in danger is nowhere to be found. One officer places it at once; two lift it, one asks and another does.

    Only the kind of ground is kept: details about a threat do not belong into the directory.
    """

    class Ground(models.TextChoices):
        THREAT = "threat", _("Ancaman terhadap orang ini atau keluarganya")
        WITNESS = "witness", _("Saksi atau pelapor yang dilindungi")
        ORDER = "order", _("Perintah pengadilan, LPSK, atau kepolisian")

    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="shields")
    ground = models.CharField(_("alasan"), max_length=10, choices=Ground)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lift_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lift_asked_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    objects = ShieldQuerySet.as_manager()

    class Meta:
        verbose_name = _("perlindungan")
        verbose_name_plural = _("perlindungan")
        ordering = ["-placed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["employee"], condition=Q(lifted_at=None), name="one_standing_shield"),
            models.CheckConstraint(
                condition=Q(lift_asked_at=None, lift_asked_by=None)
                | Q(lift_asked_at__isnull=False, lift_asked_by__isnull=False),
                name="shield_lift_asked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, lift_asked_by__isnull=False)
                & ~Q(lifted_by=F("lift_asked_by")),
                name="shield_lifted_by_a_second",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="shield_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="shield_moves_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.employee_id, NEW.placed_by_id, NEW.placed_at)
                       IS DISTINCT FROM (OLD.employee_id, OLD.placed_by_id, OLD.placed_at)
                       OR OLD.lifted_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a shield stays with whom it protects, and a lifted one is history';
                    END IF;
                    IF OLD.lift_asked_by_id IS NULL AND NEW.lifted_at IS NOT NULL THEN
                        RAISE EXCEPTION 'lifting is asked first and done by another then';
                    END IF;
                    IF OLD.lift_asked_by_id IS NOT NULL AND NEW.lifted_at IS NOT NULL
                       AND NEW.lift_asked_by_id IS DISTINCT FROM OLD.lift_asked_by_id THEN
                        RAISE EXCEPTION 'who asked for lifting does not change while it is lifted';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.placed_at:%Y-%m-%d}"
