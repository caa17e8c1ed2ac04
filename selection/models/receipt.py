from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Receipt(models.Model):
    """Proof that an application was received: number, instant by the database clock, content hash.

    `commitment` binds the office to the content and the person, in base64; `promise` is the signed word that it
    will stand in the record within an hour, beside the `checkpoint` of that moment. Both are empty where the
    record had not begun.
    """

    application = models.OneToOneField("selection.Application", models.PROTECT, related_name="receipt")
    number = models.CharField(_("nomor tanda terima"), max_length=20, unique=True)
    content_digest = models.CharField(max_length=64)
    commitment = models.CharField(max_length=44, blank=True)
    promise = models.TextField(blank=True)
    checkpoint = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tanda terima")
        verbose_name_plural = _("tanda terima")
        constraints = [
            models.UniqueConstraint(fields=["commitment"], condition=~Q(commitment=""), name="commitment_once"),
        ]
        triggers = append_only("receipt")

    def __str__(self) -> str:
        return self.number


class ApplicationBatch(models.Model):
    """The commitments of all applications sent since the batch before, as one root in the record."""

    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    fact = models.OneToOneField("ledger.Pending", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kelompok lamaran tercatat")
        verbose_name_plural = _("kelompok lamaran tercatat")
        triggers = append_only("application_batch")

    def __str__(self) -> str:
        return f"{self.pk}: {self.count}"


class BatchLeaf(models.Model):
    """The place of one receipt in its batch."""

    batch = models.ForeignKey(ApplicationBatch, models.PROTECT, related_name="leaves")
    receipt = models.OneToOneField(Receipt, models.PROTECT, related_name="leaf")
    index = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("tempat dalam kelompok")
        verbose_name_plural = _("tempat dalam kelompok")
        constraints = [models.UniqueConstraint(fields=["batch", "index"], name="one_leaf_per_place")]
        triggers = append_only("batch_leaf")

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.index}"
