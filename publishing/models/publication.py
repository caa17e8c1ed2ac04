from django.db import models
from django.utils.translation import gettext_lazy as _


class Publication(models.Model):
    """What is told: one message, for many people or for one.

    `source` names the thing it is about and makes telling it twice impossible. The body says what
    happened, what to do, until when and where to look; results themselves stay on the site.
    `opened_at` is null until it may be told; `fanned_out_at` is null until every delivery has its row.
    """

    source = models.CharField(_("sumber"), max_length=120, unique=True)
    subject = models.CharField(_("judul"), max_length=200)
    body = models.TextField(_("isi"))
    url = models.CharField(_("tautan"), max_length=300, blank=True)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    fanned_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("terbitan")
        verbose_name_plural = _("terbitan")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fanned_out_at=None) | models.Q(opened_at__isnull=False),
                name="publication_fans_out_after_opening",
            )
        ]

    def __str__(self) -> str:
        return self.source
