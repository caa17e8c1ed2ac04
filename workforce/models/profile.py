import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.encrypted import EncryptedText
from lib.append_only import append_only


def unchanged(name: str) -> list[pgtrigger.Trigger]:
    """No UPDATE and no TRUNCATE; rows go by an erasure alone, whose database role is the only one with DELETE."""
    refuse, truncate = append_only(name)
    change = pgtrigger.Trigger(
        name=f"{name}_written_once",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=refuse.func,
    )
    return [change, truncate]


class Credential(models.Model):
    """An education, a training or a certificate of a person. Corrected by a new row; the old one stays and says so."""

    class Kind(models.TextChoices):
        EDUCATION = "education", _("Pendidikan")
        TRAINING = "training", _("Pelatihan")
        CERTIFICATE = "certificate", _("Sertifikat")

    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=12, choices=Kind)
    title = models.CharField(_("nama"), max_length=200)
    issuer = models.CharField(_("lembaga"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("tahun"), null=True, blank=True)
    corrects = models.OneToOneField("self", models.CASCADE, null=True, blank=True, related_name="corrected_by")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("riwayat pendidikan atau pelatihan")
        verbose_name_plural = _("riwayat pendidikan atau pelatihan")
        ordering = ["-year", "-pk"]
        triggers = unchanged("credential")

    def __str__(self) -> str:
        return f"{self.employee_id} {self.kind}"

    @property
    def words(self) -> str:
        return ", ".join(str(part) for part in (self.title, self.issuer, self.year) if part)


class ProfileChange(models.Model):
    """A fact about a person changed: which field, from what to what, why. Shown where the field is shown."""

    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="changes")
    key = models.CharField(max_length=20)
    old = models.CharField(max_length=400, blank=True)
    new = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("perubahan profil")
        verbose_name_plural = _("perubahan profil")
        ordering = ["-at", "-pk"]
        triggers = unchanged("profile_change")

    def __str__(self) -> str:
        return f"{self.employee_id} {self.key}"


class Reply(models.Model):
    """What a person wants to be read beside the profile. The newest counts; an empty one takes it back."""

    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="replies")
    text = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tanggapan")
        verbose_name_plural = _("tanggapan")
        ordering = ["-at", "-pk"]
        triggers = unchanged("reply")

    def __str__(self) -> str:
        return f"{self.employee_id} {self.at:%Y-%m-%d}"


class ProfileRequest(models.Model):
    """A person asks that something is corrected, or objects to a field being open; the office decides with a reason.

    `withholds`: raised during the preview, so that nobody reads the field until it is decided. A granted objection
    keeps the field closed.
    """

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("Koreksi")
        OBJECTION = "objection", _("Keberatan")

    employee = models.ForeignKey("workforce.Employee", models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=20)
    credential = models.ForeignKey(Credential, models.SET_NULL, null=True, related_name="+")
    appointment = models.ForeignKey("workforce.Appointment", models.PROTECT, null=True, related_name="+")
    text = EncryptedText(_("penjelasan"), null=True)
    asked_at = models.DateTimeField()
    withholds = models.BooleanField(default=False)
    granted = models.BooleanField(null=True)
    answer = EncryptedText(_("alasan putusan"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("permohonan")
        verbose_name_plural = _("permohonan")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, granted=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, granted__isnull=False),
                name="request_decided_as_a_whole",
            ),
            models.UniqueConstraint(
                fields=["employee", "kind", "key"],
                condition=Q(decided_at=None, kind="objection"),
                name="one_open_objection_to_a_field",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.kind} {self.key}"
