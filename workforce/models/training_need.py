"""What people want to be taught: proposed by anybody, supported by others, answered by the office."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from workforce.models.training import Training


class NeedQuerySet(models.QuerySet):
    def confirmed(self):
        return self.filter(confirmed_at__isnull=False)

    def with_support(self):
        """Each with `support`, its confirmed votes."""
        return self.annotate(support=Count("votes", filter=Q(votes__confirmed_at__isnull=False)))


def _subscriber(name: str) -> models.ForeignKey:
    # The database itself empties or deletes the row when an address is forgotten (migration).
    return models.ForeignKey(
        "publishing.Subscriber", models.DO_NOTHING, null=True, db_constraint=False, related_name=name
    )


class TrainingNeed(models.Model):
    """A wish for a training. Of an account at once; of an address once its owner confirmed it by the signed link.

    The words are never rewritten. They may be hidden once, with a reason that everybody reads, and answered once.
    """

    text = models.CharField(_("pelatihan yang dibutuhkan"), max_length=300)
    topic = models.CharField(_("bidang"), max_length=14, choices=Training.Topic)
    by_employee = models.BooleanField(default=False)
    subscriber = _subscriber("training_needs")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    mailbox = models.CharField(max_length=64, default="")
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    hidden_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    hidden_at = models.DateTimeField(null=True)
    hidden_reason = models.CharField(_("alasan"), max_length=300, blank=True)
    answer = models.CharField(_("jawaban"), max_length=1000, blank=True)
    training = models.ForeignKey(Training, models.PROTECT, null=True, related_name="needs")
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("usulan pelatihan")
        verbose_name_plural = _("usulan pelatihan")
        indexes = [models.Index(fields=["made_at"], condition=Q(confirmed_at=None), name="need_unconfirmed")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="")
                & (Q(hidden_at=None, hidden_by=None) | Q(hidden_at__isnull=False) & ~Q(hidden_reason=""))
                & (Q(answered_at=None, answer="", training=None) | Q(answered_at__isnull=False) & ~Q(answer="")),
                name="need_says_something",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="need_waits_for_its_owner",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NEW.mailbox = '' OR (NEW.subscriber_id IS NULL) = (NEW.user_id IS NULL)
                       OR (NEW.confirmed_at IS NOT NULL) <> (NEW.user_id IS NOT NULL) THEN
                        RAISE EXCEPTION 'a need is of an account, or waits for the owner of an address';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="need_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func="""
                    IF TG_OP = 'DELETE' THEN
                        IF OLD.confirmed_at IS NOT NULL THEN
                            RAISE EXCEPTION 'a confirmed need stays';
                        END IF;
                        RETURN OLD;
                    END IF;
                    IF (NEW.text, NEW.topic, NEW.by_employee, NEW.made_at)
                       IS DISTINCT FROM (OLD.text, OLD.topic, OLD.by_employee, OLD.made_at)
                       OR OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at
                       OR NEW.subscriber_id IS NOT NULL AND NEW.subscriber_id IS DISTINCT FROM OLD.subscriber_id
                       OR NEW.user_id IS NOT NULL AND NEW.user_id IS DISTINCT FROM OLD.user_id
                       OR NEW.mailbox <> '' AND NEW.mailbox <> OLD.mailbox
                       OR OLD.hidden_at IS NOT NULL AND (NEW.hidden_at, NEW.hidden_by_id, NEW.hidden_reason)
                          IS DISTINCT FROM (OLD.hidden_at, OLD.hidden_by_id, OLD.hidden_reason)
                       OR OLD.answered_at IS NOT NULL AND (NEW.answered_at, NEW.answered_by_id, NEW.answer,
                          NEW.training_id) IS DISTINCT FROM (OLD.answered_at, OLD.answered_by_id, OLD.answer,
                          OLD.training_id) THEN
                        RAISE EXCEPTION 'a need is never rewritten';
                    END IF;
                    IF NEW.subscriber_id IS NULL AND NEW.user_id IS NULL THEN
                        NEW.mailbox := '';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="need_forgotten",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.subscriber_id IS NOT NULL AND NEW.subscriber_id IS NULL THEN
                        DELETE FROM workforce_trainingneed WHERE id = NEW.id AND confirmed_at IS NULL;
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"usulan {self.pk}"


class NeedVote(models.Model):
    """A mailbox stands behind the need of somebody else; once, and only after its owner confirmed it."""

    need = models.ForeignKey(TrainingNeed, models.CASCADE, related_name="votes")
    subscriber = _subscriber("need_votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    mailbox = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("dukungan usulan pelatihan")
        verbose_name_plural = _("dukungan usulan pelatihan")
        constraints = [
            models.UniqueConstraint(fields=["need", "subscriber"], name="need_vote_per_address"),
            models.UniqueConstraint(
                fields=["need", "mailbox"], condition=Q(confirmed_at__isnull=False), name="need_vote_per_mailbox"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="need_vote_for_anothers",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF TG_OP = 'INSERT' AND (NEW.mailbox = '' OR (NEW.subscriber_id IS NULL) = (NEW.user_id IS NULL)
                       OR (NEW.confirmed_at IS NOT NULL) <> (NEW.user_id IS NOT NULL))
                       OR TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'confirmed_at'
                          IS DISTINCT FROM to_jsonb(OLD) - 'confirmed_at'
                       OR NOT EXISTS (SELECT FROM workforce_trainingneed n WHERE n.id = NEW.need_id
                          AND n.confirmed_at IS NOT NULL AND n.hidden_at IS NULL AND n.mailbox <> NEW.mailbox) THEN
                        RAISE EXCEPTION 'a vote is for the shown need of somebody else';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"dukungan {self.pk}"


class LessonRead(models.Model):
    """An account has read a lesson of a course: what keeps its progress. Deleted when its owner wants."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    course = models.SlugField(max_length=40)
    lesson = models.SlugField(max_length=60)
    read_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pelajaran yang dibaca")
        verbose_name_plural = _("pelajaran yang dibaca")
        constraints = [models.UniqueConstraint(fields=["user", "course", "lesson"], name="lesson_read_once")]

    def __str__(self) -> str:
        return f"{self.course} {self.lesson}"
