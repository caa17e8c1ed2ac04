import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ReportingLineQuerySet(models.QuerySet):
    def standing(self):
        """In force: confirmed by a second officer and not ended."""
        return self.filter(confirmed_at__isnull=False, ended_at=None)

    def waiting(self):
        """Declared, and not confirmed yet."""
        return self.filter(confirmed_at=None, ended_at=None)


class ReportingLine(models.Model):
    """Who answers to whom: declared by one officer, confirmed by another. Only this superior agrees and assesses.

    Nobody is their own superior, not around a corner either, and no officer declares or confirms a line they are on.
    """

    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="lines")
    superior = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="lines_below")
    basis = models.CharField(_("dasar"), max_length=200)
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ReportingLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("garis pelaporan")
        verbose_name_plural = _("garis pelaporan")
        ordering = ["-declared_at", "-pk"]
        indexes = [models.Index(fields=["superior"], condition=Q(ended_at=None), name="line_below")]
        constraints = [
            models.CheckConstraint(condition=~Q(employee=F("superior")), name="line_to_somebody_else"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmed_by=None)
                | (Q(confirmed_at__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("declared_by"))),
                name="line_confirmed_by_a_second",
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(ended_at=None, confirmed_at__isnull=False), name="one_standing_line"
            ),
            models.UniqueConstraint(
                fields=["employee"], condition=Q(ended_at=None, confirmed_at=None), name="one_waiting_line"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="line_moves_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' AND (NEW.confirmed_at IS NOT NULL OR NEW.ended_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a line is declared first and confirmed by another';
                    END IF;
                    IF TG_OP = 'UPDATE' AND (OLD.ended_at IS NOT NULL
                       OR to_jsonb(NEW) - '{confirmed_by_id,confirmed_at,ended_at}'::text[]
                          IS DISTINCT FROM to_jsonb(OLD) - '{confirmed_by_id,confirmed_at,ended_at}'::text[]
                       OR OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_at, NEW.confirmed_by_id)
                          IS DISTINCT FROM (OLD.confirmed_at, OLD.confirmed_by_id)) THEN
                        RAISE EXCEPTION 'a line is confirmed once, ended once, and changes in no other way';
                    END IF;
                    IF EXISTS (SELECT FROM workforce_employee e WHERE e.id IN (NEW.employee_id, NEW.superior_id)
                               AND e.user_id IN (NEW.declared_by_id, NEW.confirmed_by_id)) THEN
                        RAISE EXCEPTION 'nobody declares or confirms a line they are on';
                    END IF;
                    IF NEW.confirmed_at IS NOT NULL AND NEW.ended_at IS NULL AND EXISTS (
                        WITH RECURSIVE above AS (
                            SELECT NEW.superior_id AS id
                            UNION SELECT l.superior_id FROM workforce_reportingline l JOIN above a ON a.id = l.employee_id
                            WHERE l.confirmed_at IS NOT NULL AND l.ended_at IS NULL)
                        SELECT FROM above WHERE id = NEW.employee_id) THEN
                        RAISE EXCEPTION 'nobody is their own superior, not around a corner either';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="line_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} → {self.superior_id}"
