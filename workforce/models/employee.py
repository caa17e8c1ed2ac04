from functools import partial

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from lib.codes import random_code
from workforce.models.position import STRUCTURAL
from workforce.models.shield import Shield

SLUG_LENGTH = 14


class Predicate(models.TextChoices):
    """The yearly predicate of performance after PermenPANRB 6/2022."""

    EXCELLENT = "sangat_baik", _("Sangat baik")
    GOOD = "baik", _("Baik")
    NEEDS_IMPROVEMENT = "butuh_perbaikan", _("Butuh perbaikan")
    POOR = "kurang", _("Kurang")
    VERY_POOR = "sangat_kurang", _("Sangat kurang")


class EmployeeQuerySet(models.QuerySet):
    def serving(self):
        """In service and not erased."""
        return self.filter(left_on=None, erased_at=None)

    def shown(self, at):
        """Whom everybody may know of at `at`: previewed, in service, under no shield."""
        return self.serving().filter(preview_until__lte=at).unshielded()

    def unshielded(self):
        return self.exclude(Exists(Shield.objects.standing().filter(employee=OuterRef("pk"))))


class Employee(models.Model):
    """A civil servant as the directory knows them. Which field who may read: `workforce/field_policy.py`.

    The NIP holds birth date and sex, so it is ciphertext beside a keyed hash that tells equality. The slug means
    nothing. Everything personal is emptied by an erasure; the row stays, because decrees point to it.
    """

    class Kind(models.TextChoices):
        PNS = "pns", _("PNS")
        PPPK = "pppk", _("PPPK")

    class Sex(models.TextChoices):
        MALE = "L", _("Laki-laki")
        FEMALE = "P", _("Perempuan")

    slug = models.CharField(max_length=SLUG_LENGTH, unique=True, default=partial(random_code, SLUG_LENGTH))
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="employee"
    )
    name = models.CharField(_("nama dan gelar"), max_length=150, blank=True)
    nip = EncryptedText(_("NIP"), null=True)
    nip_index = models.CharField(max_length=64, unique=True, null=True, editable=False)
    kind = models.CharField(_("jenis"), max_length=5, choices=Kind)
    sex = models.CharField(_("jenis kelamin"), max_length=1, choices=Sex, blank=True)
    grade = models.CharField(_("golongan"), max_length=6, blank=True)
    position = models.ForeignKey(
        "workforce.Position", models.PROTECT, null=True, related_name="holders", verbose_name=_("jabatan")
    )
    assets_report = models.BooleanField(_("laporan harta sudah disampaikan"), null=True)
    skp = models.CharField(_("predikat kinerja"), max_length=16, choices=Predicate, blank=True)
    consents = models.BooleanField(_("setuju riwayatnya dibuka"), default=False)
    preview_until = models.DateTimeField(_("tampil untuk umum mulai"))
    left_on = models.DateField(_("berhenti sejak"), null=True, blank=True)
    erased_at = models.DateTimeField(null=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = EmployeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("pegawai")
        verbose_name_plural = _("pegawai")
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["name", "id"], name="employee_by_name")]
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None, nip__isnull=False, nip_index__isnull=False)
                | Q(
                    erased_at__isnull=False, nip=None, nip_index=None, name="", user=None, grade="", sex="", skp="",
                    assets_report=None,
                ),
                name="employee_erased_is_empty",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or f"pegawai {self.pk}"

    @cached_property
    def is_structural(self) -> bool:
        """Whether the present post is structural: its holder acts for the public by office."""
        return bool(self.position_id) and self.position.level in STRUCTURAL

    @property
    def name_for_colleagues(self) -> str:
        """The name, or words in its place while a shield stands. Asks the database: for a few people of one page."""
        return _("nama dilindungi") if self.shields.standing().exists() else self.name

    @property
    def born(self) -> str:
        """ISO 8601 date, as the NIP says it."""
        return f"{self.nip[:4]}-{self.nip[4:6]}-{self.nip[6:8]}" if self.nip else ""


class Consent(models.Model):
    """Given or taken back by the person: history, decrees, education and training open to everybody."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="consent_changes")
    given = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("persetujuan")
        verbose_name_plural = _("persetujuan")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.given}"


class ClaimCode(models.Model):
    """A code on paper with which a person takes their profile to their account; kept as a hash, used once."""

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="claim_codes")
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("kode klaim")
        verbose_name_plural = _("kode klaim")
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None) | Q(used_at__isnull=False, used_by__isnull=False),
                name="claim_code_used_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.made_at:%Y-%m-%d}"
