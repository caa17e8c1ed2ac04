from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    """One message to one person over one channel: queued, then sent with proof, or failed with a reason.

    The person has an account, or is an address that subscribed.

    The unique constraint makes a second message impossible, however often the fan-out runs. A letter of a mailing obeys
    its window and its pause. `claimed_until` says that a process has it in hand; after that anybody may take it.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Menunggu dikirim")
        SENT = "sent", _("Terkirim")
        FAILED = "failed", _("Gagal")

    # Each index costs every letter: the unique constraints find those of a publication, and nobody asks by the others.
    publication = models.ForeignKey("publishing.Publication", models.PROTECT, related_name="deliveries", db_index=False)
    mailing = models.ForeignKey(
        "publishing.Mailing", models.PROTECT, null=True, blank=True, related_name="letters", db_index=False
    )
    channel = models.ForeignKey("publishing.Channel", models.PROTECT, db_index=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    subscriber = models.ForeignKey("publishing.Subscriber", models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    proof = models.CharField(max_length=200, blank=True)
    failure = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("pengiriman")
        verbose_name_plural = _("pengiriman")
        constraints = [
            models.UniqueConstraint(fields=["publication", "channel", "recipient"], name="one_delivery_per_person"),
            models.UniqueConstraint(
                fields=["publication", "channel", "subscriber"], name="one_delivery_per_subscriber"
            ),
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, subscriber=None) | Q(recipient=None, subscriber__isnull=False),
                name="delivery_to_one_person",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                name="delivery_sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="queued", mailing=None), name="delivery_next"),
            models.Index(
                fields=["mailing", "due_at", "id"],
                condition=Q(state="queued", mailing__isnull=False),
                name="delivery_next_of_mailing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication_id} → {self.recipient_id or self.subscriber}"
