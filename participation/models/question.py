import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only
from participation.models.contribution import Hiding
from participation.models.event import Event

LONGEST = 500  # letters; what helps everybody is short
TAKING = """EXISTS (SELECT FROM participation_event e WHERE e.id = {which} AND e.published_at IS NOT NULL
    AND e.cancelled_at IS NULL AND e.ends_at > clock_timestamp())"""


class QuestionQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def shown(self):
        """Confirmed and not out of sight."""
        return self.confirmed().exclude(hiding__restored=False)

    def by_votes(self):
        """Each with `support`, its confirmed votes; the most wanted first, then the oldest."""
        return self.annotate(support=Count("votes", filter=Q(votes__confirmed_at__isnull=False))).order_by(
            "-support", "confirmed_at", "pk"
        )

    def with_answered(self):
        """Each with `answered`: whether the office said something."""
        return self.annotate(answered=Exists(Answer.objects.filter(question=OuterRef("pk"))))


class Question(models.Model):
    """What somebody asks at a session, before it or while it runs by the database's clock.

    Shown once the owner of the address confirmed it: by the signed link, or by the code told to an officer. Who deletes
    the address leaves the words that everybody read behind, without a name. `mailbox` is the keyed hash of the mailbox
    behind the address, so that nobody votes for their own question under another spelling.
    """

    event = models.ForeignKey(Event, models.PROTECT, related_name="questions")
    # The database itself empties this when an address is forgotten (migration).
    subscriber = models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, null=True, db_constraint=False, related_name="questions"
    )
    mailbox = models.CharField(max_length=64)
    name = models.CharField(_("nama yang tampil"), max_length=60, blank=True)
    text = models.CharField(_("pertanyaan"), max_length=LONGEST)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    helped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("pertanyaan")
        verbose_name_plural = _("pertanyaan")
        ordering = ["confirmed_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="question_says_something")]
        indexes = [models.Index(fields=["asked_at"], condition=Q(confirmed_at=None), name="question_unconfirmed")]
        triggers = [
            pgtrigger.Trigger(
                name="question_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=f"""
                    IF NEW.confirmed_at IS NOT NULL OR NEW.subscriber_id IS NULL
                       OR NOT {TAKING.format(which="NEW.event_id")} THEN
                        RAISE EXCEPTION 'a question waits for its owner, until the session ends';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="question_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP = 'DELETE' THEN
                        IF OLD.confirmed_at IS NOT NULL THEN
                            RAISE EXCEPTION 'a confirmed question stays';
                        END IF;
                        RETURN OLD;
                    END IF;
                    IF OLD.subscriber_id IS NOT NULL AND NEW.subscriber_id IS NULL THEN
                        IF EXISTS (SELECT FROM publishing_subscriber s WHERE s.id = OLD.subscriber_id)
                           OR to_jsonb(NEW) - '{{subscriber_id}}'::text[]
                              IS DISTINCT FROM to_jsonb(OLD) - '{{subscriber_id}}'::text[] THEN
                            RAISE EXCEPTION 'a question loses its author with the address alone';
                        END IF;
                        NEW.name := '';
                        NEW.mailbox := '';
                        RETURN NEW;
                    END IF;
                    IF to_jsonb(NEW) - '{{confirmed_at}}'::text[] IS DISTINCT FROM to_jsonb(OLD) - '{{confirmed_at}}'::text[]
                       OR OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at THEN
                        RAISE EXCEPTION 'a question is never rewritten';
                    END IF;
                    IF OLD.confirmed_at IS NULL AND NEW.confirmed_at IS NOT NULL
                       AND NOT {TAKING.format(which="NEW.event_id")} THEN
                        RAISE EXCEPTION 'the session is over';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - no input in it
            ),
            pgtrigger.Trigger(
                name="question_forgotten",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.subscriber_id IS NOT NULL AND NEW.subscriber_id IS NULL THEN
                        UPDATE participation_questionhiding SET appeal = '' WHERE question_id = NEW.id AND appeal <> '';
                        DELETE FROM participation_question WHERE id = NEW.id AND confirmed_at IS NULL;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"pertanyaan {self.pk}"

    @property
    def is_hidden(self) -> bool:
        """Whether its words are out of sight now."""
        hiding = getattr(self, "hiding", None)
        return hiding is not None and not hiding.restored


class QuestionVote(models.Model):
    """A mailbox wants a question of somebody else answered; once, however its address is spelled."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="votes")
    # The database itself deletes the vote when the address is forgotten (migration).
    subscriber = models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, db_constraint=False, related_name="question_votes"
    )
    mailbox = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("dukungan pertanyaan")
        verbose_name_plural = _("dukungan pertanyaan")
        constraints = [
            models.UniqueConstraint(
                fields=["question", "mailbox"], condition=Q(confirmed_at__isnull=False), name="one_vote_per_mailbox"
            ),
            models.UniqueConstraint(fields=["question", "subscriber"], name="one_vote_per_address"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="question_vote_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=f"""
                    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) - 'confirmed_at' IS DISTINCT FROM to_jsonb(OLD) - 'confirmed_at'
                                             OR OLD.confirmed_at IS NOT NULL) THEN
                        RAISE EXCEPTION 'a vote is confirmed once and never changed';
                    END IF;
                    IF NOT EXISTS (
                        SELECT FROM participation_question q WHERE q.id = NEW.question_id
                        AND q.confirmed_at IS NOT NULL AND q.mailbox <> NEW.mailbox AND {TAKING.format(which="q.event_id")}
                    ) THEN
                        RAISE EXCEPTION 'a vote is for the question of somebody else, until the session ends';
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - no input in it
            )
        ]

    def __str__(self) -> str:
        return f"dukungan {self.pk}"


