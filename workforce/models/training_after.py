"""What is left of a training: who was there, the certificate, what people say of it, and whether it was used."""

import uuid
from functools import partial

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only, written_once_but_forgotten
from lib.codes import random_code

CODE_LENGTH = 16
ENOUGH = 80  # per cent of the meetings that somebody attended to get a certificate; the trigger says it too


class Attendance(models.Model):
    """Somebody with a seat was at a meeting, or was not. It may be corrected until the certificate is issued."""

    session = models.ForeignKey("workforce.TrainingSession", models.PROTECT, related_name="attendances")
    enrolment = models.ForeignKey("workforce.Enrolment", models.PROTECT, related_name="attendances")
    present = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kehadiran")
        verbose_name_plural = _("kehadiran")
        constraints = [models.UniqueConstraint(fields=["session", "enrolment"], name="attendance_once")]
        triggers = [
            pgtrigger.Protect(name="attendance_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="attendance_of_a_seat",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NOT EXISTS (SELECT FROM workforce_enrolment e JOIN workforce_trainingsession s
                                   ON s.training_id = e.training_id
                                   JOIN workforce_training t ON t.id = e.training_id AND t.cancelled_at IS NULL
                                   WHERE e.id = NEW.enrolment_id AND s.id = NEW.session_id AND e.state = 'seated'
                                   AND s.starts_at <= clock_timestamp()) THEN
                        RAISE EXCEPTION 'who has a seat attends, once the meeting has begun';
                    END IF;
                    IF NEW.by_id = (SELECT user_id FROM workforce_enrolment WHERE id = NEW.enrolment_id) THEN
                        RAISE EXCEPTION 'nobody writes down the own attendance';
                    END IF;
                    IF EXISTS (SELECT FROM workforce_certificate WHERE enrolment_id = NEW.enrolment_id) THEN
                        RAISE EXCEPTION 'attendance stands once the certificate is issued';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.enrolment_id}"


class Certificate(models.Model):
    """What somebody who attended can show: its code verifies on a public page. An erasure empties the name.

    The database asks for enough meetings, and for another officer than those who wrote the attendance down.
    """

    enrolment = models.OneToOneField("workforce.Enrolment", models.PROTECT, related_name="certificate")
    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=partial(random_code, CODE_LENGTH))
    holder = models.CharField(_("nama"), max_length=150, blank=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sertifikat")
        verbose_name_plural = _("sertifikat")
        triggers = [
            *written_once_but_forgotten("certificate", holder="''"),
            pgtrigger.Trigger(
                name="certificate_earned",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("e", "workforce_enrolment"), ("meetings", "int"), ("attended", "int")],
                func="""
                    SELECT * INTO e FROM workforce_enrolment WHERE id = NEW.enrolment_id;
                    SELECT count(*) INTO meetings FROM workforce_trainingsession WHERE training_id = e.training_id;
                    SELECT count(*) INTO attended FROM workforce_attendance a JOIN workforce_trainingsession s
                    ON s.id = a.session_id WHERE a.enrolment_id = e.id AND a.present;
                    IF e.state <> 'seated' OR attended * 100 < meetings * 80 OR EXISTS (
                       SELECT FROM workforce_trainingsession
                       WHERE training_id = e.training_id AND ends_at > clock_timestamp()) THEN
                        RAISE EXCEPTION 'a certificate is for who attended enough, once the training is over';
                    END IF;
                    IF e.user_id = NEW.issued_by_id OR EXISTS (SELECT FROM workforce_attendance
                       WHERE enrolment_id = e.id AND by_id = NEW.issued_by_id) THEN
                        RAISE EXCEPTION 'another officer issues than who wrote the attendance down';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}"

    @property
    def code_words(self) -> str:
        """The code in groups of four, as people read it aloud."""
        return "-".join(self.code[start : start + 4] for start in range(0, CODE_LENGTH, 4))


class Evaluation(models.Model):
    """What somebody who attended thinks of the training, without saying who: no column leads to the person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    training = models.ForeignKey("workforce.Training", models.PROTECT, related_name="evaluations")
    useful = models.PositiveSmallIntegerField(_("berguna"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    clear = models.PositiveSmallIntegerField(_("jelas"), validators=[MinValueValidator(1), MaxValueValidator(5)])
    words = models.CharField(_("saran"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("evaluasi pelatihan")
        verbose_name_plural = _("evaluasi pelatihan")
        constraints = [
            models.CheckConstraint(
                condition=Q(useful__gte=1, useful__lte=5, clear__gte=1, clear__lte=5), name="evaluation_marks"
            )
        ]
        triggers = append_only("evaluation")

    def __str__(self) -> str:
        return f"{self.training_id}"


class EvaluationGiven(models.Model):
    """This person has said something, so that nobody says it twice. Not what, and not when."""

    enrolment = models.OneToOneField("workforce.Enrolment", models.PROTECT, related_name="evaluated")

    class Meta:
        verbose_name = _("evaluasi sudah diberikan")
        verbose_name_plural = _("evaluasi sudah diberikan")
        triggers = append_only("evaluation_given")

    def __str__(self) -> str:
        return f"{self.enrolment_id}"


class UseQuestion(models.Model):
    """Was it used? Due three months after the training, asked by letter, answered once."""

    class Answer(models.TextChoices):
        OFTEN = "sering", _("Ya, sering")
        SOMETIMES = "kadang", _("Ya, kadang-kadang")
        NO_CHANCE = "belum_ada_kesempatan", _("Belum, karena belum ada kesempatan")
        NOT = "tidak", _("Tidak terpakai")

    enrolment = models.OneToOneField("workforce.Enrolment", models.PROTECT, related_name="use")
    due_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    answer = models.CharField(_("terpakai"), max_length=20, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("pertanyaan pemakaian")
        verbose_name_plural = _("pertanyaan pemakaian")
        indexes = [models.Index(fields=["due_at"], condition=Q(asked_at=None), name="use_question_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None)
                | ~Q(answer="") & Q(answered_at__isnull=False, asked_at__isnull=False),
                name="use_answered_once_asked",
            )
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}"
