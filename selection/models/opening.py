from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText


class Opening(models.Model):
    """What the commitment to a sent application opens to: canonical JSON that names the person, encrypted.

    Deletable, and gone with an erasure: without it and the application's salt every commitment stays valid
    and says nothing. Written once, when the application is sent.
    """

    application = models.OneToOneField("selection.Application", models.CASCADE, related_name="opening")
    text = EncryptedText(_("isi yang diikat"))

    class Meta:
        verbose_name = _("bukaan lamaran")
        verbose_name_plural = _("bukaan lamaran")

    def __str__(self) -> str:
        return f"bukaan {self.application_id}"
