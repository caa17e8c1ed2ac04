"""Feedback from all sides (360): a closed survey. Until a round closes its drafts know who wrote them; after that
nothing does (docs/adr/0026): `close_feedback()` in the database rewrites the marks and empties the tables of raters.
"""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workforce.models.plan import Value
from workforce.models.profile import unchanged

LEAST = 4  # answers in a group that is told
LEAST_TOGETHER = LEAST + 1  # the superior reads results and may have written in the mixed group
LEAST_SERVED = 2 * LEAST  # papers pass through hands: somebody may have filled in a few and know what to take away


class Side(models.TextChoices):
    """As whom somebody answers."""

    SUPERIOR = "atasan", _("Atasan")
    PEER = "rekan", _("Rekan setingkat")
    SUBORDINATE = "bawahan", _("Bawahan")
    SERVED = "warga", _("Pengguna layanan")
    SELF = "sendiri", _("Diri sendiri")


class Cell(models.TextChoices):
    """What is told apart after the closing: a side with LEAST answers, or the smaller sides of colleagues together."""

    SUPERIOR = "atasan", _("Atasan")
    PEER = "rekan", _("Rekan setingkat")
    SUBORDINATE = "bawahan", _("Bawahan")
    SERVED = "warga", _("Pengguna layanan")
    TOGETHER = "gabungan", _("Kelompok kecil, digabung")


class FeedbackRound(models.Model):
    """The survey of one year, of everybody at once: one moment closes it, so that no answer stands alone in time.

    It closes when it was said to, never before, and only `close_feedback()` writes that it did.
    """

    year = models.OneToOneField("workforce.AppraisalYear", models.PROTECT, related_name="feedback")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField(_("ditutup"))
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("survei 360")
        verbose_name_plural = _("survei 360")
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(closed_at__gte=F("closes_at")), name="feedback_closes_not_before"
            ),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opened_at")), name="feedback_lasts"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="feedback_one_at_a_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    LOCK TABLE workforce_feedbackround IN SHARE ROW EXCLUSIVE MODE;
                    IF NEW.closed_at IS NOT NULL
                       OR EXISTS (SELECT FROM workforce_feedbackround r WHERE r.closed_at IS NULL) THEN
                        RAISE EXCEPTION 'one survey at a time';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="feedback_closes_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.closed_at IS NOT NULL OR to_jsonb(NEW) - 'closed_at' IS DISTINCT FROM to_jsonb(OLD) - 'closed_at' THEN
                        RAISE EXCEPTION 'a survey is closed once and changes in no other way';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="feedback_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"360 {self.year_id}"


class FeedbackRater(models.Model):
    """Who may answer about whom, while the round is open: an account, or whoever holds a code on paper."""

    round = models.ForeignKey(FeedbackRound, models.PROTECT, related_name="raters")
    subject = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, choices=Side)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, null=True, unique=True)

    class Meta:
        verbose_name = _("penilai 360")
        verbose_name_plural = _("penilai 360")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, digest=None) & ~Q(side="warga")
                | Q(user=None, digest__isnull=False, side="warga"),
                name="rater_by_account_or_code",
            ),
            models.UniqueConstraint(fields=["round", "subject", "user"], name="rater_once"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="rater_of_an_open_round",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (SELECT FROM workforce_feedbackround r WHERE r.id = NEW.round_id AND r.closed_at IS NULL)
                       OR (NEW.side = 'sendiri') IS DISTINCT FROM COALESCE(
                           (SELECT e.user_id = NEW.user_id FROM workforce_employee e WHERE e.id = NEW.subject_id), false) THEN
                        RAISE EXCEPTION 'a rater belongs to an open round, and only the person answers as the person';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.side}"


class FeedbackDraft(models.Model):
    """The seven marks of one rater, 1 to 5, in the order of Value; rewritten as often as wished until the closing."""

    rater = models.OneToOneField(FeedbackRater, models.CASCADE, primary_key=True, related_name="draft")
    marks = ArrayField(models.PositiveSmallIntegerField())

    class Meta:
        verbose_name = _("isian 360")
        verbose_name_plural = _("isian 360")
        constraints = [
            models.CheckConstraint(
                condition=Q(marks__len=len(Value.values), marks__contained_by=[1, 2, 3, 4, 5]), name="draft_is_whole"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rater_id}"


class FeedbackAnswer(models.Model):
    """One mark about one person, after the closing: no rater, no time, a key that means nothing, in random order.

    The seven marks of one rater do not stand together either. Only `close_feedback()` adds rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(FeedbackRound, models.PROTECT, related_name="answers")
    subject = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="+")
    cell = models.CharField(max_length=8, choices=Cell)
    aspect = models.CharField(max_length=12, choices=Value)
    mark = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("jawaban 360")
        verbose_name_plural = _("jawaban 360")
        triggers = unchanged("feedback_answer")

    def __str__(self) -> str:
        return f"{self.round_id} {self.cell}"


class FeedbackSelf(models.Model):
    """How the person saw themselves: theirs by nature, and in no sum with others, from which it could be taken away."""

    round = models.ForeignKey(FeedbackRound, models.PROTECT, related_name="+")
    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="+")
    marks = ArrayField(models.PositiveSmallIntegerField())

    class Meta:
        verbose_name = _("penilaian diri")
        verbose_name_plural = _("penilaian diri")
        constraints = [models.UniqueConstraint(fields=["round", "employee"], name="self_once")]
        triggers = unchanged("feedback_self")

    def __str__(self) -> str:
        return f"{self.round_id} {self.employee_id}"


class FeedbackReply(models.Model):
    """What the person says to the result; the superior reads it beside the figures."""

    round = models.ForeignKey(FeedbackRound, models.PROTECT, related_name="+")
    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="+")
    text = models.CharField(_("tanggapan"), max_length=2000)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tanggapan atas survei 360")
        verbose_name_plural = _("tanggapan atas survei 360")
        ordering = ["at"]
        triggers = unchanged("feedback_reply")

    def __str__(self) -> str:
        return f"{self.round_id} {self.employee_id}"
