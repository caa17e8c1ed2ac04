from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText


class Answers(models.Model):
    """What an applicant filled in for one application, saved section by section.

    Deletable, like `Person`: proofs elsewhere hold commitments only. A section is done when its
    `…_at` is set. IPK and accommodation never leave this table but for the ranking.
    """

    application = models.OneToOneField("selection.Application", models.CASCADE, related_name="answers")
    level = models.CharField(_("jenjang pendidikan"), max_length=40, blank=True)
    program = models.CharField(_("program studi"), max_length=250, blank=True)
    institution = models.CharField(_("nama sekolah atau perguruan tinggi"), max_length=250, blank=True)
    graduation_year = models.PositiveSmallIntegerField(_("tahun lulus"), null=True, blank=True)
    ipk = models.DecimalField(_("IPK"), max_digits=3, decimal_places=2, null=True, blank=True)
    accommodation = EncryptedText(_("penyesuaian yang dibutuhkan"), null=True, blank=True)
    statement_text = models.TextField(blank=True)
    identity_at = models.DateTimeField(null=True, blank=True)
    education_at = models.DateTimeField(null=True, blank=True)
    accommodation_at = models.DateTimeField(null=True, blank=True)
    statement_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("isian lamaran")
        verbose_name_plural = _("isian lamaran")
        constraints = [
            models.CheckConstraint(condition=Q(ipk=None) | Q(ipk__gte=0, ipk__lte=4), name="ipk_within_scale")
        ]

    def __str__(self) -> str:
        return f"isian {self.application_id}"
