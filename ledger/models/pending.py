from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.append_only import append_only


class Pending(models.Model):
    """A fact on its way to the public record, written in the transaction that made it true.

    `body` is canonical JSON without personal data, checked against the allow-list of its kind.
    """

    kind = models.CharField(max_length=40)
    body = models.TextField()
    digest = models.CharField(max_length=64, help_text=_("SHA-256 of the body, in hex."))
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("fakta menunggu dicatat")
        verbose_name_plural = _("fakta menunggu dicatat")
        triggers = append_only("ledger_pending")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
