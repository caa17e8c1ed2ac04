import secrets

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class ExamSessionQuerySet(models.QuerySet):
    def public(self):
        """Those that everybody may watch: opened by a second person, of a recruitment that is public."""
        return self.filter(opened_at__isnull=False, stage__recruitment__published_at__isnull=False)


class ExamSession(models.Model):
    """A sitting of a stage's test in one or more rooms. One person makes it, another opens it, before it begins.

    Its scores arrive while it is open and are shown to everybody as they come. It is never made again or deleted.
    """

    stage = models.ForeignKey("vacancies.Stage", models.PROTECT, related_name="exam_sessions")
    slug = models.SlugField(max_length=12, unique=True)
    name = models.CharField(_("nama"), max_length=80)
    place = models.CharField(_("tempat"), max_length=120)
    rooms = ArrayField(models.CharField(max_length=40), verbose_name=_("ruang"))
    held_on = models.DateField(_("tanggal"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = ExamSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("sesi ujian")
        verbose_name_plural = _("sesi ujian")
        ordering = ["-held_on", "name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "name"], name="exam_session_name_once"),
            models.CheckConstraint(condition=Q(rooms__len__gte=1, rooms__len__lte=60), name="exam_session_has_rooms"),
            models.CheckConstraint(
                condition=Q(opened_by=None, opened_at=None)
                | Q(opened_by__isnull=False, opened_at__isnull=False) & ~Q(opened_by=F("made_by")),
                name="exam_session_second_person",
            ),
            models.CheckConstraint(
                condition=Q(closed_by=None, closed_at=None)
                | Q(closed_by__isnull=False, opened_at__isnull=False, closed_at__gte=F("opened_at")),
                name="exam_session_closed_after_opened",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="exam_session_waits_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__opened_at__isnull=False),
                func="RAISE EXCEPTION 'a session waits for a second person first';",
            ),
            pgtrigger.Trigger(
                name="exam_session_stamped_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - '{opened_by_id,opened_at,closed_by_id,closed_at}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{opened_by_id,opened_at,closed_by_id,closed_at}'::text[]
                       OR (OLD.opened_at IS NOT NULL AND (NEW.opened_at, NEW.opened_by_id)
                           IS DISTINCT FROM (OLD.opened_at, OLD.opened_by_id))
                       OR (OLD.closed_at IS NOT NULL AND (NEW.closed_at, NEW.closed_by_id)
                           IS DISTINCT FROM (OLD.closed_at, OLD.closed_by_id)) THEN
                        RAISE EXCEPTION 'a session is opened once, closed once and never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="exam_session_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def new_slug() -> str:
        """Twelve characters that say nothing about the stage or the order of sessions."""
        return secrets.token_hex(6)

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None


class FeedKey(models.Model):
    """What a machine shows to bring scores of one session: kept as a digest, one in force at a time."""

    session = models.ForeignKey(ExamSession, models.PROTECT, related_name="keys")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("kunci aliran nilai")
        verbose_name_plural = _("kunci aliran nilai")
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(ended_at=None), name="one_feed_key_in_force")
        ]
        triggers = [
            pgtrigger.Trigger(
                name="feed_key_ends_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - 'ended_at' IS DISTINCT FROM to_jsonb(OLD) - 'ended_at'
                       OR OLD.ended_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a key ends once and is never another one';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="feed_key_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"kunci {self.session_id}"


class LiveDelivery(models.Model):
    """One delivery of scores, taken as a whole: by a machine with the session's key, a person at the desk, or our own tests."""

    session = models.ForeignKey(ExamSession, models.PROTECT, related_name="deliveries")
    sequence = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField(help_text=_("Rows that said something new."))
    same = models.PositiveIntegerField(help_text=_("Rows that were there already."))
    key = models.ForeignKey(FeedKey, models.PROTECT, null=True, related_name="deliveries")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField()
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, null=True, related_name="live_delivery")

    class Meta:
        verbose_name = _("kiriman nilai")
        verbose_name_plural = _("kiriman nilai")
        ordering = ["session", "sequence"]
        constraints = [
            models.UniqueConstraint(fields=["session", "sequence"], name="live_delivery_sequence"),
            models.UniqueConstraint(fields=["session", "sha256"], name="live_delivery_once"),
            models.CheckConstraint(
                condition=Q(key=None) | Q(by=None),  # neither: the portal's own tests
                name="live_delivery_not_by_both",
            ),
            models.CheckConstraint(condition=Q(rows=0) | Q(fact__isnull=False), name="live_delivery_is_recorded"),
        ]
        triggers = [
            *append_only("live_delivery"),
            pgtrigger.Trigger(
                name="live_delivery_with_its_own_key",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT FROM exams_examsession s WHERE s.id = NEW.session_id
                                   AND s.opened_at <= NEW.received_at AND s.closed_at IS NULL) THEN
                        RAISE EXCEPTION 'scores arrive while their session is open';
                    END IF;
                    IF NEW.key_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM exams_feedkey k WHERE k.id = NEW.key_id AND k.session_id = NEW.session_id
                        AND k.ended_at IS NULL) THEN
                        RAISE EXCEPTION 'this is the key of another session, or of none';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"kiriman {self.sequence}"


class LiveRow(models.Model):
    """Where a score on the screen came from: its delivery and its room. The newest of a participant counts."""

    delivery = models.ForeignKey(LiveDelivery, models.PROTECT, related_name="live_rows")
    score = models.OneToOneField("selection.LiveScore", models.PROTECT, related_name="origin")
    room = models.CharField(max_length=40)
    index = models.PositiveIntegerField(help_text=_("Place of the commitment in the delivery's list."))
    commitment = models.CharField(max_length=44, help_text=_("What the record binds this score to, base64."))

    class Meta:
        verbose_name = _("baris nilai di layar")
        constraints = [models.UniqueConstraint(fields=["delivery", "index"], name="live_row_has_its_place")]
        verbose_name_plural = _("baris nilai di layar")
        triggers = [
            *append_only("live_row"),
            pgtrigger.Trigger(
                name="live_row_of_its_session",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM exams_livedelivery d JOIN exams_examsession s ON s.id = d.session_id
                        JOIN selection_livescore l ON l.id = NEW.score_id
                        WHERE d.id = NEW.delivery_id AND l.stage_id = s.stage_id AND NEW.room = ANY(s.rooms)
                        AND l.shown_at >= s.opened_at AND l.shown_at <= d.received_at + interval '2 minutes') THEN
                        RAISE EXCEPTION 'a score has the stage, a room and a time of its session';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.room}"
