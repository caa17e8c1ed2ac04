from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from lib.append_only import append_only


class RoleChange(models.Model):
    """A role given to an account or taken from it: the oversight team reads who could do what, and since when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_changes")
    role = models.CharField(max_length=30, choices=Role)
    given = models.BooleanField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("perubahan peran")
        verbose_name_plural = _("perubahan peran")
        constraints = [
            models.CheckConstraint(condition=~models.Q(user=models.F("by")), name="nobody_changes_own_roles")
        ]
        triggers = append_only("role_change")

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"
