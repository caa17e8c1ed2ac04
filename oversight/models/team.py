from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Team(models.Model):
    """The independent oversight team: academics and civil society, with a mandate of its own."""

    name = models.CharField(_("nama"), max_length=150, unique=True)
    mandate = models.TextField(_("mandat"))
    contact = models.EmailField(_("alamat e-mail"))

    class Meta:
        verbose_name = _("tim pengawas")
        verbose_name_plural = _("tim pengawas")

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet):
    def current(self, at):
        """Memberships whose term covers `at`."""
        return self.filter(since__lte=at).filter(Q(until=None) | Q(until__gt=at))

    def secretariat(self):
        return self.filter(role=Membership.Role.SECRETARIAT)


class Membership(models.Model):
    """Somebody's term in the team. The code asks this row, never a permission that staff can give."""

    class Role(models.TextChoices):
        SECRETARIAT = "secretariat", _("Sekretariat")
        OVERSEER = "overseer", _("Anggota")

    team = models.ForeignKey(Team, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    affiliation = models.CharField(_("asal lembaga"), max_length=150)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("keanggotaan")
        verbose_name_plural = _("keanggotaan")
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], condition=Q(until=None), name="one_open_membership"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="membership_term"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.affiliation}"
