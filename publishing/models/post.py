import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from publishing import states
from publishing.states import PostState


class PostQuerySet(models.QuerySet):
    def doubtful(self):
        """Posts that may have arrived or not: somebody has to look."""
        return self.filter(state=PostState.UNKNOWN)


class Post(models.Model):
    """One publication on one outside channel: queued, sent with proof, failed with a reason, or not known.

    Claimed in one transaction, sent outside of it, marked in another. Whoever finds a claim that nobody
    finished does not send again: it may have arrived.
    """

    publication = models.ForeignKey("publishing.Publication", models.PROTECT, related_name="posts")
    channel = models.ForeignKey("publishing.Channel", models.PROTECT, related_name="posts")
    state = models.CharField(max_length=10, choices=PostState, default=PostState.QUEUED)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(_("bukti"), max_length=200, blank=True)
    failure = models.CharField(_("sebab"), max_length=300, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("kiriman")
        verbose_name_plural = _("kiriman")
        constraints = [
            models.UniqueConstraint(fields=["publication", "channel"], name="one_post_per_channel"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="post_sent_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="post_sending_is_claimed"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "unknown"]) | ~Q(failure=""), name="post_failed_has_reason"
            ),
            # One at a time on each channel, so that followers read things in their order.
            models.UniqueConstraint(
                fields=["channel"], condition=Q(state="sending"), name="one_post_on_its_way_per_channel"
            ),
        ]
        indexes = [models.Index(fields=["channel", "due_at"], condition=Q(state="queued"), name="post_queued")]
        triggers = [
            pgtrigger.FSM(
                name="post_state",
                field="state",
                transitions=sorted((str(old), str(new)) for old, nexts in states.NEXT.items() for new in nexts),
            ),
            pgtrigger.Trigger(
                name="post_initial_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__state="queued"),
                func="RAISE EXCEPTION 'a post is born queued';",
            ),
            pgtrigger.Trigger(
                name="post_told_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (NEW.publication_id, NEW.channel_id) IS DISTINCT FROM (OLD.publication_id, OLD.channel_id)
                       OR OLD.state = 'sent' AND to_jsonb(NEW) IS DISTINCT FROM to_jsonb(OLD) THEN
                        RAISE EXCEPTION 'where something was told stays as it was told';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="post_stays", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} → {self.channel_id}"
