from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Agency(models.Model):
    """A government body or one of its units (perangkat daerah, OPD), as a tree."""

    name = models.CharField(_("nama"), max_length=200)
    slug = models.SlugField(_("nama di alamat situs"), max_length=120, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("bagian dari")
    )

    class Meta:
        verbose_name = _("perangkat daerah")
        verbose_name_plural = _("perangkat daerah")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="agency_name_within_parent"),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="agency_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class AgencyOfficer(models.Model):
    """Somebody who acts for an agency: sees its vacancies in preparation, answers for it."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="officers", verbose_name=_("perangkat daerah"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("akun"))

    class Meta:
        verbose_name = _("petugas perangkat daerah")
        verbose_name_plural = _("petugas perangkat daerah")
        constraints = [models.UniqueConstraint(fields=["agency", "user"], name="one_officer_row")]

    def __str__(self) -> str:
        return f"{self.user} · {self.agency}"
