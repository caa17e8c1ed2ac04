"""What the portal knows of those who vouch for the record. Their signatures are `Cosignature`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ledger.models.record import Checkpoint
from lib.append_only import append_only


class Witness(models.Model):
    """How far a witness is and when to ask it next. Only a memory: lost, it is learnt again from the answers."""

    label = models.CharField(max_length=200, unique=True, help_text=_("Nama dan nomor kunci saksi."))
    size = models.BigIntegerField(default=0, help_text=_("Ukuran catatan yang terakhir ia setujui."))
    cosigned_size = models.BigIntegerField(default=0)
    cosigned_at = models.DateTimeField(null=True)
    busy_until = models.DateTimeField(null=True, help_text=_("Sebelum waktu ini tidak ada yang menanyainya."))
    failures = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("saksi")
        verbose_name_plural = _("saksi")

    def __str__(self) -> str:
        return self.label


class Refusal(models.Model):
    """A witness says that a checkpoint is not a continuation of what it saw: an alarm, and evidence for both sides."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="refusals")
    witness = models.CharField(max_length=200, help_text=_("Nama dan nomor kunci saksi."))
    status = models.PositiveSmallIntegerField()
    request = models.BinaryField(help_text=_("Yang dikirim kepadanya."))
    answer = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("penolakan saksi")
        verbose_name_plural = _("penolakan saksi")
        constraints = [models.UniqueConstraint(fields=["checkpoint", "witness"], name="one_refusal_per_witness")]
        triggers = append_only("ledger_refusal")

    def __str__(self) -> str:
        return f"{self.witness} {self.checkpoint_id}"
