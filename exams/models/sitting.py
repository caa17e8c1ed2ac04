import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

MOST_ANSWERS = 1000  # of one sitting, changes counted

# Nothing is taken away from a sitting that is there; with the sitting itself goes what belongs to it.
STAYS_WITH_ITS_SITTING = """
    IF TG_OP = 'DELETE' AND NOT EXISTS (SELECT FROM exams_sitting WHERE id = OLD.sitting_id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only: a change is a new row', TG_TABLE_NAME;
"""


def _written_once(name: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Trigger(
            name=f"{name}_append_only",
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func=STAYS_WITH_ITS_SITTING,
        ),
        pgtrigger.Trigger(
            name=f"{name}_no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION '% is append-only: a change is a new row', TG_TABLE_NAME;",
        ),
    ]


class SittingQuerySet(models.QuerySet):
    def running(self):
        """Not ended by its person and not by its duty yet; its time may be over."""
        return self.filter(ended_at=None)

    def overdue(self):
        """Whose time is over by the database's clock, and nobody ended them."""
        return self.running().filter(ends_at__lte=models.functions.Now())


class Sitting(models.Model):
    """One person takes one test. Begin and end are the database's: no process says when it is over.

    Whose it is: an account, whoever holds the key of which this is the SHA-256, or, in a test that counts, the
    participant of a seat: one sitting for each seat, begun between the test's begin and the closing of its door, with
    the seat's extra time, from the seed that the opened test gives it. The seed decides which items
    were drawn, and the order of items and options. `score` and `marks` are written once, together with the end.
    """

    blueprint = models.ForeignKey("exams.Blueprint", models.PROTECT, related_name="sittings")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    seat = models.OneToOneField("exams.Seat", models.PROTECT, null=True, related_name="sitting")
    key_digest = models.CharField(max_length=64, null=True, unique=True)
    seed = models.CharField(max_length=64)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    score = models.JSONField(null=True)
    marks = models.JSONField(null=True)
    counted_at = models.DateTimeField(null=True)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("pengerjaan ujian")
        verbose_name_plural = _("pengerjaan ujian")
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, key_digest__isnull=False, seat=None)
                | Q(user__isnull=False, key_digest=None, seat=None)
                | Q(user=None, key_digest=None, seat__isnull=False),
                name="sitting_is_of_account_key_or_seat",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, score=None, marks=None, counted_at=None)
                | Q(ended_at__isnull=False, score__isnull=False, marks__isnull=False),
                name="sitting_scored_when_ended",
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="one_running_sitting_per_account"
            ),
        ]
        indexes = [
            models.Index(fields=["ends_at"], condition=Q(ended_at=None), name="sitting_running"),
            models.Index(fields=["ended_at"], condition=Q(counted_at=None), name="sitting_uncounted"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="sitting_begins",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("place", "record")],
                func="""
                    NEW.starts_at := clock_timestamp();
                    SELECT b.seconds, b.practice, t.blueprint_id, t.begins_at, t.door_closes_at, t.closed_at,
                           s.extra_seconds, encode(sha256(convert_to(t.seed || ':' || s.id, 'UTF8')), 'hex') AS seed
                        INTO place FROM exams_blueprint b LEFT JOIN exams_seat s ON s.id = NEW.seat_id
                        LEFT JOIN exams_localtest t ON t.session_id = s.test_id WHERE b.id = NEW.blueprint_id;
                    IF NEW.seat_id IS NOT NULL AND (
                        place.blueprint_id IS DISTINCT FROM NEW.blueprint_id OR place.seed IS DISTINCT FROM NEW.seed
                        OR place.closed_at IS NOT NULL OR NEW.starts_at < place.begins_at
                        OR NEW.starts_at >= place.door_closes_at) THEN
                        RAISE EXCEPTION 'a seat begins its own test, in time and from its seed'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'seat_begins_in_time';
                    END IF;
                    IF NEW.seat_id IS NULL AND NOT place.practice THEN
                        RAISE EXCEPTION 'a test that counts is taken from a seat';
                    END IF;
                    NEW.ends_at := NEW.starts_at
                        + interval '1 second' * (place.seconds + coalesce(place.extra_seconds, 0));
                    NEW.ended_at := NULL;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="sitting_time_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF to_jsonb(NEW) - '{ended_at,score,marks,counted_at}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{ended_at,score,marks,counted_at}'::text[]
                       OR (OLD.ended_at IS NOT NULL AND
                           (NEW.ended_at, NEW.score, NEW.marks) IS DISTINCT FROM (OLD.ended_at, OLD.score, OLD.marks))
                    THEN
                        RAISE EXCEPTION 'a sitting keeps its time, its questions and its result';
                    END IF;
                    IF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL THEN
                        NEW.ended_at := LEAST(clock_timestamp(), NEW.ends_at);
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="sitting_forgotten_when_over",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF OLD.ended_at IS NULL
                       OR NOT (SELECT practice FROM exams_blueprint WHERE id = OLD.blueprint_id) THEN
                        RAISE EXCEPTION 'only a practice sitting that is over is forgotten';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.blueprint_id} {self.pk}"


class SittingItem(models.Model):
    """The item at a place of a sitting. The foreign key cascades in the database: a forgotten sitting takes it along."""

    sitting = models.ForeignKey(Sitting, models.DO_NOTHING, db_constraint=False, related_name="items")
    position = models.PositiveSmallIntegerField()
    version = models.ForeignKey("exams.ItemVersion", models.PROTECT, related_name="+")
    worth = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("soal dalam pengerjaan")
        verbose_name_plural = _("soal dalam pengerjaan")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "position"], name="one_item_per_place"),
            models.UniqueConstraint(fields=["sitting", "version"], name="item_once_in_a_sitting"),
        ]
        triggers = _written_once("sitting_item")

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.position}"


class Answer(models.Model):
    """What was answered at a place, every change a row of its own: the last number of the place counts.

    The database gives number and time, and refuses an answer after the end, and one to a place that the sitting has
    not (a foreign key over both columns, which cascades like that of the place). `mark` is the sender's: the same answer
    sent twice is one row.
    """

    sitting = models.ForeignKey(Sitting, models.DO_NOTHING, db_constraint=False, related_name="answers")
    position = models.SmallIntegerField()
    number = models.PositiveSmallIntegerField()
    value = models.JSONField()
    doubtful = models.BooleanField(default=False)
    mark = models.CharField(max_length=36)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("jawaban")
        verbose_name_plural = _("jawaban")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "number"], name="one_answer_per_number"),
            models.UniqueConstraint(fields=["sitting", "mark"], name="one_answer_per_mark"),
            models.CheckConstraint(condition=Q(number__lte=MOST_ANSWERS), name="answers_of_a_sitting_are_bounded"),
        ]
        triggers = [
            *_written_once("answer"),
            pgtrigger.Trigger(
                name="answer_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("over", "boolean")],
                func="""
                    SELECT ended_at IS NOT NULL OR clock_timestamp() >= ends_at INTO over
                        FROM exams_sitting WHERE id = NEW.sitting_id FOR NO KEY UPDATE;
                    IF over THEN
                        RAISE EXCEPTION 'the sitting is over'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_in_time';
                    END IF;
                    NEW.at := clock_timestamp();
                    NEW.number := (SELECT coalesce(max(number), 0) + 1 FROM exams_answer
                                   WHERE sitting_id = NEW.sitting_id);
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sitting_id} {self.position} {self.number}"