class QuestionHiding(models.Model):
    """A question that a moderator took from sight, by the same published rules as contributions and with a reason.

    Never by its author; the author may appeal once, and another person than the moderator decides. The words of the
    appeal go when the author's address is forgotten; that there was one stays.
    """

    question = models.OneToOneField(Question, models.PROTECT, related_name="hiding")
    rule = models.CharField(_("aturan"), max_length=10, choices=Hiding.Rule)
    reason = models.CharField(_("alasan"), max_length=300)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_mailbox = models.CharField(max_length=64)  # nobody moderates what is their own
    at = models.DateTimeField()
    appeal = models.TextField(_("keberatan"), blank=True)
    appealed_at = models.DateTimeField(null=True)
    answer = models.CharField(_("putusan"), max_length=300, blank=True)
    restored = models.BooleanField(default=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("penyembunyian pertanyaan")
        verbose_name_plural = _("penyembunyian pertanyaan")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="question_hiding_has_a_reason"),
            models.CheckConstraint(
                condition=Q(appeal="") | Q(appealed_at__isnull=False), name="question_appeal_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, answer="", restored=False)
                | (
                    Q(decided_at__isnull=False, decided_by__isnull=False, appealed_at__isnull=False)
                    & ~Q(answer="")
                    & ~Q(decided_by=models.F("by"))
                ),
                name="question_appeal_decided_by_another",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="question_hiding_begins",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.appealed_at IS NOT NULL OR EXISTS (
                        SELECT FROM participation_question q
                        WHERE q.id = NEW.question_id AND (q.mailbox = NEW.by_mailbox OR q.confirmed_at IS NULL)
                    ) THEN
                        RAISE EXCEPTION 'nobody moderates what is their own, or what nobody sees';
                    END IF;
                    IF EXISTS (SELECT FROM participation_answer a WHERE a.question_id = NEW.question_id) THEN
                        RAISE EXCEPTION 'what was answered stays in sight';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="question_hiding_decided_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'UPDATE' AND NEW.appeal = ''
                       AND to_jsonb(NEW) - 'appeal' IS NOT DISTINCT FROM to_jsonb(OLD) - 'appeal'
                       AND EXISTS (SELECT FROM participation_question q
                                   WHERE q.id = OLD.question_id AND q.subscriber_id IS NULL) THEN
                        RETURN NEW;
                    END IF;
                    IF TG_OP = 'DELETE' OR OLD.decided_at IS NOT NULL
                       OR OLD.appealed_at IS NULL AND NEW.appealed_at IS NOT NULL AND NEW.appeal = ''
                       OR OLD.appealed_at IS NOT NULL
                          AND (NEW.appeal, NEW.appealed_at) IS DISTINCT FROM (OLD.appeal, OLD.appealed_at)
                       OR to_jsonb(NEW) - '{appeal,appealed_at,answer,restored,decided_by_id,decided_at}'::text[]
                          IS DISTINCT FROM
                          to_jsonb(OLD) - '{appeal,appealed_at,answer,restored,decided_by_id,decided_at}'::text[] THEN
                        RAISE EXCEPTION 'a hiding is appealed once, decided once and never rewritten';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.get_rule_display()}"


class Answer(models.Model):
    """What the office answers to a question, for everybody. A later one of the same question takes its place.

    At a session about a recruitment the words are those of a `Clarification`, which binds the office at the vacancies;
    the database refuses an answer there that only the asker would have. Elsewhere the words stand here.
    """

    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    clarification = models.OneToOneField(
        "vacancies.Clarification", models.PROTECT, null=True, related_name="session_answer"
    )
    text = models.TextField(_("jawaban"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("jawaban")
        verbose_name_plural = _("jawaban")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(clarification=None) & ~Q(text="") | Q(clarification__isnull=False, text=""),
                name="answer_has_its_words_once",
            )
        ]
        triggers = [
            *append_only("answer"),
            pgtrigger.Trigger(
                name="answer_for_everybody",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT FROM participation_question q JOIN participation_event e ON e.id = q.event_id
                        LEFT JOIN participation_questionhiding h ON h.question_id = q.id AND NOT h.restored
                        WHERE q.id = NEW.question_id AND q.confirmed_at IS NOT NULL AND h.id IS NULL
                        AND (e.recruitment_id IS NULL OR EXISTS (
                            SELECT FROM vacancies_clarification c
                            WHERE c.id = NEW.clarification_id AND c.recruitment_id = e.recruitment_id))
                    ) THEN
                        RAISE EXCEPTION 'an answer about a recruitment is a clarification that everybody reads';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"jawaban {self.pk}"

    @property
    def words(self) -> str:
        return self.clarification.answer if self.clarification_id else self.text
