import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class OutcomeSet(models.Model):
    """One computation of a stage's result, for everyone in it: the working result or a shadow.

    A shadow (re-review) is compared old → new and then applied or cancelled as a whole. The newest
    applied set is the stage's result in force; it becomes public only through an announcement.
    """

    class State(models.TextChoices):
        SHADOW = "shadow", _("Bayangan")
        APPLIED = "applied", _("Berlaku")
        CANCELLED = "cancelled", _("Dibatalkan")

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="outcome_sets")
    version = models.PositiveSmallIntegerField()
    rulepack = models.CharField(max_length=40)
    rulepack_digest = models.CharField(max_length=64)
    components = ArrayField(models.CharField(max_length=30), default=list)
    places_digest = models.CharField(max_length=64, blank=True, help_text="Quotas and needs the computation rests on.")
    batches = ArrayField(models.BigIntegerField(), default=list, help_text=_("Keys of the score batches used."))
    state = models.CharField(max_length=10, choices=State, default=State.SHADOW)
    reason = models.CharField(_("alasan"), max_length=500, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("perhitungan hasil")
        verbose_name_plural = _("perhitungan hasil")
        ordering = ["stage", "version"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "version"], name="outcome_set_version"),
            models.UniqueConstraint(fields=["stage"], condition=Q(state="shadow"), name="one_shadow_per_stage"),
            models.CheckConstraint(
                condition=Q(state="shadow", decided_at=None) | (~Q(state="shadow") & Q(decided_at__isnull=False)),
                name="outcome_set_decided_has_time",
            ),
            # A first computation has no reason; a re-review has one, and its maker does not apply it.
            models.CheckConstraint(
                condition=~Q(state="applied") | Q(reason="") | Q(made_by=None) | ~Q(made_by=F("decided_by")),
                name="outcome_set_second_person",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="outcome_set_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.state <> 'shadow'
                       OR to_jsonb(NEW) - '{state,decided_by_id,decided_at}'::text[]
                          IS DISTINCT FROM to_jsonb(OLD) - '{state,decided_by_id,decided_at}'::text[] THEN
                        RAISE EXCEPTION 'a computation is decided once and never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # What was announced is reversed by two people, with a reason, and in no other way.
            pgtrigger.Trigger(
                name="outcome_set_after_announcing",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__state="applied"),
                func="""
                    IF EXISTS (SELECT FROM selection_announcement a WHERE a.stage_id = NEW.stage_id)
                       AND (NEW.reason = '' OR NEW.made_by_id IS NULL OR NEW.decided_by_id IS NULL
                            OR NEW.made_by_id = NEW.decided_by_id) THEN
                        RAISE EXCEPTION 'an announced result is reversed by two people, with a reason';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Computed with a file that waited: both come in force or neither, so nothing stands in between.
            pgtrigger.Trigger(
                name="outcome_set_with_its_scores",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="shadow") & ~pgtrigger.Q(new__state="shadow"),
                func="""
                    IF EXISTS (SELECT FROM selection_scorebatch b WHERE b.id = ANY(NEW.batches)
                               AND (b.state = 'staged' OR (NEW.state = 'applied' AND b.state <> 'approved'))) THEN
                        RAISE EXCEPTION 'a result and the score file it rests on are decided together';
                    END IF;
                    RETURN NEW;
                """,
            ),
            # Files that were checked again come in force with the computation that sums them up, or not at all.
            pgtrigger.Trigger(
                name="outcome_set_with_its_recheck",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="shadow") & ~pgtrigger.Q(new__state="shadow"),
                func="""
                    IF EXISTS (SELECT FROM selection_recheck k WHERE k.result_id = NEW.id AND k.state <> NEW.state) THEN
                        RAISE EXCEPTION 'a result and the files it was checked again with are decided together';
                    END IF;
                    IF NEW.state = 'applied' AND EXISTS (
                        SELECT FROM selection_recheck k JOIN selection_reopening r ON r.recheck_id = k.id
                        LEFT JOIN selection_outcome o ON o.set_id = NEW.id AND o.application_id = r.application_id
                        WHERE k.result_id = NEW.id AND r.second_at IS NOT NULL
                        AND (o.id IS NULL OR o.decided_by = 'review')) THEN
                        RAISE EXCEPTION 'files checked again are applied as a whole';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="outcome_set_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} v{self.version}"


class Outcome(models.Model):
    """What one computation says about one application: pending → decided or ranked.

    Written set-based, never changed. "Announced" is never written here: it follows from the
    announcement that carries the set. `values` repeats the scores used, in the set's component order.
    """

    set = models.ForeignKey(OutcomeSet, models.PROTECT, related_name="outcomes")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="outcomes")
    formation = models.ForeignKey("vacancies.Formation", models.PROTECT, related_name="+")
    group = models.CharField(max_length=30, blank=True, help_text=_("Threshold group (code of the need)."))
    values = ArrayField(models.DecimalField(max_digits=9, decimal_places=3, null=True), default=list)
    total = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    final = models.DecimalField(max_digits=10, decimal_places=3, null=True)
    rank = models.PositiveIntegerField(null=True)
    code = models.CharField(max_length=10, blank=True)
    advances = models.BooleanField(default=False)
    decided_by = models.CharField(max_length=40, blank=True)
    closed_order = models.PositiveIntegerField(null=True)
    official_code = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("hasil")
        verbose_name_plural = _("hasil")
        constraints = [models.UniqueConstraint(fields=["set", "application"], name="outcome_once")]
        triggers = append_only("outcome")

    def __str__(self) -> str:
        return f"{self.application_id}: {self.code}"


class Difference(models.Model):
    """Our recomputation and the official status do not agree: unsettled until a reason is published."""

    set = models.ForeignKey(OutcomeSet, models.PROTECT, related_name="differences")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="+")
    ours = models.CharField(max_length=10)
    official = models.CharField(max_length=10)
    reason = models.CharField(_("penjelasan untuk publik"), max_length=500, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("perbedaan dengan hasil resmi")
        verbose_name_plural = _("perbedaan dengan hasil resmi")
        constraints = [
            models.UniqueConstraint(fields=["set", "application"], name="difference_once"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None)
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(reason="")),
                name="difference_settled_with_reason",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="difference_settled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.settled_at IS NOT NULL
                       OR to_jsonb(NEW) - '{reason,settled_by_id,settled_at}'::text[]
                          IS DISTINCT FROM to_jsonb(OLD) - '{reason,settled_by_id,settled_at}'::text[] THEN
                        RAISE EXCEPTION 'a difference is settled once, with the words that were published';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="difference_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.ours} / {self.official}"
