"""Red flags, and the runs that computed them."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from oversight import flag_states
from oversight.flag_states import FlagState


class FlagQuerySet(models.QuerySet):
    def open(self):
        """Flags that nobody has judged yet."""
        return self.filter(state=FlagState.OPEN)


class Flag(models.Model):
    """Something a rule found worth a look: no accusation before the team has judged it.

    Raised by the portal's own processes, judged once by a member of the team. `key` names what it is about and
    `grounds` what it rests on: the same grounds raise nothing twice, new grounds under a judged key raise the
    next `round`. `evidence` holds `lines` in words, `rows` (table → keys) and `numbers`.
    """

    rule = models.CharField(_("aturan"), max_length=40)
    key = models.CharField(max_length=200)
    round = models.PositiveSmallIntegerField(default=1)
    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="flags")
    subject = models.CharField(_("tentang"), max_length=300)
    grounds = models.JSONField(default=list)
    evidence = models.JSONField(_("bukti"), default=dict)
    first_seen_at = models.DateTimeField(_("pertama terlihat"))
    last_seen_at = models.DateTimeField(_("terakhir terlihat"))
    state = models.CharField(max_length=12, choices=FlagState, default=FlagState.OPEN)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    note = models.CharField(_("penilaian"), max_length=500, blank=True)
    finding = models.ForeignKey("oversight.Finding", models.PROTECT, null=True, related_name="flags")

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tanda bahaya")
        verbose_name_plural = _("tanda bahaya")
        ordering = ["-first_seen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["rule", "key", "round"], name="flag_raised_once"),
            models.UniqueConstraint(fields=["rule", "key"], condition=Q(state="open"), name="one_open_flag_per_key"),
            models.CheckConstraint(
                condition=Q(state="open", judged_by=None, judged_at=None, note="")
                | (~Q(state="open") & Q(judged_by__isnull=False, judged_at__isnull=False) & ~Q(note="")),
                name="flag_judged_by_somebody_with_words",
            ),
            models.CheckConstraint(
                condition=Q(state="finding", finding__isnull=False) | (~Q(state="finding") & Q(finding=None)),
                name="flag_became_a_finding",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="flag_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in flag_states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="flag_initial_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="open"),
                func="RAISE EXCEPTION 'a flag is born open';",
            ),
            pgtrigger.Trigger(
                name="flag_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.rule, NEW.key, NEW.round, NEW.stage_id, NEW.first_seen_at)
                       IS DISTINCT FROM (OLD.rule, OLD.key, OLD.round, OLD.stage_id, OLD.first_seen_at) THEN
                        RAISE EXCEPTION 'what a flag is about never changes';
                    END IF;
                    IF OLD.state <> 'open' AND to_jsonb(NEW) - 'last_seen_at'
                       IS DISTINCT FROM to_jsonb(OLD) - 'last_seen_at' THEN
                        RAISE EXCEPTION 'a judged flag stands as it was judged';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="flag_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.key}"


class FlagRun(models.Model):
    """One computation of all rules that is due, or was done: every night, and soon after something happened.

    `facts_upto` is the last fact of the record that had happened by then; `failed` names rules that broke.
    """

    class Cause(models.TextChoices):
        NIGHT = "night", _("setiap malam")
        EVENT = "event", _("ada peristiwa")

    cause = models.CharField(max_length=5, choices=Cause)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    facts_upto = models.BigIntegerField(default=0)
    raised = models.PositiveIntegerField(default=0)
    failed = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        verbose_name = _("perhitungan tanda bahaya")
        verbose_name_plural = _("perhitungan tanda bahaya")
        ordering = ["-due_at"]
        constraints = [
            models.UniqueConstraint(fields=["cause", "due_at"], name="flag_run_once"),
            models.UniqueConstraint(fields=["cause"], condition=Q(done_at=None), name="one_flag_run_waits"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="flag_run_done_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__done_at__isnull=False),
                func="RAISE EXCEPTION 'a run is done once';",
            ),
            pgtrigger.Protect(name="flag_run_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.due_at:%Y-%m-%d %H:%M}"
