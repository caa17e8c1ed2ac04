import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class HoldQuerySet(models.QuerySet):
    def standing(self, at):
        """Holds that stop a publication at `at`: not lifted, and confirmed or not yet lapsed."""
        return self.filter(lifted_at=None).filter(Q(confirmed_at__isnull=False) | Q(lapses_at__gt=at))


class Hold(models.Model):
    """The team stops the next publication of a stage.

    Lapses after 24 h unless a second member confirms it; lifted only by the team, or by the
    override official with a public reason.
    """

    class LiftedAs(models.TextChoices):
        TEAM = "team", _("tim pengawas")
        OVERRIDE = "override", _("pejabat yang berwenang")

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="holds")
    reason = models.CharField(_("alasan"), max_length=500)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lapses_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_as = models.CharField(max_length=10, choices=LiftedAs, blank=True)
    lift_reason = models.CharField(_("alasan pencabutan"), max_length=500, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("penahanan")
        verbose_name_plural = _("penahanan")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_reason"),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("placed_by"))),
                name="hold_second_member",
            ),
            models.CheckConstraint(
                condition=Q(lifted_by=None, lifted_at=None, lifted_as="")
                | (Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~Q(lifted_as="") & ~Q(lift_reason="")),
                name="hold_lifted_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["stage"], condition=Q(lifted_at=None), name="hold_standing")]
        triggers = [
            pgtrigger.Trigger(
                name="hold_steps_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.stage_id, NEW.reason, NEW.placed_by_id, NEW.placed_at, NEW.lapses_at)
                       IS DISTINCT FROM (OLD.stage_id, OLD.reason, OLD.placed_by_id, OLD.placed_at, OLD.lapses_at)
                       OR OLD.lifted_at IS NOT NULL
                       OR (OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_at, NEW.confirmed_by_id)
                           IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by_id)) THEN
                        RAISE EXCEPTION 'a hold is confirmed once and lifted once, never rewritten';
                    END IF;
                    IF current_user = 'portal_app' AND NEW.lifted_as <> 'override' THEN
                        RAISE EXCEPTION 'only the team confirms or lifts a hold; the official overrides it in public';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="hold_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"penahanan {self.pk}"
