import pghistory
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from vacancies.naming import readable


class FormationQuerySet(models.QuerySet):
    def published(self):
        return self.filter(recruitment__published_at__isnull=False)

    def listed(self):
        """What the public list shows: published and not withdrawn."""
        return self.published().filter(withdrawn_at=None)


@pghistory.track(exclude=["search", "office", "levels"])
class Formation(models.Model):
    """Posts of one kind of need in one unit (formasi): what is open, how many, for whom.

    `code` is the national formation id. `search` is filled by the importer (weights: position A,
    unit and qualifications B, the rest C) with the Indonesian dictionary. `office` (the government's
    own unit above `unit`) and `levels` (codes of `education.py`) repeat what unit and qualifications
    say, written by the importer, so that the counts beside the filters need one pass over one table.
    """

    class Need(models.TextChoices):
        GENERAL = "umum", _("Umum")
        TOP_GRADUATE = "cumlaude", _("Lulusan terbaik (dengan pujian)")
        DISABILITY = "disabilitas", _("Penyandang disabilitas")
        PAPUA = "papua", _("Putra/putri Papua")
        KALIMANTAN = "kalimantan", _("Putra/putri Kalimantan")
        DIASPORA = "diaspora", _("Diaspora")
        REMOTE = "daerah-tertinggal", _("Putra/putri daerah tertinggal")
        SPECIAL = "khusus", _("Kebutuhan khusus (PPPK)")

    recruitment = models.ForeignKey(
        "vacancies.Recruitment", models.PROTECT, related_name="formations", verbose_name=_("pengadaan")
    )
    code = models.CharField(_("kode formasi"), max_length=64)
    slug = models.SlugField(_("nama di alamat situs"), max_length=140, unique=True)
    position = models.CharField(_("jabatan"), max_length=250)
    unit = models.ForeignKey(
        "vacancies.Agency", models.PROTECT, related_name="formations", verbose_name=_("unit kerja")
    )
    unit_path = models.CharField(_("unit kerja lengkap"), max_length=500)
    office = models.ForeignKey(
        "vacancies.Agency", models.PROTECT, null=True, blank=True, editable=False, related_name="office_formations"
    )
    levels = ArrayField(models.CharField(max_length=40), default=list, blank=True, editable=False)
    need = models.CharField(_("jenis kebutuhan"), max_length=20, choices=Need, default=Need.GENERAL)
    quota = models.PositiveIntegerField(_("jumlah kebutuhan"))
    salary_min = models.PositiveBigIntegerField(_("penghasilan terendah"), null=True, blank=True)
    salary_max = models.PositiveBigIntegerField(_("penghasilan tertinggi"), null=True, blank=True)
    disability_friendly = models.BooleanField(_("terbuka bagi penyandang disabilitas"), default=False)
    duties = models.TextField(_("tugas"), blank=True)
    ipk_min = models.DecimalField(_("IPK paling rendah"), max_digits=3, decimal_places=2, null=True, blank=True)
    search = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    withdrawn_at = models.DateTimeField(_("ditarik"), null=True, blank=True)

    objects = FormationQuerySet.as_manager()

    class Meta:
        verbose_name = _("formasi")
        verbose_name_plural = _("formasi")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["recruitment", "code"], name="formation_code"),
            models.CheckConstraint(condition=Q(quota__gte=1), name="formation_quota_positive"),
            models.CheckConstraint(
                condition=Q(salary_min=None) | Q(salary_max=None) | Q(salary_max__gte=F("salary_min")),
                name="formation_salary_range",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="formation_search"),
            models.Index(fields=["recruitment", "position", "id"], name="formation_by_recruitment"),
            models.Index(fields=["unit"], name="formation_unit"),
            models.Index(fields=["salary_max"], name="formation_salary"),
        ]

    def __str__(self) -> str:
        return f"{self.position}, {self.unit}"

    @property
    def place(self) -> str:
        """The unit and the office it belongs to: "Bidang Statistik, Dinas Kominfo"."""
        levels = self.unit_path.split(" | ")
        return f"{levels[-1]}, {levels[1]}" if len(levels) > 2 else levels[-1]


class Qualification(models.Model):
    """One education that a formation accepts: level and programme, as the decree spells them."""

    formation = models.ForeignKey(Formation, models.CASCADE, related_name="qualifications")
    level = models.CharField(_("jenjang"), max_length=40)
    program = models.CharField(_("program studi"), max_length=250)

    class Meta:
        verbose_name = _("kualifikasi pendidikan")
        verbose_name_plural = _("kualifikasi pendidikan")
        ordering = ["level", "program"]
        constraints = [models.UniqueConstraint(fields=["formation", "level", "program"], name="qualification_once")]
        indexes = [models.Index(fields=["level", "formation"], name="qualification_level")]

    def __str__(self) -> str:
        return f"{self.level} {self.program}"

    @property
    def words(self) -> str:
        """The programme as people read it: D-IV Studi Demografi, not D-IV STUDI DEMOGRAFI."""
        return readable(self.program)
