import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
class Requirement(models.Model):
    """One clause an applicant must meet, or one document to hand in.

    `check` names a question the eligibility dry run can answer by itself (age, education …) and
    `limit` its value; without one the clause is judged by the verifiers. Rows without a formation
    hold for the whole recruitment.
    """

    class Kind(models.TextChoices):
        CLAUSE = "clause", _("Syarat")
        DOCUMENT = "document", _("Dokumen")

    class Check(models.TextChoices):
        AGE_MIN = "age_min", _("Usia paling rendah")
        AGE_MAX = "age_max", _("Usia paling tinggi")
        EDUCATION = "education", _("Pendidikan sesuai formasi")
        IPK_MIN = "ipk_min", _("IPK paling rendah")
        YES = "yes", _("Pernyataan ya")

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        IMAGE = "image", "JPG"

    recruitment = models.ForeignKey(
        "vacancies.Recruitment", models.PROTECT, related_name="requirements", verbose_name=_("pengadaan")
    )
    formation = models.ForeignKey(
        "vacancies.Formation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="own_requirements",
        verbose_name=_("formasi"),
        help_text=_("Kosongkan bila syarat berlaku untuk semua formasi."),
    )
    order = models.PositiveSmallIntegerField(_("urutan"))
    kind = models.CharField(_("macam syarat"), max_length=10, choices=Kind)
    code = models.SlugField(_("kode"), max_length=40)
    text = models.CharField(_("bunyi syarat"), max_length=500)
    basis = models.CharField(_("dasar"), max_length=200, blank=True)
    check_name = models.CharField(_("pemeriksaan otomatis"), max_length=12, choices=Check, blank=True)
    limit = models.CharField(_("batas"), max_length=40, blank=True)
    document_format = models.CharField(_("jenis berkas"), max_length=8, choices=Format, blank=True)
    max_kb = models.PositiveIntegerField(_("ukuran paling besar (KB)"), null=True, blank=True)
    required = models.BooleanField(_("wajib"), default=True)

    class Meta:
        verbose_name = _("syarat")
        verbose_name_plural = _("syarat")
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["recruitment", "formation", "code"], name="requirement_code", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(kind="clause") | (Q(kind="document", max_kb__isnull=False) & ~Q(document_format="")),
                name="document_requirement_has_limits",
            ),
        ]

    def __str__(self) -> str:
        return self.text
