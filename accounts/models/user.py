import pgtrigger
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.roles import STAFF_ROLES, Role


class UserManager(BaseUserManager):
    """People sign in with their e-mail address; there is no user name."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        fields = {"is_staff": True, "is_superuser": True, "requires_second_factor": True, **fields}
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        return self.get(email__iexact=email)


class User(AbstractUser):
    """An account: applicant, member of staff or of the oversight team.

    Personal data of applicants lives in `Person`, never here.
    """

    username = None
    first_name = None
    last_name = None
    email = models.EmailField(_("alamat e-mail"), unique=True)
    name = models.CharField(_("nama"), max_length=150, blank=True)
    public_label = models.CharField(
        _("sebutan untuk pelamar"),
        max_length=60,
        blank=True,
        help_text=_("Dilihat pelamar sebagai ganti nama, misalnya “Pemeriksa A”."),
    )
    requires_second_factor = models.BooleanField(_("wajib kode kedua"), default=False)
    made_by_team = models.BooleanField(_("akun tim pengawas"), default=False, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name = _("akun")
        verbose_name_plural = _("akun")
        constraints = [
            models.CheckConstraint(
                condition=Q(is_staff=False) | Q(requires_second_factor=True),
                name="staff_requires_second_factor",
            ),
            models.CheckConstraint(
                condition=Q(made_by_team=False) | Q(requires_second_factor=True, is_staff=False),
                name="team_account_is_not_staff",
            ),
            models.UniqueConstraint(models.functions.Lower("email"), name="user_email_ignoring_case"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="user_made_by_team",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF current_user NOT IN ('portal_team', 'portal_owner')
                       AND NEW.made_by_team IS DISTINCT FROM (TG_OP = 'UPDATE' AND OLD.made_by_team) THEN
                        RAISE EXCEPTION 'accounts of the team are made by the team';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="user_of_team_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF current_user <> 'portal_owner'
                       AND OLD.made_by_team IS DISTINCT FROM (current_user = 'portal_team')
                       AND to_jsonb(NEW) - 'last_login' IS DISTINCT FROM to_jsonb(OLD) - 'last_login' THEN
                        RAISE EXCEPTION 'an account of the team is changed by the team, and none other is';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="user_made_superuser",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("is_superuser"),
                condition=pgtrigger.Condition("NEW.is_superuser AND current_user <> 'portal_owner'"),
                func="""
                    IF TG_OP = 'INSERT' OR NOT OLD.is_superuser THEN
                        RAISE EXCEPTION 'whoever manages accounts gets the right to at the server';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.public_label or f"akun {self.pk}"

    def check_password(self, raw_password: str) -> bool:
        """Whether this is the password. For the team it is not hashed anew on the way: a sign-in writes nothing there."""
        if self.made_by_team:
            return check_password(raw_password, self.password)
        return super().check_password(raw_password)

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """Codes of the roles this account has; read once per loaded object."""
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def is_office(self) -> bool:
        """Whether the account acts for the office in any role."""
        return self.has_role(*STAFF_ROLES)

    def has_role(self, *roles: Role) -> bool:
        """Whether the account is active and has at least one of `roles`."""
        return self.is_active and not self.role_codes.isdisjoint(roles)
