import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Question(models.Model):
    """A question for an event: waits, then shown or declined by a published rule, then answered by two people.

    Who asked is forgotten with the event's registrations; the words stay, for the answer binds the office. In an
    event about a recruitment the answer is a clarification of it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Menunggu diperiksa")
        SHOWN = "shown", _("Menunggu jawaban")
        DECLINED = "declined", _("Tidak ditampilkan")
        ANSWERED = "answered", _("Terjawab")

    class Rule(models.TextChoices):
        PERSONAL = "personal", _("memuat data pribadi seseorang")
        ABUSE = "abuse", _("menghina atau mengancam")
        TOPIC = "topic", _("bukan tentang acara atau seleksinya")
        ADVERTISING = "advertising", _("berisi iklan atau tautan jualan")
        DOUBLE = "double", _("sudah ditanyakan")

    event = models.ForeignKey("participation.Event", models.PROTECT, related_name="questions")
    text = models.CharField(_("pertanyaan"), max_length=500)
    subscriber = models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, null=True, db_constraint=False, related_name="event_questions"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    rule = models.CharField(_("aturan"), max_length=11, choices=Rule, blank=True)
    note = models.CharField(_("penjelasan"), max_length=300, blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    answer = models.TextField(_("jawaban"), max_length=3000, blank=True)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    clarification = models.OneToOneField(
        "vacancies.Clarification", models.PROTECT, null=True, related_name="event_question"
    )

    votes_kept = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("pertanyaan acara")
        verbose_name_plural = _("pertanyaan acara")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_has_words"),
            models.CheckConstraint(
                condition=Q(state="waiting", judged_at=None, judged_by=None)
                | ~Q(state="waiting") & Q(judged_at__isnull=False, judged_by__isnull=False),
                name="question_is_judged_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="declined") & ~Q(rule="") | ~Q(state="declined") & Q(rule=""),
                name="question_is_declined_by_a_rule",
            ),
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False, answered_by__isnull=False)
                & ~Q(answer="")
                & ~Q(answered_by=F("drafted_by"))
                & Q(drafted_by__isnull=False)
                | ~Q(state="answered") & Q(answered_at=None, answered_by=None, clarification=None),
                name="question_is_answered_by_two",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="question_answer_binds",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.state = 'answered' OR OLD.text IS DISTINCT FROM NEW.text"),
                func="""
                    IF to_jsonb(NEW) - '{subscriber_id,user_id,votes_kept}'::text[]
                       IS DISTINCT FROM to_jsonb(OLD) - '{subscriber_id,user_id,votes_kept}'::text[] THEN
                        RAISE EXCEPTION 'a question keeps its words, and an answer binds: a correction is a new answer';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.text


class QuestionVote(models.Model):
    """One address or one account finds a question important; once."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="votes")
    subscriber = models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, null=True, db_constraint=False, related_name="event_votes"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("dukungan pertanyaan")
        verbose_name_plural = _("dukungan pertanyaan")
        constraints = [
            models.UniqueConstraint(fields=["question", "subscriber"], name="one_vote_per_address"),
            models.UniqueConstraint(fields=["question", "user"], name="one_vote_per_account"),
            models.CheckConstraint(
                condition=Q(subscriber=None, user__isnull=False) | Q(subscriber__isnull=False, user=None),
                name="vote_of_one_voice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.pk}"
