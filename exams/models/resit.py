import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.models.local_test import Incident, LocalTest, Seat
from lib.append_only import append_only


class Resit(models.Model):
    """Because of an incident that was noted while a test ran, some of its people sit another one. One asks, another grants.

    Once granted, what they did in this test counts no more and they may be seated in a later one. Whoever ended the
    test by the button had it: nobody tries again because of a score.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Menunggu keputusan")
        GRANTED = "granted", _("Diberikan")
        DROPPED = "dropped", _("Tidak diberikan")

    test = models.ForeignKey(LocalTest, models.PROTECT, related_name="resits")
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="resits")
    reason = models.CharField(_("alasan"), max_length=500)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("ujian pengganti")
        verbose_name_plural = _("ujian pengganti")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["test"], condition=Q(state="proposed"), name="one_resit_waits_per_test"),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | ~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="resit_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="granted") | ~Q(decided_by=F("proposed_by")), name="resit_second_person"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="resit_of_an_incident_of_its_day",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.state <> 'proposed' OR NOT EXISTS (
                        SELECT FROM exams_incident i JOIN exams_localtest t ON t.session_id = i.test_id
                        WHERE i.id = NEW.incident_id AND i.test_id = NEW.test_id AND i.at <= t.closed_at) THEN
                        RAISE EXCEPTION 'a resit waits first, for an incident that was noted before its test was over';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="resit_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("free", "text[] := '{state,decided_by_id,decided_at}'")],
                func="""
                    IF OLD.state <> 'proposed' OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
                        RAISE EXCEPTION 'a resit is decided once and never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="resit_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.test_id} {self.state}"


class ResitSeat(models.Model):
    """A seat whose participant sits another test."""

    resit = models.ForeignKey(Resit, models.PROTECT, related_name="places")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="resits")

    class Meta:
        verbose_name = _("kursi ujian pengganti")
        verbose_name_plural = _("kursi ujian pengganti")
        constraints = [models.UniqueConstraint(fields=["resit", "seat"], name="one_resit_seat")]
        triggers = [
            *append_only("resit_seat"),
            pgtrigger.Trigger(
                name="resit_seat_had_no_test",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM exams_resit r JOIN exams_incident i ON i.id = r.incident_id
                        JOIN exams_seat s ON s.test_id = r.test_id
                        WHERE r.id = NEW.resit_id AND r.state = 'proposed' AND s.id = NEW.seat_id
                        AND (i.seat_id IS NULL OR i.seat_id = s.id)) THEN
                        RAISE EXCEPTION 'a resit is for seats of its test that its incident concerns, before it is decided';
                    END IF;
                    IF EXISTS (SELECT FROM exams_sitting t WHERE t.seat_id = NEW.seat_id AND t.ended_at < t.ends_at) THEN
                        RAISE EXCEPTION 'whoever ended a test has had it';
                    END IF;
                    IF EXISTS (SELECT FROM exams_resitseat o JOIN exams_resit r ON r.id = o.resit_id
                               WHERE o.seat_id = NEW.seat_id AND r.state <> 'dropped') THEN
                        RAISE EXCEPTION 'a seat is replaced once';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resit_id} {self.seat_id}"
