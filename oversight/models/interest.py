import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

TARGETS = ("agency", "recruitment", "formation")


class InterestQuerySet(models.QuerySet):
    def current(self, at):
        """Interests that are declared and not over at `at`."""
        return self.filter(since__lte=at).filter(Q(until=None) | Q(until__gt=at))


class Interest(models.Model):
    """A member's declared conflict of interest: about an agency and all below it, a recruitment, or a position.

    While it runs the member confirms, holds, assesses and closes nothing there; triggers refuse it. The public
    sees whose it is and about what, never why.
    """

    membership = models.ForeignKey("oversight.Membership", models.PROTECT, related_name="interests")
    agency = models.ForeignKey("vacancies.Agency", models.PROTECT, null=True, blank=True, related_name="+")
    recruitment = models.ForeignKey("vacancies.Recruitment", models.PROTECT, null=True, blank=True, related_name="+")
    formation = models.ForeignKey("vacancies.Formation", models.PROTECT, null=True, blank=True, related_name="+")
    declared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("benturan kepentingan")
        verbose_name_plural = _("benturan kepentingan")
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False, recruitment=None, formation=None)
                | Q(agency=None, recruitment__isnull=False, formation=None)
                | Q(agency=None, recruitment=None, formation__isnull=False),
                name="interest_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(until=None, ended_by=None) | Q(until__gt=F("since"), ended_by__isnull=False),
                name="interest_term",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="interest_ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.until IS NOT NULL OR to_jsonb(NEW) - 'until' - 'ended_by_id'
                       IS DISTINCT FROM to_jsonb(OLD) - 'until' - 'ended_by_id' THEN
                        RAISE EXCEPTION 'a declared interest is ended once, never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="interest_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.agency or self.recruitment or self.formation)


def refuse_interested(name: str) -> pgtrigger.Trigger:
    """Refuses a row of a finding whose `by` has an interest in the finding's stage."""
    return pgtrigger.Trigger(
        name=f"{name}_no_interest",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func="""
            IF oversight_has_interest(
                NEW.by_id, (SELECT f.stage_id FROM oversight_finding f WHERE f.id = NEW.finding_id), NEW.at
            ) THEN
                RAISE EXCEPTION 'whoever has an interest in the matter has no say in it';
            END IF;
            RETURN NEW;
        """,
    )
