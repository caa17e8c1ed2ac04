import allauth.account.admin  # these four register what is taken out again below
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import roles
from accounts.models import FileAccess, User
from accounts.roles import TEAM_ROLES, Role

# Whoever manages accounts could become somebody else with these: take their factor off, move their address.
for model in (Group, EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


class RolesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, group) -> str:
        return Role(group.name).label if group.name in Role.values else group.name


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Staff accounts and their roles. The oversight team makes its own accounts: none of them is here."""

    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "public_label", "is_active", "is_staff", "requires_second_factor", "groups"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(made_by_team=False)

    def get_readonly_fields(self, request, obj=None):
        """An address is its owner's to change; one's own rights and those of other managers are nobody's here."""
        if obj is None:
            return []
        if obj.is_superuser or obj.pk == request.user.pk:
            return [name for name in self.fields if name not in ("name", "public_label")]
        return ["email"]

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Roles as boxes to tick, by their names."""
        if db_field.name != "groups":
            return super().formfield_for_manytomany(db_field, request, **kwargs)
        return RolesField(
            label=_("Peran"),
            queryset=Group.objects.exclude(name__in=TEAM_ROLES).order_by("pk"),
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )

    def save_model(self, request, obj, form, change):
        obj.requires_second_factor = obj.requires_second_factor or obj.is_staff
        if not change:
            obj.set_unusable_password()  # the person chooses one by the reset link
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        """The roles are given by their action, which writes down who gave them."""
        if "groups" in form.cleaned_data:
            wanted = {group.name for group in form.cleaned_data["groups"]}
            roles.give_roles(form.instance, wanted, by=request.user, at=timezone.now())

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(FileAccess)
class FileAccessAdmin(admin.ModelAdmin):
    """Who looked at which file; nothing here can be changed."""

    list_display = ["at", "subject", "role", "purpose"]
    list_filter = ["role"]
    search_fields = ["subject"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


admin.site.empty_value_display = _("–")
