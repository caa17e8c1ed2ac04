import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Neutralisation(models.Model):
    """A faulty item of a test counts as fully answered for everybody who got it. One proposes, another decides.

    What it changes is computed with the proposal, for everybody, and waits beside the scores in force (ShadowScore).
    It is applied whole or dropped; until then nobody's score is another.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Menunggu keputusan")
        APPLIED = "applied", _("Diterapkan")
        DROPPED = "dropped", _("Tidak diterapkan")

    test = models.ForeignKey("exams.LocalTest", models.PROTECT, related_name="neutralisations")
    version = models.ForeignKey("exams.ItemVersion", models.PROTECT, related_name="+")
    reason = models.CharField(_("alasan"), max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("soal dinetralkan")
        verbose_name_plural = _("soal dinetralkan")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["test", "version"], condition=~Q(state="dropped"), name="item_neutralised_once"
            ),
            models.UniqueConstraint(
                fields=["test"], condition=Q(state="proposed"), name="one_neutralisation_waits_per_test"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="neutralisation_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="applied") | ~Q(decided_by=F("proposed_by")), name="neutralisation_second_person"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="neutralisation_waits_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.state <> 'proposed' OR (SELECT closed_at FROM exams_localtest
                                                   WHERE session_id = NEW.test_id) IS NULL THEN
                        RAISE EXCEPTION 'an item is neutralised when the test is over, by a second person';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="neutralisation_decided_once_and_whole",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("free", "text[] := '{state,decided_by_id,decided_at}'")],
                func="""
                    IF OLD.state <> 'proposed' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
                        RAISE EXCEPTION 'a proposal is decided once and never rewritten';
                    END IF;
                    IF NEW.state = 'applied' AND EXISTS (
                        SELECT FROM exams_sitting t JOIN exams_seat s ON s.id = t.seat_id
                        WHERE s.test_id = NEW.test_id AND NOT EXISTS (
                            SELECT FROM exams_shadowscore h WHERE h.neutralisation_id = NEW.id AND h.sitting_id = t.id)
                    ) THEN
                        RAISE EXCEPTION 'it is applied for everybody or for nobody';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="neutralisation_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.test_id} {self.version_id}"


class ShadowScore(models.Model):
    """One person's score before and after a neutralisation. It counts once that is applied: the newest applied one does."""

    neutralisation = models.ForeignKey(Neutralisation, models.PROTECT, related_name="shadows")
    sitting = models.ForeignKey("exams.Sitting", models.PROTECT, related_name="shadows")
    old = models.JSONField()
    new = models.JSONField()

    class Meta:
        verbose_name = _("nilai bayangan")
        verbose_name_plural = _("nilai bayangan")
        constraints = [models.UniqueConstraint(fields=["neutralisation", "sitting"], name="one_shadow_per_sitting")]
        triggers = [
            *append_only("shadow_score"),
            pgtrigger.Trigger(
                name="shadow_beside_a_proposal",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM exams_neutralisation n JOIN exams_seat s ON s.test_id = n.test_id
                        JOIN exams_sitting t ON t.seat_id = s.id
                        WHERE n.id = NEW.neutralisation_id AND n.state = 'proposed' AND t.id = NEW.sitting_id) THEN
                        RAISE EXCEPTION 'a shadow is computed with its proposal, for a sitting of its test';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.neutralisation_id} {self.sitting_id}"


class TestFile(models.Model):
    """A score file that the portal made out of its own tests: which tests, which neutralisations.

    The ScoreBatch of the stage with the same hash is what became of it: approved by a second person like any file.
    """

    __test__ = False  # a noun of the office

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    tests = ArrayField(models.BigIntegerField())
    neutralisations = ArrayField(models.BigIntegerField())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("berkas nilai ujian setempat")
        verbose_name_plural = _("berkas nilai ujian setempat")
        constraints = [models.UniqueConstraint(fields=["stage", "sha256"], name="test_file_once")]
        triggers = append_only("test_file")

    def __str__(self) -> str:
        return f"{self.stage_id} {self.sha256[:8]}"
