"""Who may do what in the registry under /kelola/."""

from django.contrib import admin

from accounts.roles import Role


class ByRole(admin.ModelAdmin):
    """Preparers and publishers read, preparers write; nothing is deleted unless the class says so."""

    deletable = False

    def has_module_permission(self, request) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None) -> bool:
        return request.user.is_superuser or request.user.has_role(Role.PREPARER, Role.PUBLISHER)

    def has_add_permission(self, request) -> bool:
        return self._writes(request)

    def has_change_permission(self, request, obj=None) -> bool:
        return self._writes(request)

    def has_delete_permission(self, request, obj=None) -> bool:
        return self.deletable and self._writes(request)

    @staticmethod
    def _writes(request) -> bool:
        return request.user.is_superuser or request.user.has_role(Role.PREPARER)
