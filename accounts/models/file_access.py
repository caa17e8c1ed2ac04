from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.append_only import written_once_but_forgotten


class FileAccess(models.Model):
    """One look at one person's file: by whom, in which role, from which unit, for what.

    The owner sees time, role, unit and purpose; the name only on request. After an erasure the look stays and the
    person is forgotten.
    """

    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="accesses")
    subject = models.CharField(_("nomor berkas"), max_length=80)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(_("peran"), max_length=30)
    unit = models.CharField(_("sebutan"), max_length=150, blank=True)
    purpose = models.CharField(_("keperluan"), max_length=150)
    at = models.DateTimeField(_("waktu"))

    class Meta:
        verbose_name = _("akses berkas")
        verbose_name_plural = _("akses berkas")
        indexes = [models.Index(fields=["subject", "at"], name="access_subject")]
        triggers = written_once_but_forgotten("file_access", person_id="NULL")

    def __str__(self) -> str:
        return f"{self.subject} {self.at:%Y-%m-%d %H:%M}"
