"""What citizens report to the team. Everything they wrote is sealed to the team's key before it comes here."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from lib.append_only import written_once_but_forgotten
from oversight import report_states
from oversight.models.team_key import bytes_of
from oversight.report_states import ReportState


class Topic(models.TextChoices):
    """What a report is about; the only thing about its content that is not sealed."""

    MONEY = "money", _("Diminta uang atau dijanjikan lulus")
    RESULT = "result", _("Hasil atau nilai tidak wajar")
    REQUIREMENT = "requirement", _("Syarat tidak adil atau tidak jelas")
    SERVICE = "service", _("Sikap atau layanan petugas")
    SITE = "site", _("Situs ini")
    OTHER = "other", _("Lainnya")


def on_the_hour(field: str) -> Exact:
    """The condition that an instant says the hour and nothing finer."""
    seconds = models.Func(
        models.F(field),
        template="mod(extract(epoch FROM %(expressions)s), 3600)",
        output_field=models.DecimalField(max_digits=12, decimal_places=6),
    )
    return Exact(seconds, 0)


class Report(models.Model):
    """A citizen report. Found by what follows from the reporter's code, and by nothing else of the reporter.

    The key is random and times are hours, so that neither order nor minute leads to whoever was online then.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    lookup = models.BinaryField(max_length=32, unique=True)
    reporter_key = models.BinaryField(max_length=32)
    team = models.ForeignKey("oversight.Team", models.PROTECT, related_name="reports")
    topic = models.CharField(_("tentang"), max_length=12, choices=Topic)
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.RECEIVED)
    received_at = models.DateTimeField(_("diterima, jamnya saja"))
    first_answer_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    finding = models.ForeignKey("oversight.Finding", models.PROTECT, null=True, blank=True, related_name="reports")

    class Meta:
        verbose_name = _("laporan warga")
        verbose_name_plural = _("laporan warga")
        indexes = [models.Index(fields=["received_at"], name="report_by_hour")]
        constraints = [
            models.CheckConstraint(condition=bytes_of("lookup", 32), name="report_lookup_length"),
            models.CheckConstraint(condition=bytes_of("reporter_key", 32), name="report_key_length"),
            models.CheckConstraint(condition=on_the_hour("received_at"), name="report_to_the_hour"),
            models.CheckConstraint(
                condition=Q(state__in=["closed", "erased"], closed_at__isnull=False)
                | (~Q(state__in=["closed", "erased"]) & Q(closed_at=None)),
                name="report_closed_at",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="report_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in report_states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="report_initial_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(
                    new__state="received", new__first_answer_at=None, new__closed_at=None, new__finding_id=None
                ),
                func="RAISE EXCEPTION 'a report is born as received';",
            ),
            pgtrigger.Trigger(
                name="report_stays_itself",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF NEW.id <> OLD.id OR NEW.lookup <> OLD.lookup OR NEW.reporter_key <> OLD.reporter_key
                       OR NEW.team_id <> OLD.team_id OR NEW.topic <> OLD.topic OR NEW.received_at <> OLD.received_at THEN
                        RAISE EXCEPTION 'what was reported, and by which code, stays';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="report_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"laporan {self.ref}"

    @property
    def ref(self) -> str:
        """How members speak of it; it leads nobody to the reporter."""
        return self.id.hex[:8].upper()


class ReportMessage(models.Model):
    """One thing said: by the reporter (sealed to the team) or by the team (sealed to the reporter and to the team).

    When its time is over only that something was said stays; the boxes are emptied.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="messages")
    number = models.PositiveSmallIntegerField()
    from_reporter = models.BooleanField()
    team_key = models.ForeignKey("oversight.TeamKey", models.PROTECT, related_name="+")
    sealed_for_team = models.BinaryField()
    sealed_for_reporter = models.BinaryField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("pesan laporan")
        verbose_name_plural = _("pesan laporan")
        ordering = ["report", "number"]
        indexes = [models.Index(fields=["at"], name="report_message_by_hour")]
        constraints = [
            models.UniqueConstraint(fields=["report", "number"], name="report_message_number"),
            models.CheckConstraint(condition=on_the_hour("at"), name="report_message_to_the_hour"),
            models.CheckConstraint(
                condition=Q(from_reporter=True, by=None, sealed_for_reporter=None)
                | Q(from_reporter=False, by__isnull=False, sealed_for_reporter__isnull=False),
                name="report_message_of_reporter_or_team",
            ),
        ]
        triggers = [
            *written_once_but_forgotten(
                "report_message",
                sealed_for_team="''::bytea",
                sealed_for_reporter="substring(OLD.sealed_for_reporter FROM 1 FOR 0)",  # null stays null
            ),
            pgtrigger.Trigger(
                name="report_message_own_voice",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF (current_user = 'portal_app' AND NOT NEW.from_reporter)
                       OR (current_user = 'portal_team' AND NEW.from_reporter) THEN
                        RAISE EXCEPTION 'nobody speaks for the other side';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.number}"


class ReportImage(models.Model):
    """One picture that came with a message, re-made from its dots alone and sealed to the team."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.ForeignKey(ReportMessage, models.PROTECT, related_name="images")
    position = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("gambar laporan")
        verbose_name_plural = _("gambar laporan")
        ordering = ["message", "position"]
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="report_image_position")]
        triggers = written_once_but_forgotten("report_image", sealed="''::bytea")

    def __str__(self) -> str:
        return f"{self.message_id} {self.position}"
