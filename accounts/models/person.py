from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText


class Person(models.Model):
    """Who somebody is: the only place of personal fields beside documents and reports.

    Deletable: proofs elsewhere hold salted commitments, never these values.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="person")
    name = EncryptedText(_("nama lengkap"))
    nik = EncryptedText(_("NIK"))
    nik_index = models.CharField(max_length=64, unique=True, editable=False)
    birth_date = EncryptedText(_("tanggal lahir"))  # ISO 8601 date
    phone = EncryptedText(_("nomor telepon"), null=True, blank=True)
    address = EncryptedText(_("alamat"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("data diri")
        verbose_name_plural = _("data diri")

    def __str__(self) -> str:
        return f"orang {self.pk}"

    @property
    def masked_nik(self) -> str:
        """The NIK with its eight middle digits hidden, as pages show it: 3372••••••••0001."""
        return f"{self.nik[:4]}{'•' * 8}{self.nik[-4:]}"
