from django.db import models
from django.utils.translation import gettext_lazy as _


class SpentProof(models.Model):
    """A proof of work that was used: it counts once. Kept until it would be refused as too old anyway."""

    challenge = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("bukti kerja yang terpakai")
        verbose_name_plural = _("bukti kerja yang terpakai")

    def __str__(self) -> str:
        return self.challenge[:8]
