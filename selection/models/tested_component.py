import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class TestedComponent(models.Model):
    """A component of a stage's rule that tests of the portal measure: its values come from them, and from no file.

    Taken when a test is sealed, given back when no test of the stage was ever opened.
    """

    __test__ = False  # a noun of the office

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="tested_components")
    component = models.CharField(_("komponen nilai"), max_length=30)
    taken_at = models.DateTimeField()

    class Meta:
        verbose_name = _("komponen yang diuji di portal")
        verbose_name_plural = _("komponen yang diuji di portal")
        ordering = ["stage", "pk"]
        constraints = [models.UniqueConstraint(fields=["stage", "component"], name="one_tested_component_of_a_stage")]
        triggers = [
            pgtrigger.Trigger(
                name="tested_component_is_free",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT FROM selection_scorebatch b WHERE b.stage_id = NEW.stage_id
                               AND b.state <> 'refused' AND NEW.component = ANY(b.components)) THEN
                        RAISE EXCEPTION 'a component that a score file carries is not tested afterwards';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="tested_component_is_unused",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF EXISTS (SELECT FROM selection_scorebatch b WHERE b.stage_id = OLD.stage_id
                               AND b.state <> 'refused' AND OLD.component = ANY(b.components)) THEN
                        RAISE EXCEPTION 'a component whose tested values were handed in stays tested';
                    END IF;
                    RETURN OLD;
                """,
            ),
            pgtrigger.Protect(name="tested_component_stays_as_taken", operation=pgtrigger.Update),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.component}"
