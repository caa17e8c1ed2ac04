from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from publishing import mailing_states
from publishing.mailing_states import MailingState


class MailingQuerySet(models.QuerySet):
    def running(self):
        return self.filter(state=MailingState.RUNNING)


class Mailing(models.Model):
    """The letters of one publication to many people: at which hours they leave, and whether they leave at all.

    A letter that belongs to a mailing leaves only while the mailing runs and the clock of `time_zone` is inside the
    window. Letters to one person belong to none and go first.
    """

    publication = models.OneToOneField("publishing.Publication", models.PROTECT, related_name="mailing")
    state = models.CharField(max_length=10, choices=MailingState, default=MailingState.RUNNING)
    window_from = models.TimeField(_("surat berangkat mulai pukul"))
    window_until = models.TimeField(_("surat berangkat sampai pukul"))
    time_zone = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("surat massal")
        verbose_name_plural = _("surat massal")
        constraints = [
            models.CheckConstraint(condition=Q(window_from__lt=F("window_until")), name="mailing_window_is_in_one_day")
        ]
        triggers = [
            pgtrigger.FSM(
                name="mailing_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in mailing_states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="mailing_initial_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="running"),
                func="RAISE EXCEPTION 'a mailing is born running';",
            ),
            pgtrigger.Trigger(
                name="mailing_as_made",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
                        RAISE EXCEPTION 'a mailing keeps its publication and its window';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="mailing_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"surat massal {self.publication_id}"

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def is_open(self, at: datetime) -> bool:
        """Whether letters may leave at `at` by the hours alone."""
        return self.window_from <= at.astimezone(self.zone).time() < self.window_until

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself inside the window, else when it opens next."""
        if self.is_open(at):
            return at
        local = at.astimezone(self.zone)
        day = local.date() + timedelta(days=local.time() >= self.window_until)
        return datetime.combine(day, self.window_from, self.zone)


class MailingStep(models.Model):
    """Somebody paused, resumed or stopped a mailing, and says why."""

    mailing = models.ForeignKey(Mailing, models.PROTECT, related_name="steps")
    to = models.CharField(max_length=10, choices=MailingState)
    reason = models.CharField(_("alasan"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("langkah surat massal")
        verbose_name_plural = _("langkah surat massal")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="mailing_step_has_a_reason")]
        triggers = append_only("mailingstep")

    def __str__(self) -> str:
        return f"{self.mailing_id} → {self.to}"


class Pace(models.Model):
    """How many letters were promised to a mail server in a minute, all processes together."""

    host = models.CharField(max_length=200)
    minute = models.DateTimeField()
    letters = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("laju surat")
        verbose_name_plural = _("laju surat")
        constraints = [models.UniqueConstraint(fields=["host", "minute"], name="one_pace_per_minute")]

    def __str__(self) -> str:
        return f"{self.host} {self.minute:%H:%M}: {self.letters}"
