import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from workforce.models.panel import PanelMember


class ScoreSheet(models.Model):
    """One person's scores for one component of one stage. Locked by its writer, and then never changed.

    A mistake found later is a new version with a reason; the newest locked version counts. `digest` is the SHA-256
    in hex of the canonical rows at the moment of locking.
    """

    member = models.ForeignKey(PanelMember, models.PROTECT, related_name="sheets")
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="+")
    component = models.CharField(max_length=30)
    version = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(_("alasan perbaikan"), max_length=300, blank=True)
    begun_at = models.DateTimeField()
    locked_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("lembar nilai")
        verbose_name_plural = _("lembar nilai")
        ordering = ["stage", "component", "member", "version"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "component", "member", "version"], name="sheet_version"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="sheet_correction_has_reason"),
            models.CheckConstraint(
                condition=Q(locked_at=None, digest="") | (Q(locked_at__isnull=False) & ~Q(digest="")),
                name="sheet_locked_with_digest",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sheet_begins_after_declaring",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.locked_at IS NOT NULL OR NOT EXISTS (
                        SELECT FROM workforce_panelmember m
                        JOIN workforce_panel p ON p.id = m.panel_id
                        JOIN workforce_declaration d ON d.member_id = m.id
                        JOIN vacancies_stage s ON s.recruitment_id = p.recruitment_id
                        WHERE m.id = NEW.member_id AND s.id = NEW.stage_id AND p.sealed_at IS NOT NULL
                          AND m.left_at IS NULL AND NEW.component = ANY(m.components)) THEN
                        RAISE EXCEPTION 'who scores belongs to the sealed panel, scores this component and has declared';
                    END IF;
                    IF EXISTS (WITH RECURSIVE before AS (
                                   SELECT replaces_id AS id FROM workforce_panelmember WHERE id = NEW.member_id
                                   UNION SELECT m.replaces_id FROM workforce_panelmember m JOIN before b ON b.id = m.id)
                               SELECT FROM before b JOIN workforce_scoresheet o ON o.member_id = b.id
                               WHERE o.stage_id = NEW.stage_id AND o.component = NEW.component
                               AND o.locked_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'the sheet of this place was locked by the one who left';
                    END IF;
                    IF EXISTS (SELECT FROM workforce_scoresheet o WHERE o.member_id = NEW.member_id
                               AND o.stage_id = NEW.stage_id AND o.component = NEW.component AND o.locked_at IS NULL) THEN
                        RAISE EXCEPTION 'lock the sheet that is open first';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="sheet_is_locked_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.locked_at IS NOT NULL OR to_jsonb(NEW) - '{locked_at,digest}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{locked_at,digest}'::text[] THEN
                        RAISE EXCEPTION 'a sheet is locked once and never changed';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="sheet_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.component} {self.member_id} v{self.version}"


class PanelScore(models.Model):
    """What one sheet says about one participant, from 0 to 100; null is absent. Free until the sheet is locked."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="scores")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="+")
    value = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    class Meta:
        verbose_name = _("nilai panitia")
        verbose_name_plural = _("nilai panitia")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "application"], name="panel_score_once"),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0, value__lte=100), name="panel_score_between_0_and_100"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="panel_score_in_an_open_sheet",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (SELECT FROM workforce_scoresheet s
                               WHERE s.id IN (NEW.sheet_id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.sheet_id END)
                               AND s.locked_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'the sheet is locked';
                    END IF;
                    IF EXISTS (SELECT FROM workforce_conflict c JOIN workforce_scoresheet s ON s.member_id = c.member_id
                               WHERE s.id = NEW.sheet_id AND c.application_id = NEW.application_id) THEN
                        RAISE EXCEPTION 'whoever has an interest in somebody does not score that one';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="panel_score_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.application_id}"


class CombinedFile(models.Model):
    """A score file that the portal made out of locked sheets. A panel's stage takes no other score file.

    `sha256` is that of the file, `sheets` are the keys of what it was made of. The ScoreBatch with the same hash
    is what became of it.
    """

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    sheets = ArrayField(models.BigIntegerField())
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("rekap lembar nilai")
        verbose_name_plural = _("rekap lembar nilai")
        constraints = [models.UniqueConstraint(fields=["stage", "sha256"], name="combined_file_once")]
        triggers = append_only("combined_file")

    def __str__(self) -> str:
        return f"{self.stage_id} {self.sha256[:8]}"
