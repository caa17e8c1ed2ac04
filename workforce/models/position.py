from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Levels of posts after UU 20/2023 articles 13 to 18."""

    JPT_MADYA = "jpt_madya", _("Pimpinan tinggi madya")
    JPT_PRATAMA = "jpt_pratama", _("Pimpinan tinggi pratama")
    ADMINISTRATOR = "administrator", _("Administrator")
    SUPERVISOR = "pengawas", _("Pengawas")
    FUNCTIONAL = "fungsional", _("Fungsional")
    EXECUTIVE = "pelaksana", _("Pelaksana")


STRUCTURAL = (Level.JPT_MADYA, Level.JPT_PRATAMA, Level.ADMINISTRATOR, Level.SUPERVISOR)


class Position(models.Model):
    """A post in a unit. A structural one has one seat, so that it can be vacant; the others are held by many."""

    unit = models.ForeignKey("vacancies.Agency", models.PROTECT, related_name="positions", verbose_name=_("unit"))
    name = models.CharField(_("jabatan"), max_length=200)
    level = models.CharField(_("jenjang"), max_length=15, choices=Level)
    heads_unit = models.BooleanField(_("memimpin unit"), default=False)
    closed_on = models.DateField(_("dihapus dari susunan organisasi"), null=True, blank=True)

    class Meta:
        verbose_name = _("jabatan")
        verbose_name_plural = _("jabatan")
        constraints = [
            models.UniqueConstraint(fields=["unit", "name", "level"], name="position_once_in_unit"),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(heads_unit=True, closed_on=None), name="unit_has_one_head"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_structural(self) -> bool:
        return self.level in STRUCTURAL


class UnitContact(models.Model):
    """Where a unit is reached: never a person's own number."""

    unit = models.OneToOneField("vacancies.Agency", models.CASCADE, related_name="contact")
    phone = models.CharField(_("telepon"), max_length=30, blank=True)
    email = models.EmailField(_("surel"), blank=True)

    class Meta:
        verbose_name = _("kontak unit")
        verbose_name_plural = _("kontak unit")

    def __str__(self) -> str:
        return f"{self.unit_id}"
