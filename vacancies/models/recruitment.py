from zoneinfo import ZoneInfo

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _


class RecruitmentQuerySet(models.QuerySet):
    def published(self):
        return self.filter(published_at__isnull=False)


@pghistory.track()
class Recruitment(models.Model):
    """One round of filling posts (pengadaan): its decree, rules, stages and formations.

    The rule pack and its hash are bound before the first score and never change after.
    """

    class Kind(models.TextChoices):
        CPNS = "cpns", _("CPNS")
        PPPK = "pppk", _("PPPK")
        JPT = "jpt", _("Jabatan pimpinan tinggi")
        PROMOTION = "promotion", _("Promosi jabatan")
        CONTRACT = "contract", _("Pegawai kontrak dan BLUD")

    slug = models.SlugField(_("nama di alamat situs"), max_length=80, unique=True)
    name = models.CharField(_("nama"), max_length=200)
    kind = models.CharField(_("jenis pengadaan"), max_length=12, choices=Kind)
    year = models.PositiveSmallIntegerField(_("tahun"))
    agency = models.ForeignKey(
        "vacancies.Agency", models.PROTECT, related_name="recruitments", verbose_name=_("instansi")
    )
    decree = models.CharField(_("dasar hukum"), max_length=200, help_text=_("Nomor dan tanggal keputusan."))
    summary = models.TextField(_("ringkasan"), blank=True)
    time_zone = models.CharField(_("zona waktu"), max_length=40, default="Asia/Jakarta")
    rulepack = models.SlugField(_("paket aturan"), max_length=40)
    rulepack_digest = models.CharField(max_length=64, blank=True, editable=False)
    sealed_until_closing = models.BooleanField(_("berkas tersegel sampai pendaftaran ditutup"), default=True)
    one_application = models.BooleanField(_("satu lamaran per orang"), default=True)
    mirrors_national = models.BooleanField(
        _("seleksi nasional (SSCASN)"),
        default=False,
        help_text=_("Hasil resmi ditetapkan BKN; portal menghitung ulang dan menampilkannya."),
    )
    published_at = models.DateTimeField(_("terbit"), null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RecruitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("pengadaan")
        verbose_name_plural = _("pengadaan")
        ordering = ["-year", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(published_at=None, published_by=None)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="recruitment_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None) | ~Q(rulepack_digest=""),
                name="recruitment_published_with_bound_rules",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)
