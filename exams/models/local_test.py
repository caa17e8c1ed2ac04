import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from lib.append_only import append_only

EARLY_MINUTES = 60  # how long before its begin a test may be unsealed


class LocalTestQuerySet(models.QuerySet):
    def unsealed(self):
        """Two officers opened them, and they are not over."""
        return self.filter(second_at__isnull=False, closed_at=None)

    def living(self, at):
        """All but those that nobody opened in their time: they never take place."""
        return self.filter(Q(second_at__isnull=False) | Q(door_closes_at__gt=at))


class LocalTest(models.Model):
    """A test that counts: what a session asks, from when to when one may begin, and who opened it.

    Which items there are to draw from lies in its box. Two different officers open it; the database then makes the
    seed of all draws, so that before that moment nobody has any of its sheets. `commitment` and `answers_digest` stand
    in the public record: items and key before the seed exists, the answers before the scores go on.
    """

    session = models.OneToOneField("exams.ExamSession", models.PROTECT, primary_key=True, related_name="test")
    blueprint = models.ForeignKey("exams.Blueprint", models.PROTECT, related_name="tests")
    begins_at = models.DateTimeField(_("mulai"))
    door_closes_at = models.DateTimeField(_("pintu ditutup"))
    own_devices = models.BooleanField(_("boleh masuk dengan akun"), default=False)
    items = models.PositiveIntegerField(help_text=_("Items in the box."))
    commitment = models.CharField(max_length=64)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    seed = models.CharField(max_length=64, null=True)
    closed_at = models.DateTimeField(null=True)
    answers_digest = models.CharField(max_length=64, blank=True)

    objects = LocalTestQuerySet.as_manager()

    class Meta:
        verbose_name = _("ujian setempat")
        verbose_name_plural = _("ujian setempat")
        ordering = ["-begins_at"]
        constraints = [
            models.CheckConstraint(condition=Q(door_closes_at__gt=F("begins_at")), name="local_test_door_after_begin"),
            models.CheckConstraint(
                condition=Q(first_by=None, first_at=None) | Q(first_by__isnull=False, first_at__isnull=False),
                name="local_test_first_officer",
            ),
            models.CheckConstraint(
                condition=Q(second_by=None, second_at=None, seed=None)
                | Q(first_by__isnull=False, second_by__isnull=False, second_at__isnull=False, seed__isnull=False)
                & ~Q(second_by=F("first_by")),
                name="local_test_second_officer_is_another",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, answers_digest="")
                | Q(closed_at__isnull=False, second_at__isnull=False) & ~Q(answers_digest=""),
                name="local_test_closed_with_its_answers",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="local_test_sealed_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.first_by_id IS NOT NULL OR NEW.closed_at IS NOT NULL THEN
                        RAISE EXCEPTION 'a test is sealed first';
                    END IF;
                    IF (SELECT practice FROM exams_blueprint WHERE id = NEW.blueprint_id) THEN
                        RAISE EXCEPTION 'a test that counts has a format of its own';
                    END IF;
                    IF EXISTS (
                        SELECT FROM exams_blueprintpart p
                        WHERE p.blueprint_id = NEW.blueprint_id AND NOT EXISTS (
                            SELECT FROM selection_testedcomponent c JOIN exams_examsession e ON e.stage_id = c.stage_id
                            WHERE e.id = NEW.session_id
                            AND c.component = coalesce(nullif(p.scores_as, ''), p.component))) THEN
                        RAISE EXCEPTION 'a test measures what its stage takes from tests';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="local_test_opened_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[
                    ("free", "text[] := '{first_by_id,first_at,second_by_id,second_at,seed,closed_at,answers_digest}'")
                ],
                func=f"""
                    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free
                       OR (OLD.first_by_id IS NOT NULL AND (NEW.first_by_id, NEW.first_at)
                           IS DISTINCT FROM (OLD.first_by_id, OLD.first_at))
                       OR (OLD.second_by_id IS NOT NULL AND (NEW.second_by_id, NEW.second_at, NEW.seed)
                           IS DISTINCT FROM (OLD.second_by_id, OLD.second_at, OLD.seed))
                       OR (OLD.closed_at IS NOT NULL AND (NEW.closed_at, NEW.answers_digest)
                           IS DISTINCT FROM (OLD.closed_at, OLD.answers_digest)) THEN
                        RAISE EXCEPTION 'a test is opened once, closed once and never rewritten';
                    END IF;
                    IF OLD.first_by_id IS NULL AND NEW.second_by_id IS NOT NULL THEN
                        RAISE EXCEPTION 'a test is opened by one officer and then by another';
                    END IF;
                    IF OLD.second_by_id IS NULL AND NEW.second_by_id IS NOT NULL THEN
                        IF clock_timestamp() < NEW.begins_at - interval '{EARLY_MINUTES} minutes'
                           OR clock_timestamp() >= NEW.door_closes_at THEN
                            RAISE EXCEPTION 'a test is opened in the hour before it begins'
                                USING ERRCODE = 'check_violation', CONSTRAINT = 'local_test_opened_in_time';
                        END IF;
                        NEW.second_at := clock_timestamp();
                        NEW.seed := encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex');
                    END IF;
                    IF OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL AND (
                        clock_timestamp() < NEW.door_closes_at OR EXISTS (
                            SELECT FROM exams_sitting t JOIN exams_seat s ON s.id = t.seat_id
                            WHERE s.test_id = NEW.session_id AND t.ended_at IS NULL)) THEN
                        RAISE EXCEPTION 'a test is closed when its door is shut and everybody is done';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="local_test_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return str(self.session_id)

    @property
    def is_unsealed(self) -> bool:
        return self.second_at is not None


class ItemBox(models.Model):
    """What a test draws from, encrypted. No role of the portal reads the table: open_item_box() hands it out once two opened."""

    test = models.OneToOneField(LocalTest, models.PROTECT, primary_key=True, related_name="+")
    inside = EncryptedText()

    class Meta:
        verbose_name = _("kotak soal")
        verbose_name_plural = _("kotak soal")
        triggers = append_only("item_box")

    def __str__(self) -> str:
        return f"kotak {self.test_id}"


class Seat(models.Model):
    """One participant's place in one test: room, number, extra time. Drawn when the test is sealed, never changed.

    `code` is what the room officer hands out there, good for one device; `key_digest` is of what that device then
    holds. Another device needs a new code, which leaves a trace (an Incident) and moves no clock.
    """

    test = models.ForeignKey(LocalTest, models.PROTECT, related_name="seats")
    application = models.ForeignKey("selection.Application", models.PROTECT, related_name="exam_seats")
    room = models.CharField(_("ruang"), max_length=40)
    number = models.PositiveSmallIntegerField(_("kursi"))
    extra_seconds = models.PositiveIntegerField(_("waktu tambahan, dalam detik"), default=0)
    code = EncryptedText(null=True)
    key_digest = models.CharField(max_length=64, null=True, unique=True)
    entered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("kursi")
        verbose_name_plural = _("kursi")
        ordering = ["room", "number"]
        constraints = [
            models.UniqueConstraint(fields=["test", "application"], name="one_seat_per_participant"),
            models.UniqueConstraint(fields=["test", "room", "number"], name="one_participant_per_seat"),
            models.CheckConstraint(condition=Q(extra_seconds__lte=10_800), name="seat_extra_time_bounded"),
            models.CheckConstraint(
                condition=Q(code=None) | Q(key_digest=None), name="seat_code_is_spent_by_its_device"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="seat_given_while_sealed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM exams_localtest t JOIN exams_examsession e ON e.id = t.session_id
                        JOIN vacancies_stage g ON g.id = e.stage_id
                        JOIN selection_application a ON a.recruitment_id = g.recruitment_id
                        WHERE t.session_id = NEW.test_id AND t.first_by_id IS NULL
                        AND a.id = NEW.application_id AND NEW.room = ANY(e.rooms)) THEN
                        RAISE EXCEPTION 'seats are given while their test is sealed, to participants, in its rooms';
                    END IF;
                    IF NEW.code IS NOT NULL OR NEW.key_digest IS NOT NULL THEN
                        RAISE EXCEPTION 'codes are made when the test was opened';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="seat_stays_as_drawn",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                declare=[("free", "text[] := '{code,key_digest,entered_at}'")],
                func="""
                    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
                        RAISE EXCEPTION 'a seat stays as it was drawn';
                    END IF;
                    IF NOT EXISTS (SELECT FROM exams_localtest t
                                   WHERE t.session_id = NEW.test_id AND t.second_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'nobody takes a seat before two officers opened the test';
                    END IF;
                    IF NEW.key_digest IS NOT NULL AND OLD.key_digest IS NOT NULL
                       AND NEW.key_digest IS DISTINCT FROM OLD.key_digest THEN
                        RAISE EXCEPTION 'a seat has one device: the room officer frees it first';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="seat_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.number}"


class Incident(models.Model):
    """What a room officer noted: power, network, a device freed, somebody ill or cheating. Written once."""

    class Kind(models.TextChoices):
        DEVICE = "device", _("Ganti perangkat")
        NETWORK = "network", _("Jaringan atau listrik")
        ILL = "ill", _("Peserta sakit")
        CHEATING = "cheating", _("Dugaan kecurangan")
        OTHER = "other", _("Lainnya")

    test = models.ForeignKey(LocalTest, models.PROTECT, related_name="incidents")
    seat = models.ForeignKey(Seat, models.PROTECT, null=True, related_name="incidents")
    kind = models.CharField(_("jenis"), max_length=10, choices=Kind)
    words = models.CharField(_("catatan"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kejadian ujian")
        verbose_name_plural = _("kejadian ujian")
        ordering = ["-at", "-pk"]
        triggers = append_only("incident")

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
