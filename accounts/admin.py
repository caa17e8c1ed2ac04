import django.contrib.auth.admin  # noqa: F401 - registers Group, so that it can be taken out again
from django.contrib import admin
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from accounts.models import FileAccess, User
from accounts.roles import TEAM_ROLES

admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Staff accounts and their roles. The oversight team makes its own accounts: none of them is here."""

    list_display = ["email", "name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_staff", "is_active", "groups"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "public_label", "is_active", "is_staff", "requires_second_factor", "groups"]
    filter_horizontal = ["groups"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(made_by_team=False)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name == "groups":
            kwargs["queryset"] = Group.objects.exclude(name__in=TEAM_ROLES)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.requires_second_factor = obj.requires_second_factor or obj.is_staff
        if not change:
            obj.set_unusable_password()  # the person chooses one by the reset link
        super().save_model(request, obj, form, change)

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
